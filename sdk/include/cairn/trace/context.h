// SPDX-License-Identifier: Apache-2.0
//
// Context: what the running code knows about the request it serves; Scope: the time it does.
//
// A Context is an immutable value (span and baggage) that can be copied to any thread. Each thread
// has one current Context; a Scope makes another one current until the Scope is gone. Scopes are
// not movable and never outlive the block, or the part of a coroutine, they were made in.
// Source: OpenTelemetry Context, "Context"; Trace API, "Context Interaction".
#pragma once

#include <cairn/trace/baggage.h>
#include <cairn/trace/span.h>

namespace cairn::trace {

class Context {
 public:
  // No span, no baggage.
  Context() noexcept = default;
  // A span of another process, or one carried here by hand.
  explicit Context(SpanContext span) noexcept : span_(static_cast<SpanContext&&>(span)) {}
  explicit Context(const Span& span) noexcept : span_(span.context()), ref_(span.ref()) {}

  // The current context of this thread.
  CAIRN_API static Context current() noexcept;

  Context with(const Span& span) const noexcept {
    Context other(span);
    other.baggage_ = baggage_;
    return other;
  }
  Context with(SpanContext span) const noexcept {
    Context other(static_cast<SpanContext&&>(span));
    other.baggage_ = baggage_;
    return other;
  }
  Context with(Baggage baggage) const noexcept {
    Context other(*this);
    other.baggage_ = static_cast<Baggage&&>(baggage);
    return other;
  }

  const SpanContext& span_context() const noexcept { return span_; }
  // The span to add to; does nothing when the context's span is remote, ended or not recorded.
  SpanRef span() const noexcept { return ref_; }
  const Baggage& baggage() const noexcept { return baggage_; }

 private:
  SpanContext span_;
  SpanRef ref_;
  Baggage baggage_;
};

// The context beneath all Scopes of this thread, until it is set again. For code that cannot keep a
// Scope: a framework that calls a handler on a thread and finishes on another. Once a recorded span
// in it has ended it counts as no context; for one that is not recorded set it to Context() when
// done.
CAIRN_API void set_thread_context(Context context) noexcept;

// The span this thread works for: set an attribute on it, add an event. Does nothing without one.
CAIRN_API SpanRef current_span() noexcept;
// Its ids, for a log line; invalid without one.
CAIRN_API SpanContext current_span_context() noexcept;

// Makes a context the current one of this thread while it lives. Ending the span is separate.
class Scope {
 public:
  explicit Scope(Context context) noexcept : context_(static_cast<Context&&>(context)) { attach(); }
  // The current context with `span` in it: the baggage stays.
  CAIRN_API explicit Scope(const Span& span) noexcept;
  ~Scope() { detach(); }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  const Context& context() const noexcept { return context_; }

 private:
  friend struct ScopeStack;
  CAIRN_API void attach() noexcept;
  CAIRN_API void detach() noexcept;

  Context context_;
  Scope* below_ = nullptr;  // what was current before, on the same thread
};

}  // namespace cairn::trace
