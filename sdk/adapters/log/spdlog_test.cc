// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <sstream>
#include <string>

#include <cairn/adapters/spdlog.h>
#include <cairn/trace.h>
#include <gmock/gmock.h>
#include <spdlog/async.h>
#include <spdlog/sinks/ostream_sink.h>

#include "sdk/adapters/db/testing/recording.h"

namespace cairn::trace {
namespace {

using testing::Recording;

std::string hex(const SpanContext& context, bool trace) {
  char text[TraceId::kHexSize];
  if (trace) {
    context.trace_id.to_hex(text);
    return {text, TraceId::kHexSize};
  }
  context.span_id.to_hex(text);
  return {text, SpanId::kHexSize};
}

// A logger into a string, on this thread or through another.
class Logging {
 public:
  explicit Logging(bool async) {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text_);
    if (async) {
      pool_ = std::make_shared<spdlog::details::thread_pool>(64, 1);
      logger = traced_async(std::make_shared<spdlog::async_logger>("shop", sink, pool_));
    } else {
      logger = std::make_shared<spdlog::logger>("shop", sink);
    }
  }
  std::string text() {
    pool_.reset();  // writes what waits
    return text_.str();
  }

  std::shared_ptr<spdlog::logger> logger;

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;
};

class Spdlog : public ::testing::TestWithParam<bool> {
 protected:
  Logging logging_{GetParam()};
  spdlog::logger& logger() { return *logging_.logger; }
};

TEST_P(Spdlog, LinesNameTheirTraceAndSpan) {
  const Recording recording;
  set_traced_pattern(logger(), "%l%j %v");
  const Span order = tracer("test").start("order");
  logger().info("before");
  {
    const Scope scope(order);
    logger().info("paid {}", 3);
  }
  logger().warn("after");
  EXPECT_EQ(logging_.text(), "info before\ninfo trace=" + hex(order.context(), true) + " span=" +
                                 hex(order.context(), false) + " paid 3\nwarning after\n");
}

TEST_P(Spdlog, EachIdHasAFlagOfItsOwn) {
  const Recording recording;
  set_traced_pattern(logger(), "[%K][%k] %v");
  const Span order = tracer("test").start("order");
  {
    const Scope scope(order);
    logger().info("x");
  }
  logger().info("y");
  EXPECT_EQ(logging_.text(), "[" + hex(order.context(), true) + "][" + hex(order.context(), false) +
                                 "] x\n[][] y\n");
}

TEST_P(Spdlog, JsonLinesAreValid) {
  const Recording recording;
  set_traced_pattern(logger(), R"({"content":"%J"%q})");
  const Span order = tracer("test").start("order");
  logger().info("say \"hi\"\n\\");
  const Scope scope(order);
  logger().info("ok");
  EXPECT_EQ(logging_.text(), std::string(R"({"content":"say \"hi\"\u000a\\"})") +
                                 "\n{\"content\":\"ok\",\"trace\":\"" + hex(order.context(), true) +
                                 "\",\"span\":\"" + hex(order.context(), false) + "\"}\n");
}

TEST_P(Spdlog, JsonLinesAreUtf8WhateverIsLogged) {
  struct Case {
    const char* text;
    const char* json;
  };
  const Recording recording;
  set_traced_pattern(logger(), "%J");
  std::string expected;
  for (const Case& one :
       {Case{"J\xC3\xBCrgen \xE2\x82\xAC \xF0\x9F\x98\x80",
             "J\xC3\xBCrgen \xE2\x82\xAC \xF0\x9F\x98\x80"},
        Case{"a\xFFz", "a\\ufffdz"}, Case{"cut \xE2\x82", "cut \\ufffd\\ufffd"},
        Case{"\xC0\x80", "\\ufffd\\ufffd"}, Case{"\xED\xA0\x80", "\\ufffd\\ufffd\\ufffd"},
        Case{"\xF5\x80\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"}}) {
    logger().info(one.text);
    expected += one.json + std::string("\n");
  }
  EXPECT_EQ(logging_.text(), expected);
}

TEST_P(Spdlog, UnsampledSpansHaveIdsToo) {
  const Recording recording(Conventions::kGoZero, always_off());
  set_traced_pattern(logger(), "%K");
  const Span order = tracer("test").start("order");
  const Scope scope(order);
  logger().info("x");
  EXPECT_EQ(logging_.text(), hex(order.context(), true) + "\n");
}

TEST_P(Spdlog, AMessageCannotPassForIds) {
  const Recording recording;
  set_traced_pattern(logger(), "[%K] %v");
  const std::string forged =
      "trace=" + std::string(32, 'a') + " span=" + std::string(16, 'b') + " hello";
  logger().info(forged);
  logger().info("trace=- span=- x");
  EXPECT_EQ(logging_.text(), "[] " + forged + "\n[] trace=- span=- x\n");
}

INSTANTIATE_TEST_SUITE_P(SyncAndAsync, Spdlog, ::testing::Bool(),
                         [](const auto& one) { return one.param ? "Async" : "Sync"; });

TEST(SpdlogAsync, WithAPlainPatternTheIdsAreInTheMessage) {
  const Recording recording;
  Logging logging(true);
  logging.logger->set_formatter(std::make_unique<spdlog::pattern_formatter>("%n %v"));
  const Span order = tracer("test").start("order");
  const Scope scope(order);
  logging.logger->info("x");
  EXPECT_EQ(logging.text(), "shop trace=" + hex(order.context(), true) +
                                " span=" + hex(order.context(), false) + " x\n");
}

}  // namespace
}  // namespace cairn::trace
