// SPDX-License-Identifier: Apache-2.0
//
// Contexts of C++20 coroutines: each goes on in its own, on whatever thread it is resumed.
//
// With a coroutine type of one's own, let its promise be a TracedPromise: exact, on every thread,
// also where the caller of resume() has a Scope:
//
//   struct promise_type : cairn::trace::TracedPromise {
//     auto initial_suspend() { return traced(std::suspend_always()); }
//     auto final_suspend() noexcept { return traced(std::suspend_always()); }
//     ...                                       // co_await is taken care of
//   };
//
// With somebody else's, wrap what is awaited: `co_await cairn::trace::with_trace(read(socket));`
// The context then lies beneath the Scopes of the thread (set_thread_context) until the coroutine
// suspends through with_trace() again, so a Scope around resume() hides it. For
// boost::asio::awaitable see cairn/async/asio.h.
//
// In both, `co_await cairn::trace::continue_in(context)` changes the context of the coroutine. A
// Scope must not be open across a co_await. Thread rule: a coroutine runs on one thread at a time.
#pragma once

#include <cairn/trace/context.h>

#if defined(__cpp_impl_coroutine)

#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>

namespace cairn::trace {

namespace detail {

template <class Awaitable>
decltype(auto) get_awaiter(Awaitable&& awaitable) {
  if constexpr (requires { static_cast<Awaitable&&>(awaitable).operator co_await(); }) {
    return static_cast<Awaitable&&>(awaitable).operator co_await();
  } else if constexpr (requires { operator co_await(static_cast<Awaitable&&>(awaitable)); }) {
    return operator co_await(static_cast<Awaitable&&>(awaitable));
  } else {
    return static_cast<Awaitable&&>(awaitable);
  }
}
template <class Awaitable>
using AwaiterOf = decltype(get_awaiter(std::declval<Awaitable>()));

// Whether this thread's lowest context was put there by a coroutine that has not suspended since.
inline thread_local bool coroutine_set_context = false;

// Not inlined: a coroutine must ask for the thread's own variables anew after it was resumed.
[[gnu::noinline]] inline void enter_thread_context(Context context) noexcept {
  set_thread_context(static_cast<Context&&>(context));
  coroutine_set_context = true;
}
[[gnu::noinline]] inline void leave_thread_context() noexcept {
  if (!coroutine_set_context) return;
  set_thread_context(Context());
  coroutine_set_context = false;
}

// Awaits for a coroutine of somebody else's type.
template <class Awaitable>
class ThreadAwaiter {
 public:
  explicit ThreadAwaiter(Awaitable&& awaitable)
      : awaiter_(get_awaiter(static_cast<Awaitable&&>(awaitable))) {}

  bool await_ready() { return awaiter_.await_ready(); }
  // Not inlined: what it does after the awaiter's own must not lie in the coroutine's frame, which
  // may run elsewhere, or be gone, by then.
  template <class Promise>
  [[gnu::noinline]] auto await_suspend(std::coroutine_handle<Promise> handle) {
    context_ = Context::current();
    suspended_ = true;
    struct Leave {
      bool suspended = true;
      ~Leave() {
        if (suspended) leave_thread_context();
      }
    } leave;
    try {
      return awaiter_.await_suspend(handle);
    } catch (...) {
      leave.suspended = false;
      throw;
    }
  }
  decltype(auto) await_resume() {
    if (suspended_) enter_thread_context(context_);
    return awaiter_.await_resume();
  }

 private:
  AwaiterOf<Awaitable> awaiter_;
  Context context_;
  bool suspended_ = false;
};

template <class Awaitable>
class PromiseAwaiter;

}  // namespace detail

// What with_trace() makes; awaited once. `Awaitable` is a reference, or the temporary itself.
template <class Awaitable>
struct TracedAwaitable {
  Awaitable awaitable;
  detail::ThreadAwaiter<Awaitable> operator co_await() && {
    return detail::ThreadAwaiter<Awaitable>(static_cast<Awaitable&&>(awaitable));
  }
};

// The coroutine that awaits this goes on in the context it had before.
template <class Awaitable>
TracedAwaitable<Awaitable> with_trace(Awaitable&& awaitable) {
  return {static_cast<Awaitable&&>(awaitable)};
}

// What continue_in() makes; never suspends.
class ContextSwitch {
 public:
  explicit ContextSwitch(Context context) noexcept : context_(static_cast<Context&&>(context)) {}
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept { detail::enter_thread_context(context_); }
  const Context& context() const noexcept { return context_; }

 private:
  Context context_;
};

// `co_await continue_in(Context::current().with(span))`: the coroutine works for `span` from here
// on.
inline ContextSwitch continue_in(Context context) noexcept {
  return ContextSwitch(static_cast<Context&&>(context));
}

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
