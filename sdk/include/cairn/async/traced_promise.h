// SPDX-License-Identifier: Apache-2.0
//
// TracedPromise: the base of a promise that keeps its coroutine in its context. See
// cairn/async/coroutine.h.
//
// Thread rule: a coroutine runs on one thread at a time.
#pragma once

#include <cairn/async/with_trace.h>

#if defined(__cpp_impl_coroutine)

#include <coroutine>
#include <optional>
#include <utility>

namespace cairn::trace {

namespace detail {

template <class Awaitable>
class PromiseAwaiter;

}  // namespace detail

// Base of a promise: the coroutine runs in the context that was current when it was called. Every
// stretch between two suspensions has its own Scope, so nothing is left behind on any thread.
class TracedPromise {
 public:
  TracedPromise() noexcept : context_(Context::current()) {}
  TracedPromise(const TracedPromise&) = delete;
  TracedPromise& operator=(const TracedPromise&) = delete;

  // For initial_suspend(), final_suspend() and yield_value().
  template <class Awaitable>
  detail::PromiseAwaiter<Awaitable> traced(Awaitable awaitable) noexcept {
    return {*this, static_cast<Awaitable&&>(awaitable)};
  }
  template <class Awaitable>
  detail::PromiseAwaiter<Awaitable&&> await_transform(Awaitable&& awaitable) {
    return {*this, static_cast<Awaitable&&>(awaitable)};
  }
  template <class Awaitable>
  detail::PromiseAwaiter<Awaitable&&> await_transform(TracedAwaitable<Awaitable>&& traced) {
    return {*this, static_cast<Awaitable&&>(traced.awaitable)};
  }
  std::suspend_never await_transform(ContextSwitch change) noexcept {
    leave();
    context_ = change.context();
    enter();
    return {};
  }

  // Where the coroutine belongs.
  const Context& context() const noexcept { return context_; }

 private:
  template <class Awaitable>
  friend class detail::PromiseAwaiter;
  void enter() noexcept {
    if (!scope_) scope_.emplace(context_);
  }
  void leave() noexcept { scope_.reset(); }

  Context context_;
  std::optional<Scope> scope_;  // while it runs
};

namespace detail {

template <class Awaitable>
class PromiseAwaiter {
  using Awaiter = AwaiterOf<Awaitable>;

 public:
  PromiseAwaiter(TracedPromise& promise, Awaitable&& awaitable)
      : promise_(promise),
        awaitable_(static_cast<Awaitable&&>(awaitable)),
        awaiter_(get_awaiter(static_cast<Awaitable&&>(awaitable_))) {}
  PromiseAwaiter(const PromiseAwaiter&) = delete;
  PromiseAwaiter& operator=(const PromiseAwaiter&) = delete;

  bool await_ready() noexcept(noexcept(std::declval<Awaiter&>().await_ready())) {
    return awaiter_.await_ready();
  }
  template <class Promise>
  [[gnu::noinline]] auto await_suspend(std::coroutine_handle<Promise> handle) noexcept(
      noexcept(std::declval<Awaiter&>().await_suspend(handle))) {
    promise_.leave();
    if constexpr (noexcept(std::declval<Awaiter&>().await_suspend(handle))) {
      return suspend_with_scope(handle);
    } else {
      try {
        return suspend_with_scope(handle);
      } catch (...) {
        promise_.enter();
        throw;
      }
    }
  }
  decltype(auto) await_resume() noexcept(noexcept(std::declval<Awaiter&>().await_resume())) {
    promise_.enter();
    return awaiter_.await_resume();
  }

 private:
  // The awaiter starts its work here, in the coroutine's context, while the coroutine may already
  // be resumed on another thread: so with a Scope of its own.
  template <class Promise>
  auto suspend_with_scope(std::coroutine_handle<Promise> handle) {
    const Scope scope(promise_.context_);
    return awaiter_.await_suspend(handle);
  }

  TracedPromise& promise_;
  Awaitable awaitable_;
  Awaiter awaiter_;
};

}  // namespace detail
}  // namespace cairn::trace

#endif  // __cpp_impl_coroutine
