// SPDX-License-Identifier: Apache-2.0
#include "net/grpc/call.h"

#include <atomic>

#include <gtest/gtest.h>

#include "net/grpc/health.h"
#include "net/grpc/message_reader.h"
#include "net/server.h"
#include "net/testing/http2_client.h"

namespace cairn::net {
namespace {

using testing::Http2Answer;
using testing::Http2Client;

TEST(GrpcTimeout, ReadsEveryUnit) {
  EXPECT_EQ(parse_grpc_timeout("2H"), std::chrono::hours(2));
  EXPECT_EQ(parse_grpc_timeout("3M"), std::chrono::minutes(3));
  EXPECT_EQ(parse_grpc_timeout("10S"), std::chrono::seconds(10));
  EXPECT_EQ(parse_grpc_timeout("100m"), std::chrono::milliseconds(100));
  EXPECT_EQ(parse_grpc_timeout("7u"), std::chrono::microseconds(7));
  EXPECT_EQ(parse_grpc_timeout("0n"), Duration(0));
  // Far more nanoseconds than 64 bits hold: as good as for ever, and no overflow.
  EXPECT_GT(*parse_grpc_timeout("99999999H"), std::chrono::hours(24 * 36500));
}

TEST(GrpcTimeout, RefusesEverythingElse) {
  for (const char* bad : {"", "S", "5", "5s", "-5S", "1.5S", "123456789S", "5 S", "5SS"}) {
    EXPECT_FALSE(parse_grpc_timeout(bad)) << bad;
  }
}

TEST(GrpcContentType, IsNotTakenFromOtherTypes) {
  for (const char* yes : {"application/grpc", "application/grpc+proto", "application/grpc; a=b"}) {
    EXPECT_TRUE(is_grpc_content_type(yes)) << yes;
  }
  for (const char* no : {"application/grpc-web", "application/grpc+json", "application/json", ""}) {
    EXPECT_FALSE(is_grpc_content_type(no)) << no;
  }
}

TEST(MessageReader, TakesAMessageHoweverItIsCut) {
  const std::string frame = Http2Client::framed(std::string(3000, 'm'));
  for (const std::size_t cut : {1U, 2U, 5U, 6U, 1000U, 5000U}) {
    MessageReader reader(4000, nullptr);
    for (std::size_t at = 0; at < frame.size(); at += cut) {
      ASSERT_TRUE(reader.feed(as_bytes(frame.substr(at, cut))).has_value());
    }
    ASSERT_TRUE(reader.finish().has_value());
    EXPECT_EQ(reader.take().text(), std::string(3000, 'm'));
  }
}

TEST(MessageReader, AllocatesLittleForALengthThatIsOnlyClaimed) {
  const auto budget = std::make_shared<ByteBudget>(10'000);
  MessageReader reader(1_GiB, budget);
  const std::string frame = Http2Client::framed(std::string(20'000, 'm'));
  EXPECT_TRUE(reader.feed(as_bytes(frame.substr(0, 105))).has_value());
  EXPECT_EQ(budget->used(), 100U);
  const auto outcome = reader.feed(as_bytes(frame.substr(105)));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
}

class HealthServer {
 public:
  explicit HealthServer(const std::atomic<bool>& serving) {
    Listener listener;
    listener.name = "health";
    listener.setting = "health.port";
    listener.router = health_routes([&serving] { return serving.load(); }, {"a.B"});
    std::vector<Listener> listeners;
    listeners.push_back(std::move(listener));
    auto started = Server::start({.io_threads = 1, .limits = {}}, std::move(listeners), metrics_);
    server_ = *std::move(started);
  }
  std::uint16_t port() const { return server_->port_of("health"); }

 private:
  MetricsRegistry metrics_;
  std::unique_ptr<Server> server_;
};

constexpr const char* kCheck = "/grpc.health.v1.Health/Check";
constexpr const char* kWatch = "/grpc.health.v1.Health/Watch";

TEST(GrpcHealth, AnswersChecks) {
  std::atomic<bool> serving = true;
  HealthServer server(serving);
  Http2Client client(server.port());
  EXPECT_EQ(client.wait(client.call(kCheck, "")).body, Http2Client::framed("\x08\x01"));
  EXPECT_EQ(client
                .wait(client.call(kCheck,
                                  "\x0a\x03"
                                  "a.B"))
                .body,
            Http2Client::framed("\x08\x01"));
  serving = false;
  EXPECT_EQ(client.wait(client.call(kCheck, "")).body, Http2Client::framed("\x08\x02"));
  EXPECT_EQ(client.wait(client.call(kCheck, "\x0a\x01x")).grpc_status(), 5);
  EXPECT_EQ(client.wait(client.call(kCheck, "\x0a\x7fx")).grpc_status(), 3);
}

TEST(GrpcHealth, TellsWatchersOfChanges) {
  std::atomic<bool> serving = true;
  HealthServer server(serving);
  Http2Client client(server.port());
  const std::int32_t id = client.call(kWatch, "");
  const std::int32_t unknown = client.call(kWatch, "\x0a\x01x");
  client.wait_body(id, 7);
  client.wait_body(unknown, 7);
  serving = false;
  client.wait_body(id, 14);
  client.reset(id);
  client.reset(unknown);
  EXPECT_EQ(client.wait(id).body,
            Http2Client::framed("\x08\x01") + Http2Client::framed("\x08\x02"));
  EXPECT_EQ(client.wait(unknown).body, Http2Client::framed("\x08\x03"));
}

}  // namespace
}  // namespace cairn::net
