// SPDX-License-Identifier: Apache-2.0
//
// Tracer: where spans come from. One per library or component, kept as a static or a member.
//
// A handle of one pointer; copies freely, any thread, valid for the life of the program, also
// before the telemetry is started and after it is stopped (its spans then record nothing and pass
// the parent's context on). Source: OpenTelemetry Trace API, "Tracer".
#pragma once

#include <cairn/trace/context.h>
#include <cairn/trace/span.h>

namespace cairn::trace {

namespace detail {
struct Runtime;
struct ScopeEntry;
struct ThreadState;
}  // namespace detail

struct SpanOptions {
  SpanKind kind = SpanKind::kInternal;
  const Context* parent = nullptr;  // borrowed; null: the current context of this thread
  bool root = false;                // starts a new trace, whatever the parent
  Timestamp start;                  // unset: now
  Attributes attributes;            // seen by samplers
  ListView<Link> links;             // seen by samplers
};

class Tracer {
 public:
  explicit Tracer(const detail::ScopeEntry* scope) noexcept : scope_(scope) {}

  // Starts a span. It does not become current: make a Scope of it.
  CAIRN_API Span start(std::string_view name, const SpanOptions& options) const noexcept;
  Span start(std::string_view name, SpanKind kind = SpanKind::kInternal,
             Attributes attributes = {}) const noexcept {
    SpanOptions options;
    options.kind = kind;
    options.attributes = attributes;
    return start(name, options);
  }
  // False when starting spans is useless: telemetry is off. (Trace API, "Enabled".)
  CAIRN_API bool enabled() const noexcept;

 private:
  void start_specially(Span& span, const detail::Runtime& runtime, detail::ThreadState& state,
                       const Context& parent, const SpanContext* parent_span, std::string_view name,
                       const SpanOptions& options, std::uint32_t epoch) const noexcept;

  const detail::ScopeEntry* scope_;
};

// The tracer of an instrumentation scope: equal arguments give the same scope. Strings are copied.
// An empty name is allowed. At most 1024 different scopes; more share the last.
CAIRN_API Tracer tracer(std::string_view name, std::string_view version = {},
                        std::string_view schema_url = {}, Attributes attributes = {});

}  // namespace cairn::trace
