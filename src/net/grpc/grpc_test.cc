// SPDX-License-Identifier: Apache-2.0
//
// gRPC as a client sees it. Source: gRPC over HTTP/2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/testing/compress.h"
#include "net/testing/http2_client.h"
#include "net/testing/test_server.h"

namespace cairn::net {
namespace {

using testing::FieldPairs;
using ::testing::HasSubstr;
using testing::Http2Answer;
using testing::Http2Client;
using testing::TestServer;

FieldPairs grpc(std::string_view path, FieldPairs more = {}) {
  FieldPairs fields = Http2Client::grpc_request(path);
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

TEST(Grpc, AnswersAUnaryCall) {
  TestServer server;
  Http2Client client(server.port());
  for (const std::string& message : {std::string("hi"), std::string(), std::string(450'000, 'x')}) {
    const Http2Answer answer = client.wait(client.call("/test.Echo/Unary", message));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("content-type"), "application/grpc");
    EXPECT_EQ(answer.grpc_status(), 0);
    EXPECT_TRUE(answer.body == Http2Client::framed(message));
    EXPECT_FALSE(answer.reset);
  }
  EXPECT_TRUE(server.wait_metric(
      "cairn_net_requests_total{listener=\"test\",protocol=\"grpc\",code=\"0\"} 3"));
}

TEST(Grpc, ReportsAnErrorWithItsMessageAndDetails) {
  TestServer server;
  Http2Client client(server.port());
  const Http2Answer answer = client.wait(client.call("/test.Echo/Fail", "x"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.grpc_status(), 3);
  EXPECT_EQ(answer.headers.at("grpc-message"), "100%25 w%C3%B6rong%0A");
  EXPECT_EQ(answer.headers.at("grpc-status-details-bin"), "ZGV0YWlscw");
  EXPECT_EQ(answer.body, "");
}

TEST(Grpc, KnowsWhichMethodsItHas) {
  TestServer server;
  Http2Client client(server.port());
  const Http2Answer answer = client.wait(client.call("/test.Echo/Nothing", "x"));
  EXPECT_EQ(answer.grpc_status(), 12);
  EXPECT_THAT(answer.headers.at("grpc-message"), HasSubstr("/test.Echo/Nothing"));
  EXPECT_EQ(client.wait(client.call("/hello", "x")).grpc_status(), 12);
}

TEST(Grpc, AcceptsCompressedMessages) {
  TestServer server;
  Http2Client client(server.port());
  const std::string message(100'000, 'm');
  for (const char* encoding : {"gzip", "deflate", "zstd", "snappy"}) {
    const std::string packed = testing::compressed(encoding, message);
    const Http2Answer answer = client.wait(client.start(
        grpc("/test.Echo/Unary", {{"grpc-encoding", encoding}}), Http2Client::framed(packed, 1)));
    EXPECT_EQ(answer.grpc_status(), 0) << encoding;
    EXPECT_TRUE(answer.body == Http2Client::framed(message)) << encoding;
    // A message that is not worth it is sent plain within such a call.
    EXPECT_EQ(client.wait(client.call("/test.Echo/Unary", "small", {{"grpc-encoding", encoding}}))
                  .grpc_status(),
              0);
  }
}

TEST(Grpc, RefusesWhatItCannotDecompress) {
  ServerLimits limits;
  limits.decoded_body_bytes = 1_MiB;
  TestServer server(limits);
  Http2Client client(server.port());
  const auto call = [&](const char* encoding, const std::string& body) {
    return client.wait(client.start(grpc("/test.Echo/Unary", {{"grpc-encoding", encoding}}), body));
  };
  const Http2Answer unknown = call("br", Http2Client::framed("x", 1));
  EXPECT_EQ(unknown.grpc_status(), 12);
  EXPECT_THAT(unknown.headers.at("grpc-accept-encoding"), HasSubstr("gzip"));
  EXPECT_EQ(call("gzip", Http2Client::framed("not gzip", 1)).grpc_status(), 13);
  EXPECT_EQ(call("identity", Http2Client::framed("x", 1)).grpc_status(), 13);
  const std::string bomb = testing::compressed("gzip", std::string(2_MiB, '\0'));
  EXPECT_EQ(call("gzip", Http2Client::framed(bomb, 1)).grpc_status(), 8);
}

TEST(Grpc, RefusesBadFrames) {
  TestServer server;
  Http2Client client(server.port());
  const auto call = [&](const std::string& body) {
    return client.wait(client.start(grpc("/test.Echo/Unary"), body)).grpc_status();
  };
  EXPECT_EQ(call(""), 13);                                       // no message
  EXPECT_EQ(call(std::string("\0\0", 2)), 13);                   // half a prefix
  EXPECT_EQ(call(Http2Client::framed("abc").substr(0, 7)), 13);  // half a message
  EXPECT_EQ(call(Http2Client::framed("a", 2)), 13);              // unknown flag
  EXPECT_EQ(call(Http2Client::framed("a") + Http2Client::framed("b")), 13);
}

TEST(Grpc, RefusesAMessageOverTheLimitFromItsFirstBytes) {
  ServerLimits limits;
  limits.body_bytes = 1000;
  TestServer server(limits);
  Http2Client client(server.port());
  const std::int32_t id = client.start(grpc("/test.Echo/Unary"),
                                       Http2Client::framed(std::string(1001, 'x')).substr(0, 5),
                                       /*end=*/false);
  const Http2Answer answer = client.wait(id);
  EXPECT_EQ(answer.grpc_status(), 8);
  EXPECT_THAT(answer.headers.at("grpc-message"), HasSubstr("1001"));
}

TEST(Grpc, AnswersItselfWhenTheDeadlinePasses) {
  TestServer server;
  Http2Client client(server.port());
  const Http2Answer answer =
      client.wait(client.call("/test.Echo/Later", "x", {{"grpc-timeout", "150m"}}));
  EXPECT_EQ(answer.grpc_status(), 4);
  EXPECT_TRUE(server.wait_cancelled(1));
  // The late answer of the handler reaches nobody and harms nobody.
  server.release();
  EXPECT_EQ(client.wait(client.call("/test.Echo/Unary", "x")).grpc_status(), 0);
}

TEST(Grpc, RefusesATimeoutItCannotRead) {
  TestServer server;
  Http2Client client(server.port());
  EXPECT_EQ(
      client.wait(client.call("/test.Echo/Unary", "x", {{"grpc-timeout", "5"}})).grpc_status(), 13);
}

TEST(Grpc, CancelsACallWhenTheClientResetsOrLeaves) {
  TestServer server;
  {
    Http2Client client(server.port());
    const std::int32_t id = client.call("/test.Echo/Later", "x");
    ASSERT_TRUE(server.wait_waiting(1));
    client.reset(id);
    EXPECT_TRUE(server.wait_cancelled(1));
    client.call("/test.Echo/Later", "x");
    ASSERT_TRUE(server.wait_waiting(2));
  }
  EXPECT_TRUE(server.wait_cancelled(2));
}

TEST(Grpc, StreamsMessagesToTheClient) {
  TestServer server;
  Http2Client client(server.port());
  const Http2Answer answer = client.wait(client.call("/test.Echo/Stream", "40"));
  EXPECT_EQ(answer.grpc_status(), 0);
  EXPECT_EQ(answer.body.size(), 40 * (64_KiB + 5));
}

TEST(Grpc, StopsAProducerWhoseClientGoesAway) {
  TestServer server;
  {
    Http2Client client(server.port(), /*reads=*/false);
    const std::int32_t id = client.call("/test.Echo/Stream", "1000");
    client.wait_body(id, 1);
  }
  EXPECT_TRUE(server.wait_streams_ended(1));
  EXPECT_LT(server.pieces_written(), 1000U);
}

TEST(Grpc, EndsAStreamAtItsDeadline) {
  TestServer server;
  Http2Client client(server.port(), /*reads=*/false);
  const Http2Answer answer =
      client.wait(client.call("/test.Echo/Stream", "1000", {{"grpc-timeout", "200m"}}));
  EXPECT_TRUE(answer.reset);
  EXPECT_TRUE(server.wait_streams_ended(1));
  EXPECT_TRUE(server.wait_metric(
      "cairn_net_requests_total{listener=\"test\",protocol=\"grpc\",code=\"4\"} 1"));
}

TEST(Grpc, TellsTheClientToRetryWhenItHoldsTooManyBytes) {
  ServerLimits limits;
  limits.buffered_bytes = 1_MiB;
  TestServer server(limits);
  Http2Client client(server.port());
  EXPECT_EQ(client.wait(client.get("/hello")).status, 200);  // its windows have come
  const std::int32_t held = client.call("/test.Echo/Later", std::string(900'000, 'x'));
  ASSERT_TRUE(server.wait_waiting(1));
  const Http2Answer refused =
      client.wait(client.call("/test.Echo/Unary", std::string(900'000, 'y')));
  EXPECT_EQ(refused.grpc_status(), 8);
  EXPECT_EQ(refused.headers.count("grpc-status-details-bin"), 1U);
  server.release();
  EXPECT_EQ(client.wait(held).grpc_status(), 0);
  EXPECT_EQ(client.wait(client.call("/test.Echo/Unary", std::string(900'000, 'y'))).grpc_status(),
            0);
  EXPECT_TRUE(
      server.wait_metric("cairn_net_refused_total{listener=\"test\",reason=\"buffered_bytes\"} 1"));
}

}  // namespace
}  // namespace cairn::net
