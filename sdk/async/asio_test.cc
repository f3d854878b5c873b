// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cairn/async/asio.h>
#include <cairn/trace.h>
#include <gtest/gtest.h>

#include "sdk/adapters/db/testing/recording.h"

namespace cairn::trace {
namespace {

namespace asio = boost::asio;
using testing::Recording;

using IoExecutor = asio::io_context::executor_type;
static_assert(asio::execution::is_executor<TracedExecutor<IoExecutor>>::value);
static_assert(asio::execution::is_executor<TracedExecutor<asio::any_io_executor>>::value);
static_assert(std::is_convertible_v<TracedExecutor<IoExecutor>, asio::any_io_executor>);

SpanId here() {
  return current_span_context().span_id;
}

TEST(TracedExecutor, RunsInTheContextItWasMadeIn) {
  const Recording recording;
  const Span order = tracer("test").start("order");
  asio::thread_pool pool(2);
  SpanId posted;
  SpanId in_strand;
  SpanId erased;
  {
    const Scope scope(order);
    const auto executor = traced_executor(pool.get_executor());
    asio::post(executor, [&] { posted = here(); });
    asio::post(asio::make_strand(executor), [&] { in_strand = here(); });
    asio::post(asio::any_io_executor(executor), [&] { erased = here(); });
  }
  pool.join();
  EXPECT_EQ(posted, order.context().span_id);
  EXPECT_EQ(in_strand, order.context().span_id);
  EXPECT_EQ(erased, order.context().span_id);
}

TEST(TracedExecutor, IsEqualInOnePlaceForOneSpan) {
  const Recording recording;
  const Span order = tracer("test").start("order");
  asio::io_context io;
  asio::io_context other;
  const Context context = Context().with(order);
  const auto executor = traced_executor(io.get_executor(), context);
  EXPECT_TRUE(executor == traced_executor(io.get_executor(), context));
  EXPECT_TRUE(executor != traced_executor(io.get_executor(), Context()));
  EXPECT_TRUE(executor != traced_executor(other.get_executor(), context));
  EXPECT_EQ(&asio::query(executor, asio::execution::context), &io);
}

TEST(TraceHandler, IsCalledInItsContextByItsExecutor) {
  const Recording recording;
  const Span order = tracer("test").start("order");
  asio::io_context io;
  asio::thread_pool pool(1);
  asio::steady_timer timer(io, std::chrono::seconds(0));
  SpanId seen;
  bool on_pool = false;
  {
    const Scope scope(order);
    timer.async_wait(trace_handler(
        asio::bind_executor(pool.get_executor(), [&](const boost::system::error_code& error) {
          EXPECT_FALSE(error);
          seen = here();
          on_pool = pool.get_executor().running_in_this_thread();
        })));
  }
  io.run();
  pool.join();
  EXPECT_EQ(seen, order.context().span_id);
  EXPECT_TRUE(on_pool);
}

struct Places {
  std::vector<SpanId> spans;
  void add() { spans.push_back(here()); }
};

asio::awaitable<void> wait_a_turn() {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<int> child(Places& places, bool fails) {
  places.add();
  co_await wait_a_turn();
  places.add();
  if (fails) throw std::runtime_error("no");
  co_return 7;
}

asio::awaitable<void> parent(Places& places, const Span& inner) {
  places.add();
  co_await wait_a_turn();
  places.add();
  EXPECT_EQ(co_await with_trace(child(places, false), Context::current().with(inner)), 7);
  places.add();
  bool thrown = false;
  try {
    co_await with_trace(child(places, true), Context::current().with(inner));
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  EXPECT_TRUE(thrown);
  places.add();
  co_await wait_a_turn();
  places.add();
}

TEST(TracedCoroutine, IsInItsContextOnEveryThread) {
  const Recording recording;
  const Span order = tracer("test").start("order");
  const Span inner = tracer("test").start("inner");
  asio::thread_pool pool(3);
  Places places;
  {
    const Scope scope(order);
    asio::co_spawn(traced_executor(pool.get_executor()), parent(places, inner), asio::detached);
  }
  pool.join();
  const SpanId a = order.context().span_id;
  const SpanId b = inner.context().span_id;
  EXPECT_EQ(places.spans, (std::vector<SpanId>{a, a, b, b, a, b, b, a, a}));
}

asio::awaitable<void> untraced_parent(Places& places, const Span& inner) {
  places.add();
  co_await with_trace(child(places, false), Context::current().with(inner));
  places.add();
}

TEST(TracedCoroutine, LeavesNothingToACoroutineWithoutContext) {
  const Recording recording;
  const Span inner = tracer("test").start("inner");
  asio::io_context io;
  Places places;
  asio::co_spawn(io, untraced_parent(places, inner), asio::detached);
  io.run();
  const SpanId b = inner.context().span_id;
  EXPECT_EQ(places.spans, (std::vector<SpanId>{SpanId(), b, b, SpanId()}));
  EXPECT_EQ(here(), SpanId());
}

TEST(TracedCoroutine, ManyAtOnceKeepApart) {
  const Recording recording;
  asio::thread_pool pool(4);
  constexpr std::size_t kMany = 50;
  std::vector<Places> places(kMany);
  std::vector<Span> spans;
  for (std::size_t i = 0; i < kMany; ++i) spans.push_back(tracer("test").start("one"));
  for (std::size_t i = 0; i < kMany; ++i) {
    asio::co_spawn(traced_executor(pool.get_executor(), Context(spans[i])), child(places[i], false),
                   asio::detached);
  }
  pool.join();
  for (std::size_t i = 0; i < kMany; ++i) {
    const SpanId id = spans[i].context().span_id;
    EXPECT_EQ(places[i].spans, (std::vector<SpanId>{id, id})) << i;
  }
}

}  // namespace
}  // namespace cairn::trace
