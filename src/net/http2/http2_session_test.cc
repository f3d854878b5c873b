// SPDX-License-Identifier: Apache-2.0
//
// Plain HTTP over HTTP/2, and what protects the connection. gRPC has grpc/grpc_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include "net/testing/http2_client.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_server.h"

namespace cairn::net {
namespace {

using testing::FieldPairs;
using testing::Http2Answer;
using testing::Http2Client;
using testing::RawClient;
using testing::TestServer;

FieldPairs post(std::string_view path, FieldPairs more = {}) {
  FieldPairs fields = Http2Client::request("POST", path);
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

TEST(Http2, AnswersManyRequestsOfOneConnection) {
  TestServer server;
  Http2Client client(server.port());
  std::vector<std::int32_t> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(client.get("/items/" + std::to_string(i)));
  for (int i = 0; i < 100; ++i) {
    const Http2Answer answer = client.wait(ids[static_cast<std::size_t>(i)]);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, std::to_string(i));
    EXPECT_FALSE(answer.reset);
  }
}

TEST(Http2, AnswersOutOfOrder) {
  TestServer server;
  Http2Client client(server.port());
  const std::int32_t later = client.start(post("/later"), "patient");
  EXPECT_EQ(client.wait(client.get("/hello")).body, "hello");
  ASSERT_TRUE(server.wait_waiting(1));
  server.release();
  EXPECT_EQ(client.wait(later).body, "patient");
}

TEST(Http2, CarriesLargeBodiesBothWays) {
  TestServer server;
  Http2Client client(server.port());
  std::string body(3'000'000, 'a');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  const Http2Answer answer = client.wait(client.start(post("/echo"), body));
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body == body);
}

TEST(Http2, AnswersHeadWithoutABody) {
  TestServer server;
  Http2Client client(server.port());
  const Http2Answer answer = client.wait(client.start(Http2Client::request("HEAD", "/hello")));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-length"), "5");
  EXPECT_EQ(answer.body, "");
}

TEST(Http2, RefusesWhatHttp1Refuses) {
  ServerLimits limits;
  limits.body_bytes = 100;
  limits.header_bytes = 2000;
  TestServer server(limits);
  Http2Client client(server.port());
  EXPECT_EQ(client.wait(client.get("/nowhere")).status, 404);
  EXPECT_EQ(client.wait(client.get("/echo")).status, 405);
  EXPECT_EQ(client.wait(client.start(post("/echo"), std::string(101, 'x'))).status, 413);
  EXPECT_EQ(
      client.wait(client.start(post("/echo", {{"content-length", "101"}}), "x", false)).status,
      413);
  EXPECT_EQ(client.wait(client.start(post("/echo", {{"content-encoding", "br"}}), "x")).status,
            400);
  EXPECT_EQ(
      client.wait(client.start(post("/echo", {{"padding", std::string(1990, 'x')}}), "x")).status,
      431);
  EXPECT_EQ(client.wait(client.get("/hello")).status, 200);
}

TEST(Http2, TellsTheClientToStopSendingARefusedBody) {
  ServerLimits limits;
  limits.body_bytes = 100;
  TestServer server(limits);
  Http2Client client(server.port());
  const Http2Answer answer = client.wait(client.start(post("/echo"), std::string(101, 'x'), false));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.reset, NGHTTP2_NO_ERROR);
}

TEST(Http2, RefusesStreamsBeyondTheLimitUntilHandlersAreDone) {
  ServerLimits limits;
  limits.streams = 3;
  TestServer server(limits);
  Http2Client client(server.port());
  EXPECT_EQ(client.wait(client.get("/hello")).status, 200);  // its settings have come
  // Reset by the client, yet their handlers still run: they keep their places.
  for (int i = 0; i < 3; ++i) {
    const std::int32_t id = client.start(post("/later"), "x");
    ASSERT_TRUE(server.wait_waiting(static_cast<std::size_t>(i) + 1));
    client.reset(id);
  }
  ASSERT_TRUE(server.wait_cancelled(3));
  EXPECT_EQ(client.wait(client.get("/hello")).reset, NGHTTP2_REFUSED_STREAM);
  server.release();
  while (client.wait(client.get("/hello")).status != 200) {
  }
}

TEST(Http2, EndsAConnectionThatResetsStreamsAllTheTime) {
  ServerLimits limits;
  limits.resets_per_second = 50;
  TestServer server(limits);
  Http2Client client(server.port());
  for (int i = 0; i < 200; ++i) client.reset(client.start(post("/later"), "x"));
  EXPECT_EQ(client.wait_goaway(), NGHTTP2_ENHANCE_YOUR_CALM);
  EXPECT_TRUE(server.wait_metric("cairn_net_refused_total{listener=\"test\",reason=\"resets\"} 1"));
}

TEST(Http2, EndsAConnectionThatPingsAllTheTime) {
  ServerLimits limits;
  limits.pings_per_second = 10;
  TestServer server(limits);
  Http2Client client(server.port());
  for (int i = 0; i < 30; ++i) client.ping();
  EXPECT_EQ(client.wait_goaway(), NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST(Http2, CancelsARequestWhoseStreamIsReset) {
  TestServer server;
  Http2Client client(server.port());
  const std::int32_t id = client.get("/never");
  ASSERT_TRUE(server.wait_waiting(1));
  client.reset(id);
  EXPECT_TRUE(server.wait_cancelled(1));
  EXPECT_EQ(client.wait(client.get("/hello")).status, 200);
}

TEST(Http2, StreamsAnAnswer) {
  TestServer server;
  Http2Client client(server.port());
  const Http2Answer answer = client.wait(client.get("/stream?pieces=50"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.size(), 50U * 64_KiB);
  EXPECT_FALSE(answer.reset);
  EXPECT_TRUE(client.wait(client.get("/broken_stream")).reset);
}

TEST(Http2, HoldsBackAProducerWhoseReaderGivesNoCredit) {
  ServerLimits limits;
  limits.write_time = std::chrono::milliseconds(300);
  TestServer server(limits);
  Http2Client client(server.port(), /*reads=*/false);
  const std::int32_t id = client.get("/stream?pieces=1000");
  const Http2Answer answer = client.wait(id);
  EXPECT_TRUE(answer.reset);  // it took nothing for too long
  EXPECT_TRUE(server.wait_streams_ended(1));
  EXPECT_LT(server.pieces_written(), 40U);
}

TEST(Http2, DropsAStreamWhoseReaderTakesAByteAtATime) {
  ServerLimits limits;
  limits.write_time = std::chrono::milliseconds(300);
  TestServer server(limits);
  Http2Client client(server.port(), /*reads=*/false);
  const std::int32_t id = client.get("/stream?pieces=1000");
  client.wait_body(id, 65'000);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (client.take_one_byte(id) && std::chrono::steady_clock::now() < until) {
  }
  EXPECT_LT(std::chrono::steady_clock::now(), until);
  EXPECT_TRUE(client.wait(id).reset);
  EXPECT_TRUE(server.wait_streams_ended(1));
}

TEST(Http2, EndsAConnectionWhoseFewHeaderBytesStandForMany) {
  TestServer server;
  RawClient client(server.port());
  const std::string settings("\0\0\0\4\0\0\0\0\0", 9);
  // A field of 3,000 bytes that goes into the table, then 1,000 references of a byte each to it.
  std::string block = "\x82\x86\x84\x40\x01x\x7f";  // GET http /, then "x" of 127 + ...
  block += "\xb9\x16" + std::string(3000, 'v') + std::string(1000, '\xbe');
  std::string frame("\0\0\0\1\5\0\0\0\1", 9);
  frame[1] = static_cast<char>(block.size() >> 8U);
  frame[2] = static_cast<char>(block.size() & 0xffU);
  client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + frame + block);
  client.read_until(std::string("\0\0\x08\7\0\0\0\0\0", 9));  // GOAWAY
  EXPECT_EQ(client.read_exactly(8).substr(4), std::string("\0\0\0\x0b", 4));
  EXPECT_TRUE(client.wait_closed());
  EXPECT_TRUE(server.wait_metric(
      "cairn_net_refused_total{listener=\"test\",reason=\"header_too_large\"} 1"));
}

TEST(Http2, ClosesOnABadPreface) {
  TestServer server;
  RawClient client(server.port());
  client.send("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
  EXPECT_TRUE(client.wait_closed());
}

TEST(Http2, ClosesAConnectionWhosePrefaceDrips) {
  ServerLimits limits;
  limits.header_time = std::chrono::milliseconds(200);
  TestServer server(limits);
  RawClient client(server.port());
  client.send("PRI * HTTP/2.0\r\n");
  EXPECT_TRUE(client.wait_closed());
}

TEST(Http2, ClosesAConnectionWhoseHeaderBlockNeverEnds) {
  ServerLimits limits;
  limits.header_time = std::chrono::milliseconds(200);
  TestServer server(limits);
  RawClient client(server.port());
  const std::string settings("\0\0\0\4\0\0\0\0\0", 9);
  const std::string half_headers("\0\0\x20\1\4\0\0\0\1\x82", 10);
  client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + half_headers);
  EXPECT_TRUE(client.wait_closed());
}

TEST(Http2, ClosesAnIdleConnectionWithoutAnError) {
  ServerLimits limits;
  limits.idle_time = std::chrono::milliseconds(200);
  TestServer server(limits);
  Http2Client client(server.port());
  EXPECT_EQ(client.wait(client.get("/hello")).status, 200);
  EXPECT_EQ(client.wait_goaway(), NGHTTP2_NO_ERROR);
}

TEST(Http2, AnswersARequestWhoseBodyTakesTooLong) {
  ServerLimits limits;
  limits.body_time = std::chrono::milliseconds(200);
  TestServer server(limits);
  Http2Client client(server.port());
  EXPECT_EQ(client.wait(client.start(post("/echo"), "x", false)).status, 408);
}

TEST(Http2, AnswersForAHandlerThatTakesTooLong) {
  ServerLimits limits;
  limits.handle_time = std::chrono::milliseconds(200);
  TestServer server(limits);
  Http2Client client(server.port());
  EXPECT_EQ(client.wait(client.get("/never")).status, 504);
  EXPECT_TRUE(server.wait_cancelled(1));
}

}  // namespace
}  // namespace cairn::net
