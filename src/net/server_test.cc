// SPDX-License-Identifier: Apache-2.0
//
// Ports, limits, time and the end: what holds whatever the protocol.
#include "net/server.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http1/response_head.h"
#include "net/testing/http2_client.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_server.h"

namespace cairn::net {
namespace {

using ::testing::HasSubstr;
using testing::Http2Client;
using testing::HttpAnswer;
using testing::RawClient;
using testing::read_answer;
using testing::TestServer;

constexpr auto kShort = std::chrono::milliseconds(150);
constexpr std::string_view kHello = "GET /hello HTTP/1.1\r\nhost: x\r\n\r\n";

Result<std::unique_ptr<Server>> start_on(const std::string& host, std::uint16_t port,
                                         MetricsRegistry& metrics) {
  Listener listener;
  listener.name = "otlp_http";
  listener.setting = "receivers.otlp.http.port";
  listener.host = host;
  listener.port = port;
  std::vector<Listener> listeners;
  listeners.push_back(std::move(listener));
  return Server::start({.io_threads = 1, .limits = {}}, std::move(listeners), metrics);
}

TEST(Server, NamesThePortAndTheSettingWhenThePortIsTaken) {
  TestServer first;
  MetricsRegistry metrics;
  const auto second = start_on("127.0.0.1", first.port(), metrics);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(first.port())));
  EXPECT_THAT(second.error().message, HasSubstr("otlp_http"));
  EXPECT_THAT(second.error().message, HasSubstr("receivers.otlp.http.port"));
}

TEST(Server, RefusesAHostThatHasNoAddressHere) {
  MetricsRegistry metrics;
  EXPECT_FALSE(start_on("192.0.2.1", 0, metrics).has_value());
  EXPECT_FALSE(start_on("no such host", 0, metrics).has_value());
}

TEST(Server, ListensOnAHostGivenByName) {
  MetricsRegistry metrics;
  const auto server = start_on("localhost", 0, metrics);
  ASSERT_TRUE(server.has_value());
  RawClient client((*server)->port_of("otlp_http"));
  client.send(kHello);
  EXPECT_EQ(read_answer(client).status, 404);
}

TEST(Server, ClosesConnectionsBeyondTheLimitAndServesAgainWhenOneLeaves) {
  ServerLimits limits;
  limits.connections = 2;
  TestServer server(limits);
  RawClient first(server.port());
  first.send(kHello);
  EXPECT_EQ(read_answer(first).status, 200);
  {
    RawClient second(server.port());
    second.send(kHello);
    EXPECT_EQ(read_answer(second).status, 200);
    RawClient third(server.port());
    EXPECT_TRUE(third.wait_closed());
    EXPECT_TRUE(
        server.wait_metric("cairn_net_refused_total{listener=\"test\",reason=\"connections\"} 1"));
    EXPECT_THAT(server.metrics(), HasSubstr("cairn_net_connections{listener=\"test\"} 2"));
  }
  ASSERT_TRUE(server.wait_metric("cairn_net_connections{listener=\"test\"} 1"));
  RawClient fourth(server.port());
  fourth.send(kHello);
  EXPECT_EQ(read_answer(fourth).status, 200);
}

TEST(Server, ServesOthersWhileManyConnectionsStall) {
  TestServer server;
  std::deque<RawClient> stalled;
  for (int i = 0; i < 500; ++i) {
    stalled.emplace_back(server.port());
    if (i % 3 == 1) stalled.back().send("POST /echo HTTP/1.1\r\nhos");
    if (i % 3 == 2) {
      stalled.back().send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\nx");
    }
  }
  for (int i = 0; i < 20; ++i) {
    RawClient client(server.port());
    client.send(kHello);
    EXPECT_EQ(read_answer(client).status, 200);
  }
}

TEST(Server, GivesHeadersATimeThatDrippingDoesNotExtend) {
  ServerLimits limits;
  limits.header_time = kShort;
  limits.header_bytes = 100_MiB;  // not what ends it here
  TestServer server(limits);
  RawClient client(server.port());
  client.send("GET /hello HTTP/1.1\r\nhost: x\r\n");
  // Drips until the server has had enough; were each byte to extend the time, it never would.
  const auto began = std::chrono::steady_clock::now();
  const std::string given_up = "cairn_net_refused_total{listener=\"test\",reason=\"timeout\"} 1";
  while (server.metrics().find(given_up) == std::string::npos && client.send("a: b\r\n") &&
         std::chrono::steady_clock::now() - began < std::chrono::seconds(5)) {
  }
  EXPECT_EQ(read_answer(client).status, 408);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST(Server, GivesBodiesATime) {
  ServerLimits limits;
  limits.body_time = kShort;
  TestServer server(limits);
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\nx");
  EXPECT_EQ(read_answer(client).status, 408);
  EXPECT_TRUE(client.wait_closed());
}

TEST(Server, ClosesIdleConnectionsInSilence) {
  ServerLimits limits;
  limits.idle_time = kShort;
  TestServer server(limits);
  RawClient silent(server.port());
  EXPECT_EQ(silent.read_to_end(), "");
  RawClient used(server.port());
  used.send(kHello);
  EXPECT_EQ(read_answer(used).status, 200);
  EXPECT_EQ(used.read_to_end(), "");
}

TEST(Server, AnswersForAHandlerThatTakesTooLong) {
  ServerLimits limits;
  limits.handle_time = kShort;
  TestServer server(limits);
  RawClient client(server.port());
  client.send("GET /never HTTP/1.1\r\nhost: x\r\n\r\n");
  EXPECT_EQ(read_answer(client).status, 504);
  EXPECT_TRUE(server.wait_cancelled(1));
  server.release();  // too late, and harmless
  client.send(kHello);
  EXPECT_EQ(read_answer(client).body, "hello");
}

TEST(Server, CancelsTheRequestOfAClientThatLeaves) {
  TestServer server;
  RawClient crashed(server.port());
  crashed.send("GET /never HTTP/1.1\r\nhost: x\r\n\r\n");
  ASSERT_TRUE(server.wait_waiting(1));
  crashed.abort();
  EXPECT_TRUE(server.wait_cancelled(1));
  RawClient ended(server.port());
  ended.send("GET /never HTTP/1.1\r\nhost: x\r\n\r\n");
  ASSERT_TRUE(server.wait_waiting(2));
  ended.end_sending();
  ended.abort();
  EXPECT_TRUE(server.wait_cancelled(2));
}

TEST(Server, StreamsOverHttp1) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /stream?pieces=30 HTTP/1.1\r\nhost: x\r\n\r\n" + std::string(kHello));
  const HttpAnswer answer = read_answer(client);
  EXPECT_EQ(answer.headers.at("transfer-encoding"), "chunked");
  EXPECT_EQ(answer.body.size(), 30U * 64_KiB);
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(read_answer(client).body, "hello");
  client.send("GET /broken_stream HTTP/1.1\r\nhost: x\r\n\r\n");
  const HttpAnswer broken = read_answer(client);
  EXPECT_EQ(broken.body, "some");
  EXPECT_FALSE(broken.complete);
  RawClient old(server.port());
  old.send("GET /stream?pieces=3 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(read_answer(old).body.size(), 3U * 64_KiB);
}

TEST(Server, HoldsBackAndThenDropsAStreamWhoseReaderStalls) {
  ServerLimits limits;
  limits.write_time = std::chrono::milliseconds(300);
  TestServer server(limits);
  RawClient client(server.port());
  client.shrink_receive_buffer();
  client.send("GET /stream?pieces=10000 HTTP/1.1\r\nhost: x\r\n\r\n");
  EXPECT_TRUE(server.wait_streams_ended(1));
  // One buffer of ours and what the two sockets hold, of 640 MB.
  EXPECT_LT(server.pieces_written(), 1000U);
}

TEST(Server, EndsAStreamedAnswerThatTakesTooLongHoweverFastItsReader) {
  ServerLimits limits;
  limits.stream_time = kShort;
  TestServer server(limits);
  RawClient client(server.port());
  client.send("GET /stream?pieces=50000 HTTP/1.1\r\nhost: x\r\n\r\n");
  EXPECT_TRUE(client.wait_closed());  // without the last chunk, after which it would stay open
  EXPECT_TRUE(server.wait_streams_ended(1));
  EXPECT_LT(server.pieces_written(), 50'000U);
}

TEST(Server, RefusesRequestsWhileUnreadAnswersHoldTooManyBytes) {
  ServerLimits limits;
  limits.buffered_bytes = 256_KiB;
  TestServer server(limits);
  Http2Client holder(server.port(), /*reads=*/false);
  const std::int32_t held = holder.get("/stream?pieces=1000");
  ASSERT_TRUE(server.wait_pieces(10));
  RawClient client(server.port());
  client.send(kHello);
  const HttpAnswer refused = read_answer(client);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  client.send("GET /always HTTP/1.1\r\nhost: x\r\n\r\n");
  EXPECT_EQ(read_answer(client).body, "always");
  holder.reset(held);
  ASSERT_TRUE(server.wait_streams_ended(1));
  do {
    client.send(kHello);
  } while (read_answer(client).status == 503);
  client.send(kHello);
  EXPECT_EQ(read_answer(client).status, 200);
}

TEST(Server, RefusesALargeAnswerThatDoesNotFit) {
  ServerLimits limits;
  limits.buffered_bytes = 1_MiB;
  TestServer small(limits);
  RawClient refused(small.port());
  refused.send("GET /huge HTTP/1.1\r\nhost: x\r\n\r\n");
  const HttpAnswer answer = read_answer(refused);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
  TestServer roomy;
  RawClient served(roomy.port());
  served.send("GET /huge HTTP/1.1\r\nhost: x\r\n\r\n");
  EXPECT_EQ(read_answer(served).body.size(), 2_MiB);
}

TEST(Server, RefusesBodiesWhileTooManyBytesAreHeld) {
  ServerLimits limits;
  limits.buffered_bytes = 1_MiB;
  TestServer server(limits);
  const std::string body(900'000, 'x');
  const auto post = [&](std::string_view path) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nhost: x\r\ncontent-length: 900000\r\n\r\n" +
           body;
  };
  RawClient holder(server.port());
  holder.send(post("/later"));
  ASSERT_TRUE(server.wait_waiting(1));
  RawClient refused(server.port());
  refused.send(post("/echo"));
  const HttpAnswer answer = read_answer(refused);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
  server.release();
  EXPECT_EQ(read_answer(holder).body, body);
  RawClient served(server.port());
  served.send(post("/echo"));
  EXPECT_EQ(read_answer(served).status, 200);
}

TEST(Server, DrainsByFinishingWhatIsUnderWay) {
  TestServer server;
  RawClient http1(server.port());
  http1.send("POST /later HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\na");
  Http2Client http2(server.port());
  const std::int32_t call = http2.call("/test.Echo/Later", "b");
  ASSERT_TRUE(server.wait_waiting(2));
  RawClient idle(server.port());
  idle.send(kHello);
  EXPECT_EQ(read_answer(idle).status, 200);

  std::jthread draining([&] { server.server().drain(std::chrono::seconds(30)); });
  EXPECT_TRUE(idle.wait_closed());
  server.release();
  const HttpAnswer answer = read_answer(http1);
  EXPECT_EQ(answer.body, "a");
  EXPECT_EQ(answer.headers.at("connection"), "close");
  EXPECT_EQ(http2.wait(call).grpc_status(), 0);
  EXPECT_EQ(http2.wait_goaway(), 0U);
}

TEST(Server, DrainGivesUpWhenItsPatienceEnds) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /never HTTP/1.1\r\nhost: x\r\n\r\n");
  ASSERT_TRUE(server.wait_waiting(1));
  server.server().drain(kShort);
  EXPECT_TRUE(server.wait_cancelled(1));
  EXPECT_TRUE(client.wait_closed());
  EXPECT_EQ(RawClient(server.port()).descriptor(), -1);
  server.release();  // after the server's threads are gone
}

TEST(Server, AddsCorsHeadersAndAnswersPreflights) {
  CorsOptions cors;
  cors.allowed_origins = {"https://*.example"};
  TestServer server({}, cors);
  RawClient client(server.port());
  client.send(
      "OPTIONS /echo HTTP/1.1\r\nhost: x\r\norigin: https://app.example\r\n"
      "access-control-request-method: POST\r\n\r\n");
  HttpAnswer answer = read_answer(client);
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.headers.at("access-control-allow-origin"), "https://app.example");
  client.send("GET /hello HTTP/1.1\r\nhost: x\r\norigin: https://app.example\r\n\r\n");
  answer = read_answer(client);
  EXPECT_EQ(answer.headers.at("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(answer.headers.at("vary"), "origin");
  client.send("GET /nowhere HTTP/1.1\r\nhost: x\r\norigin: https://app.example\r\n\r\n");
  EXPECT_EQ(read_answer(client).headers.at("access-control-allow-origin"), "https://app.example");
  client.send("GET /hello HTTP/1.1\r\nhost: x\r\norigin: https://evil.test\r\n\r\n");
  EXPECT_EQ(read_answer(client).headers.count("access-control-allow-origin"), 0U);
  Http2Client http2(server.port());
  auto fields = Http2Client::request("GET", "/hello");
  fields.emplace_back("origin", "https://app.example");
  EXPECT_EQ(http2.wait(http2.start(fields)).headers.at("access-control-allow-origin"),
            "https://app.example");
}

TEST(Server, KeepsControlCharactersOutOfHeaders) {
  Response response;
  response.headers.add("location", "/a\r\nset-cookie: b");
  EXPECT_THAT(render_head(response, {}), HasSubstr("\r\nlocation: /aset-cookie: b\r\n"));
}

}  // namespace
}  // namespace cairn::net
