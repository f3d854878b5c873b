// SPDX-License-Identifier: Apache-2.0
#include <coroutine>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <cairn/async/coroutine.h>
#include <cairn/trace.h>
#include <gtest/gtest.h>

#include "sdk/adapters/db/testing/recording.h"

namespace cairn::trace {
namespace {

using testing::Recording;

// Suspends; who holds the handle resumes it, anywhere.
struct Wait {
  std::coroutine_handle<>& waiting;
  SpanId* seen = nullptr;  // the current span while it suspends
  int result = 0;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const noexcept {
    if (seen != nullptr) *seen = current_span_context().span_id;
    waiting = handle;
  }
  int await_resume() const noexcept { return result; }
};

// Refuses to suspend: by an exception, or by saying no.
struct Refuse {
  bool throws;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) const {
    if (throws) throw std::runtime_error("no");
    return false;
  }
  void await_resume() const noexcept {}
};

// Resumes at once, within the suspension, and lets the coroutine end there.
struct ResumeAtOnce {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const { handle.resume(); }
  void await_resume() const noexcept {}
};

// Goes over to another coroutine.
struct GoTo {
  std::coroutine_handle<> other;
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const noexcept { return other; }
  void await_resume() const noexcept {}
};

struct PlainTask {
  struct promise_type {
    PlainTask get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

struct TracedTask {
  struct promise_type : TracedPromise {
    TracedTask get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    auto initial_suspend() { return traced(std::suspend_always()); }
    auto final_suspend() noexcept { return traced(std::suspend_always()); }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

struct Log {
  std::vector<SpanId> spans;
  void add() { spans.push_back(current_span_context().span_id); }
};

void resume_elsewhere(std::coroutine_handle<> handle) {
  std::thread([handle] {
    handle.resume();
    EXPECT_FALSE(current_span_context().is_valid()) << "left behind on the thread";
  }).join();
}

TracedTask traced_work(Log& log, std::coroutine_handle<>& waiting, SpanId& while_suspending,
                       const Span* other) {
  log.add();
  const int result = co_await Wait{waiting, &while_suspending, 5};
  EXPECT_EQ(result, 5);
  log.add();
  co_await Refuse{false};
  log.add();
  try {
    co_await Refuse{true};
  } catch (const std::runtime_error&) {
    log.add();
  }
  if (other != nullptr) {
    co_await continue_in(Context::current().with(*other));
    log.add();
    co_await with_trace(Wait{waiting, nullptr, 0});
    log.add();
  }
}

TEST(TracedPromise, EachStretchIsInTheCoroutinesContext) {
  const Recording recording;
  const Span order = tracer("test").start("order");
  const Span other = tracer("test").start("other");
  Log log;
  std::coroutine_handle<> waiting;
  SpanId while_suspending;
  TracedTask task;
  {
    const Scope scope(order);
    task = traced_work(log, waiting, while_suspending, &other);
  }
  EXPECT_TRUE(log.spans.empty());
  resume_elsewhere(task.handle);
  EXPECT_EQ(while_suspending, order.context().span_id);
  {
    // Not hidden by a Scope of who resumes.
    const Scope scope(other);
    waiting.resume();
    EXPECT_EQ(current_span_context().span_id, other.context().span_id);
  }
  resume_elsewhere(waiting);
  EXPECT_TRUE(task.handle.done());
  task.handle.destroy();
  const SpanId a = order.context().span_id;
  const SpanId b = other.context().span_id;
  EXPECT_EQ(log.spans, (std::vector<SpanId>{a, a, a, a, b, b}));
}

TEST(TracedPromise, ACoroutineThatIsDestroyedLeavesNothing) {
  const Recording recording;
  Log log;
  std::coroutine_handle<> waiting;
  SpanId while_suspending;
  const Span order = tracer("test").start("order");
  TracedTask task;
  {
    const Scope scope(order);
    task = traced_work(log, waiting, while_suspending, nullptr);
  }
  task.handle.resume();
  task.handle.destroy();
  EXPECT_FALSE(current_span_context().is_valid());
}

// Its frame is gone when it ends.
struct DetachedTask {
  struct promise_type : TracedPromise {
    DetachedTask get_return_object() { return {}; }
    auto initial_suspend() { return traced(std::suspend_never()); }
    auto final_suspend() noexcept { return traced(std::suspend_never()); }
    void return_void() {}
    void unhandled_exception() {}
  };
};

DetachedTask end_while_suspending(Log& log) {
  co_await ResumeAtOnce();
  log.add();
  throw std::runtime_error("also by an exception");
}
PlainTask end_plainly_while_suspending(Log& log) {
  co_await with_trace(ResumeAtOnce());
  log.add();
}

TEST(TracedPromise, ACoroutineMayEndWhileItSuspends) {
  const Recording recording;
  const Span order = tracer("test").start("order");
  Log log;
  {
    const Scope scope(order);
    end_while_suspending(log);
    EXPECT_EQ(current_span_context().span_id, order.context().span_id);
    end_plainly_while_suspending(log);
  }
  EXPECT_EQ(log.spans, std::vector<SpanId>(2, order.context().span_id));
  EXPECT_FALSE(current_span_context().is_valid());
}

TracedTask go_to(Log& log, std::coroutine_handle<> other) {
  co_await GoTo{other};
  log.add();
}
TracedTask log_once(Log& log) {
  log.add();
  co_return;
}

TEST(TracedPromise, AnotherCoroutineIsEnteredInItsOwnContext) {
  const Recording recording;
  const Span first = tracer("test").start("first");
  const Span second = tracer("test").start("second");
  Log log;
  TracedTask from, to;
  {
    const Scope scope(second);
    to = log_once(log);
  }
  {
    const Scope scope(first);
    from = go_to(log, to.handle);
  }
  resume_elsewhere(from.handle);  // ends in the other one
  resume_elsewhere(from.handle);
  EXPECT_EQ(log.spans, (std::vector<SpanId>{second.context().span_id, first.context().span_id}));
  from.handle.destroy();
  to.handle.destroy();
}

PlainTask plain_work(Log& log, std::coroutine_handle<>& waiting, const Span& other) {
  log.add();
  const int result = co_await with_trace(Wait{waiting, nullptr, 5});
  EXPECT_EQ(result, 5);
  log.add();
  co_await with_trace(Refuse{false});
  log.add();
  try {
    co_await with_trace(Refuse{true});
  } catch (const std::runtime_error&) {
    log.add();
  }
  Wait wait{waiting, nullptr, 0};
  co_await with_trace(wait);  // borrowed
  log.add();
  co_await continue_in(Context::current().with(other));
  log.add();
  co_await with_trace(std::suspend_never());
  co_await with_trace(Wait{waiting, nullptr, 0});
  log.add();
  co_await with_trace(std::suspend_always());
}

TEST(WithTrace, WhatFollowsIsInTheContextFromBefore) {
  const Recording recording;
  const Span order = tracer("test").start("order");
  const Span other = tracer("test").start("other");
  Log log;
  std::coroutine_handle<> waiting;
  {
    const Scope scope(order);
    plain_work(log, waiting, other);
  }
  EXPECT_FALSE(current_span_context().is_valid());
  resume_elsewhere(waiting);
  resume_elsewhere(waiting);
  waiting.resume();
  EXPECT_FALSE(current_span_context().is_valid());
  waiting.destroy();
  const SpanId a = order.context().span_id;
  const SpanId b = other.context().span_id;
  EXPECT_EQ(log.spans, (std::vector<SpanId>{a, a, a, a, a, b, b}));
}

}  // namespace
}  // namespace cairn::trace
