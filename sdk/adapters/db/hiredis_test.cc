// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <memory>
#include <string>

#include <cairn/adapters/hiredis.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>

#include "testing/recording.h"
#include "testing/redis_server.h"
#include "testing/server_of_all_tests.h"

namespace cairn::trace {
namespace {

using ::testing::ElementsAre;
using testing::Lines;
using testing::Recording;
using ::testing::StartsWith;

testing::ServerOfAllTests<testing::RedisServer> server;
// hiredis writes to sockets that are closed.
const auto no_sigpipe = signal(SIGPIPE, SIG_IGN);

struct Free {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, Free>;

Reply as_reply(void* reply) {
  return Reply(static_cast<redisReply*>(reply));
}

class Hiredis : public ::testing::Test {
 protected:
  void SetUp() override {
    redis_.reset(redisConnectUnix(server->path().c_str()));
    ASSERT_EQ(redis_->err, 0) << redis_->errstr;
    freeReplyObject(redisCommand(redis(), "FLUSHALL"));
  }
  redisContext* redis() { return redis_.get(); }
  std::unique_ptr<redisContext, Free> redis_;
};

TEST_F(Hiredis, EachCommandIsAGoZeroSpan) {
  const Recording recording;
  {
    const Span order = tracer("test").start("order");
    const Scope scope(order);
    as_reply(hiredis::command(redis(), "SET %s %s", "key", "secret"));
    const char* const get[] = {"GET", "nothing"};
    const Reply nil =
        as_reply(hiredis::command_argv(redis(), 2, const_cast<const char**>(get), nullptr));
    EXPECT_EQ(nil->type, REDIS_REPLY_NIL);
    as_reply(hiredis::command(redis(), "%s %b", "lpush", "key", std::size_t{3}));
    as_reply(hiredis::command(redis(), "LPUSH key value"));
  }
  const std::string wrong = "WRONGTYPE Operation against a key holding the wrong kind of value";
  const std::string arity = "ERR wrong number of arguments for 'lpush' command";
  EXPECT_THAT(recording.lines(),
              ElementsAre("redis CLIENT of order Ok {redis.cmds=[set]}",
                          "redis CLIENT of order Ok {redis.cmds=[get]}",
                          "redis CLIENT of order Error(" + arity +
                              ") {redis.cmds=[lpush]} exception{exception.message=" + arity +
                              " exception.type=ERR}",
                          "redis CLIENT of order Error(" + wrong +
                              ") {redis.cmds=[lpush]} exception{exception.message=" + wrong +
                              " exception.type=WRONGTYPE}",
                          "order INTERNAL {}"));
}

TEST_F(Hiredis, TheStableConventions) {
  const Recording recording(Conventions::kStable);
  as_reply(hiredis::command(redis(), "SET key %s", "secret"));
  as_reply(hiredis::command(redis(), "LPUSH key value"));
  const auto lines = recording.lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], "SET CLIENT {db.operation.name=SET db.system.name=redis server.address=" +
                          server->path() + "}");
  EXPECT_THAT(lines[1], StartsWith("LPUSH CLIENT Error(WRONGTYPE "));
  const FinishedSpan failed = recording.spans().at(1);
  EXPECT_EQ(failed.attributes.at("error.type"), "WRONGTYPE");
  EXPECT_EQ(failed.attributes.at("db.response.status_code"), "WRONGTYPE");
}

TEST_F(Hiredis, NoArgumentReachesASpan) {
  const Recording recording;
  as_reply(hiredis::command(redis(), "bogus %s", "secret"));
  as_reply(hiredis::command(redis(), "%s", "a secret with spaces"));
  as_reply(hiredis::command(redis(), "%d", 42));
  const std::string secret_key(40, 's');
  as_reply(hiredis::command(redis(), "%s", secret_key.c_str()));
  const auto lines = recording.lines();
  EXPECT_THAT(lines[0],
              StartsWith("redis CLIENT Error(ERR unknown command) {redis.cmds=[bogus]} "));
  for (const std::string& line : lines) EXPECT_EQ(line.find("secret with"), std::string::npos);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    EXPECT_NE(lines[i].find("redis.cmds=[?]"), std::string::npos) << lines[i];
  }
}

TEST_F(Hiredis, APasswordInAnErrorIsNotKept) {
  const Recording recording;
  const Reply reply = as_reply(hiredis::command(redis(), "ACL SETUSER cairn <hunter2"));
  ASSERT_NE(std::string(reply->str).find("hunter2"), std::string::npos) << reply->str;
  EXPECT_EQ(recording.lines().at(0).find("hunter2"), std::string::npos) << recording.lines().at(0);
  EXPECT_THAT(recording.spans().at(0).status_message, StartsWith("ERR Error in ACL SETUSER"));
}

TEST_F(Hiredis, RepliesOfAnotherKindAreNotLookedAt) {
  static void* const mine = reinterpret_cast<void*>(8);  // not to be read
  static redisReplyObjectFunctions functions{
      +[](const redisReadTask*, char*, size_t) -> void* { return mine; },
      +[](const redisReadTask*, int) -> void* { return mine; },
      +[](const redisReadTask*, long long) -> void* { return mine; },
      +[](const redisReadTask*) -> void* { return mine; }, +[](void*) {}};
  redis()->reader->fn = &functions;
  const Recording recording;
  EXPECT_EQ(hiredis::command(redis(), "LPUSH"), mine);
  hiredis::Pipeline pipeline(redis());
  pipeline.append("PING");
  void* reply = nullptr;
  EXPECT_EQ(pipeline.get_reply(&reply), REDIS_OK);
  EXPECT_EQ(reply, mine);
  EXPECT_THAT(recording.lines(),
              ElementsAre("redis CLIENT {redis.cmds=[lpush]}", "redis CLIENT {redis.cmds=[ping]}"));
}

TEST_F(Hiredis, APipelineIsOneSpan) {
  const Recording recording;
  hiredis::Pipeline pipeline(redis());
  ASSERT_EQ(pipeline.append("SET key %s", "secret"), REDIS_OK);
  ASSERT_EQ(pipeline.append("GET key"), REDIS_OK);
  const char* const incr[] = {"INCR", "key"};
  ASSERT_EQ(pipeline.append_argv(2, const_cast<const char**>(incr), nullptr), REDIS_OK);
  void* reply = nullptr;
  ASSERT_EQ(pipeline.get_reply(&reply), REDIS_OK);
  freeReplyObject(reply);
  ASSERT_EQ(pipeline.get_reply(nullptr), REDIS_OK);
  EXPECT_EQ(recording.spans().size(), 0U);
  ASSERT_EQ(pipeline.append("DEL key"), REDIS_OK);  // while replies are coming
  ASSERT_EQ(pipeline.get_reply(nullptr), REDIS_OK);
  ASSERT_EQ(pipeline.get_reply(nullptr), REDIS_OK);
  const std::string wrong = "ERR value is not an integer or out of range";
  EXPECT_THAT(recording.lines(),
              ElementsAre("redis CLIENT Error(" + wrong +
                          ") {redis.cmds=[set, get, incr, del]} exception{exception.message=" +
                          wrong + " exception.type=ERR}"));
  // And again.
  pipeline.append("PING");
  pipeline.get_reply(nullptr);
  EXPECT_EQ(recording.lines().back(), "redis CLIENT Ok {redis.cmds=[ping]}");
}

TEST_F(Hiredis, APipelineInTheStableConventions) {
  const Recording recording(Conventions::kStable);
  for (const bool same : {true, false}) {
    hiredis::Pipeline pipeline(redis());
    pipeline.append("GET a");
    pipeline.append(same ? "GET b" : "SET b c");
    pipeline.get_reply(nullptr);
    pipeline.get_reply(nullptr);
  }
  const auto spans = recording.spans();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name, "BATCH GET");
  EXPECT_EQ(spans[0].attributes.at("db.operation.batch.size"), "2");
  EXPECT_EQ(spans[1].name, "PIPELINE");
  EXPECT_EQ(spans[1].attributes.at("db.operation.name"), "PIPELINE");
}

TEST_F(Hiredis, OfAPipelineTheFirstNamesAreKept) {
  const Recording recording(Conventions::kStable);
  hiredis::Pipeline pipeline(redis());
  for (int i = 0; i < 200; ++i) pipeline.append("PING");
  for (int i = 0; i < 200; ++i) pipeline.get_reply(nullptr);
  EXPECT_EQ(recording.spans().at(0).attributes.at("db.operation.batch.size"), "200");
}

TEST_F(Hiredis, ALostConnectionIsAnError) {
  const Recording recording;
  as_reply(hiredis::command(redis(), "QUIT"));
  EXPECT_EQ(hiredis::command(redis(), "GET a"), nullptr);
  const auto spans = recording.spans();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[1].status, StatusCode::kError);
  EXPECT_THAT(spans[1].events.at(0).attributes.at("exception.type"), StartsWith("REDIS_ERR_"));
}

// An asynchronous connection driven by poll().
class AsyncHiredis : public Hiredis {
 protected:
  void SetUp() override {
    Hiredis::SetUp();
    async_ = redisAsyncConnectUnix(server->path().c_str());
    ASSERT_EQ(async_->err, 0);
    async_->data = this;
    redisAsyncSetDisconnectCallback(async_, [](const redisAsyncContext* context, int) {
      static_cast<AsyncHiredis*>(context->data)->async_ = nullptr;
    });
  }
  void TearDown() override {
    if (async_ != nullptr) redisAsyncFree(async_);
  }
  void turn_until(const std::function<bool()>& done) {
    for (int turns = 0; !done(); ++turns) {
      ASSERT_LT(turns, 1000);
      ASSERT_NE(async_, nullptr);
      redisAsyncHandleWrite(async_);
      pollfd waiting{async_->c.fd, POLLIN, 0};
      ASSERT_EQ(poll(&waiting, 1, 10000), 1);
      redisAsyncHandleRead(async_);
    }
  }
  redisAsyncContext* async_ = nullptr;
};

struct Seen {
  int calls = 0;
  bool had_reply = false;
  SpanContext current;
  std::string text;
};

void see(redisAsyncContext*, void* reply, void* data) {
  auto* const seen = static_cast<Seen*>(data);
  ++seen->calls;
  seen->had_reply = reply != nullptr;
  seen->current = current_span_context();
  if (reply != nullptr && static_cast<redisReply*>(reply)->str != nullptr) {
    seen->text = static_cast<redisReply*>(reply)->str;
  }
}

TEST_F(AsyncHiredis, ASpanLastsUntilTheReply) {
  const Recording recording;
  Seen set;
  Seen get;
  SpanId order_id;
  {
    const Span order = tracer("test").start("order");
    order_id = order.context().span_id;
    const Scope scope(order);
    const char* const words[] = {"SET", "key", "value"};
    ASSERT_EQ(
        hiredis::async_command_argv(async_, see, &set, 3, const_cast<const char**>(words), nullptr),
        REDIS_OK);
    ASSERT_EQ(hiredis::async_command(async_, see, &get, "GET %s", "key"), REDIS_OK);
    ASSERT_EQ(hiredis::async_command(async_, nullptr, nullptr, "LPUSH key value"), REDIS_OK);
  }
  EXPECT_EQ(recording.spans().size(), 1U);
  turn_until([&] { return get.calls == 1; });
  turn_until([&] { return recording.spans().size() == 4; });
  EXPECT_EQ(set.calls, 1);
  EXPECT_EQ(get.text, "value");
  // The callback goes on in the context of the send.
  EXPECT_EQ(get.current.span_id, order_id);
  EXPECT_FALSE(current_span_context().is_valid());
  const Lines lines = recording.lines();
  EXPECT_EQ(lines[1], "redis CLIENT of order Ok {redis.cmds=[set]}");
  EXPECT_EQ(lines[2], "redis CLIENT of order Ok {redis.cmds=[get]}");
  EXPECT_THAT(lines[3], StartsWith("redis CLIENT of order Error(WRONGTYPE "));
}

TEST_F(AsyncHiredis, ALostConnectionEndsEachSpanOnce) {
  const Recording recording;
  Seen seen[3];
  for (Seen& one : seen) {
    ASSERT_EQ(hiredis::async_command(async_, see, &one, "GET key"), REDIS_OK);
  }
  redisAsyncFree(async_);
  async_ = nullptr;
  for (const Seen& one : seen) {
    EXPECT_EQ(one.calls, 1);
    EXPECT_FALSE(one.had_reply);
  }
  const auto spans = recording.spans();
  ASSERT_EQ(spans.size(), 3U);
  for (const FinishedSpan& span : spans) {
    EXPECT_EQ(span.status_message, "the connection was closed");
  }
}

TEST_F(AsyncHiredis, WhatHiredisRefusesIsAnErrorAndCallsNobody) {
  const Recording recording;
  Seen seen;
  Seen refused;
  ASSERT_EQ(hiredis::async_command(async_, see, &seen, "GET key"), REDIS_OK);
  redisAsyncDisconnect(async_);
  EXPECT_EQ(hiredis::async_command(async_, see, &refused, "GET key"), REDIS_ERR);
  turn_until([&] { return async_ == nullptr; });
  EXPECT_EQ(seen.calls, 1);
  EXPECT_EQ(refused.calls, 0);
  EXPECT_EQ(recording.spans().size(), 2U);
}

TEST_F(AsyncHiredis, ASubscriptionIsTheSendingAlone) {
  const Recording recording;
  Seen seen;
  ASSERT_EQ(hiredis::async_command(async_, see, &seen, "SUBSCRIBE news"), REDIS_OK);
  EXPECT_THAT(recording.lines(), ElementsAre("redis CLIENT Ok {redis.cmds=[subscribe]}"));
  turn_until([&] { return seen.calls == 1; });
  as_reply(hiredis::command(redis(), "PUBLISH news one"));
  turn_until([&] { return seen.calls == 2; });
  EXPECT_EQ(recording.spans().size(), 2U);
  redisAsyncFree(async_);  // calls back once more
  async_ = nullptr;
  EXPECT_EQ(seen.calls, 3);
}

}  // namespace
}  // namespace cairn::trace
