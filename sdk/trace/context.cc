// SPDX-License-Identifier: Apache-2.0
#include <cairn/trace/context.h>
#include <cairn/trace/provider.h>

#include "sdk/trace/thread_state.h"

namespace cairn::trace {

using detail::ThreadState;

Context Context::current() noexcept {
  ThreadState* const state = detail::thread_state();
  return state == nullptr ? Context() : detail::context_of(*state);
}

SpanRef current_span() noexcept {
  ThreadState* const state = detail::thread_state();
  return state == nullptr ? SpanRef() : detail::context_of(*state).span();
}

SpanContext current_span_context() noexcept {
  ThreadState* const state = detail::thread_state();
  return state == nullptr ? SpanContext() : detail::context_of(*state).span_context();
}

void set_thread_context(Context context) noexcept {
  ThreadState* const state = detail::thread_state();
  if (state == nullptr) return;
  state->has_base = context.span_context().is_valid() || !context.baggage().empty();
  state->base = std::move(context);
}

Scope::Scope(const Span& span) noexcept : context_(span) {
  ThreadState* const state = detail::thread_state();
  if (__builtin_expect(state == nullptr, 0)) return;
  const Baggage& baggage = detail::context_of(*state).baggage();
  if (__builtin_expect(!baggage.empty(), 0)) context_ = context_.with(baggage);
  below_ = state->top;
  state->top = this;
}

void Scope::attach() noexcept {
  ThreadState* const state = detail::thread_state();
  if (state == nullptr) return;
  below_ = state->top;
  state->top = this;
}

void Scope::detach() noexcept {
  ThreadState* const state = detail::own_state;
  if (__builtin_expect(state == nullptr, 0)) return;
  if (__builtin_expect(state->top == this, 1)) {
    state->top = below_;
    return;
  }
  // Out of order, or on another thread than it was made on (a mistake): unlink it where it is
  // known.
  for (Scope* at = state->top; at != nullptr; at = at->below_) {
    if (at->below_ == this) {
      at->below_ = below_;
      return;
    }
  }
}

SuppressTracing::SuppressTracing() noexcept {
  if (ThreadState* const state = detail::thread_state()) ++state->suppressed;
}

SuppressTracing::~SuppressTracing() {
  if (ThreadState* const state = detail::own_state; state != nullptr && state->suppressed > 0) {
    --state->suppressed;
  }
}

}  // namespace cairn::trace
