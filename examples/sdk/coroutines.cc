// SPDX-License-Identifier: Apache-2.0
// C++20 coroutines of one's own type, and of somebody else's.
#include <coroutine>
#include <cstdio>
#include <exception>

#include <cairn/async/coroutine.h>
#include <cairn/testing.h>
#include <cairn/trace.h>

namespace {

const auto tracer = cairn::trace::tracer("shop.async");

// [snippet: promise]
struct Task {
  struct promise_type : cairn::trace::TracedPromise {
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    auto initial_suspend() { return traced(std::suspend_always()); }
    auto final_suspend() noexcept { return traced(std::suspend_always()); }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

Task serve() {
  auto span = tracer.start("serve");
  co_await cairn::trace::continue_in(cairn::trace::Context::current().with(span));
  co_await std::suspend_always();       // whoever resumes it, on whatever thread ...
  auto child = tracer.start("answer");  // ... this is a child of "serve"
}
// [end]

// Somebody else's coroutine type: nothing of ours in its promise.
struct Other {
  struct promise_type {
    Other get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

// [snippet: with_trace]
Other ask() {
  auto span = tracer.start("ask");
  co_await cairn::trace::continue_in(cairn::trace::Context::current().with(span));
  co_await cairn::trace::with_trace(std::suspend_always());  // wrap each co_await that may wait
  auto child = tracer.start("read answer");                  // a child of "ask"
}
// [end]

}  // namespace

int main() {
  auto memory = std::make_shared<cairn::trace::MemoryExporter>();
  cairn::trace::Options options;
  options.exporter = memory;
  cairn::trace::start(std::move(options));
  const Task task = serve();
  task.handle.resume();
  task.handle.resume();
  task.handle.destroy();
  const Other other = ask();
  other.handle.resume();
  other.handle.destroy();
  cairn::trace::set_thread_context({});
  cairn::trace::stop();
  const bool good =
      memory->span("answer").parent_span_id == memory->span("serve").context.span_id &&
      memory->span("read answer").parent_span_id == memory->span("ask").context.span_id &&
      memory->spans().size() == 4;
  std::puts(good ? "as it should be" : "not as it should be");
  return good ? 0 : 1;
}
