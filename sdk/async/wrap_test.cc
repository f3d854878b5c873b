// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <cairn/async/wrap.h>
#include <cairn/testing.h>
#include <cairn/trace.h>
#include <gtest/gtest.h>

#include "sdk/adapters/db/testing/recording.h"

namespace cairn::trace {
namespace {

using testing::Recording;

TEST(Wrap, TakesTheContextToAnotherThread) {
  const Recording recording;
  std::function<SpanId()> later;
  SpanId expected;
  {
    const Span order = tracer("test").start("order");
    expected = order.context().span_id;
    const Scope scope(order);
    later = wrap([] { return current_span_context().span_id; });
  }
  SpanId seen;
  std::thread([&] {
    seen = later();
    EXPECT_FALSE(current_span_context().is_valid());
  }).join();
  EXPECT_EQ(seen, expected);
}

TEST(Wrap, TakesBaggageAlong) {
  const Context context = Context().with(Baggage::from_header("user=ann"));
  const auto function =
      wrap_in(context, [] { return std::string(Context::current().baggage().header()); });
  EXPECT_EQ(function(), "user=ann");
}

TEST(Wrap, PassesArgumentsResultsAndExceptions) {
  auto add = wrap([](int a, std::unique_ptr<int> b) { return a + *b; });
  EXPECT_EQ(add(1, std::make_unique<int>(2)), 3);
  int value = 0;
  auto reference = wrap([&value]() -> int& { return value; });
  reference() = 7;
  EXPECT_EQ(value, 7);
  auto fails = wrap([]() -> int { throw std::runtime_error("no"); });
  EXPECT_THROW(fails(), std::runtime_error);
  EXPECT_FALSE(current_span_context().is_valid());
}

TEST(Wrap, FunctionsThatOnlyMoveAreFine) {
  auto once = wrap([text = std::make_unique<std::string>("x")]() mutable { return *text; });
  auto moved = std::move(once);
  EXPECT_EQ(std::move(moved)(), "x");
  const auto constant = wrap([] { return 1; });
  EXPECT_EQ(constant(), 1);
}

TEST(Wrap, CallsMembers) {
  const auto size = wrap(&std::string::size);
  EXPECT_EQ(size(std::string("four")), 4U);
}

TEST(Wrap, AThreadRunsInTheContextOfItsMaker) {
  const Recording recording;
  const Span order = tracer("test").start("order");
  SpanId seen;
  {
    const Scope scope(order);
    std::thread thread = traced_thread(
        [&](int times) {
          if (times == 2) seen = current_span_context().span_id;
        },
        2);
    thread.join();
  }
  EXPECT_EQ(seen, order.context().span_id);
}

}  // namespace
}  // namespace cairn::trace
