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

#include <cairn/async/traced_promise.h>
#include <cairn/async/with_trace.h>
