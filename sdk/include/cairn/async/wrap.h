// SPDX-License-Identifier: Apache-2.0
//
// wrap(): takes the current context along to where a function is called.
//
//   pool.post(cairn::trace::wrap([order] { charge(order); }));   // spans in charge() belong here
//   std::thread sender = cairn::trace::traced_thread(send_all, queue);
//
// A wrapped function is as copyable as the function in it, and costs a Context (72 bytes and, with
// tracestate or baggage, a reference count). It keeps the context, not the span, alive: a span that
// has ended by then is still the parent. Thread rule: as the function's own.
// Source: OpenTelemetry Context, "Context"; Trace API, "Context Interaction".
#pragma once

#include <functional>
#include <thread>
#include <type_traits>
#include <utility>

#include <cairn/trace/context.h>

namespace cairn::trace {

// A function and the context it is called in. Results and exceptions pass through.
template <class Function>
class Wrapped {
 public:
  template <class F>
  Wrapped(Context context, F&& function) noexcept(std::is_nothrow_constructible_v<Function, F>)
      : context_(static_cast<Context&&>(context)), function_(std::forward<F>(function)) {}

  template <class... Args>
  std::invoke_result_t<Function&, Args...> operator()(Args&&... args) & {
    const Scope scope(context_);
    return std::invoke(function_, std::forward<Args>(args)...);
  }
  template <class... Args>
  std::invoke_result_t<const Function&, Args...> operator()(Args&&... args) const& {
    const Scope scope(context_);
    return std::invoke(function_, std::forward<Args>(args)...);
  }
  template <class... Args>
  std::invoke_result_t<Function, Args...> operator()(Args&&... args) && {
    const Scope scope(static_cast<Context&&>(context_));
    return std::invoke(static_cast<Function&&>(function_), std::forward<Args>(args)...);
  }

  const Context& context() const noexcept { return context_; }
  Function& function() noexcept { return function_; }
  const Function& function() const noexcept { return function_; }

 private:
  Context context_;
  Function function_;
};

// `function` to be called in `context`.
template <class Function>
Wrapped<std::decay_t<Function>> wrap_in(Context context, Function&& function) {
  return {static_cast<Context&&>(context), std::forward<Function>(function)};
}

// `function` to be called in the context that is current now.
template <class Function>
Wrapped<std::decay_t<Function>> wrap(Function&& function) {
  return wrap_in(Context::current(), std::forward<Function>(function));
}

// std::thread(function, args...), running in the context that is current now.
template <class Function, class... Args>
std::thread traced_thread(Function&& function, Args&&... args) {
  return std::thread(wrap(std::forward<Function>(function)), std::forward<Args>(args)...);
}

}  // namespace cairn::trace
