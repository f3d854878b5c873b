// SPDX-License-Identifier: Apache-2.0
//
// with_trace() and continue_in(): contexts of coroutines whose promise is not ours. See
// cairn/async/coroutine.h.
//
// Thread rule: a coroutine runs on one thread at a time.
#pragma once

#include <cairn/trace/context.h>

#if defined(__cpp_impl_coroutine)

#include <coroutine>
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

}  // namespace cairn::trace

#endif  // __cpp_impl_coroutine
