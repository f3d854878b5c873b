// SPDX-License-Identifier: Apache-2.0
//
// W3C Trace Context, level 2: `traceparent` and `tracestate`.
//
//   00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
//   0  3                                36               53  55
#include <cairn/trace/propagation.h>

#include "sdk/propagation/header_text.h"
#include "sdk/trace/hex.h"

namespace cairn::trace {
namespace {

constexpr std::string_view kTraceparent = "traceparent";
constexpr std::string_view kTracestate = "tracestate";

constexpr std::size_t kTraceIdAt = 3;
constexpr std::size_t kSpanIdAt = 36;
constexpr std::size_t kFlagsAt = 53;
constexpr std::size_t kSize = 55;
constexpr std::uint8_t kNoVersion = 0xFF;
constexpr std::uint8_t kKnownFlags = TraceFlags::kSampled | TraceFlags::kRandom;

bool parse_traceparent(std::string_view text, SpanContext& out) noexcept {
  if (text.size() < kSize) return false;
  const char* const at = text.data();
  if (at[kTraceIdAt - 1] != '-' || at[kSpanIdAt - 1] != '-' || at[kFlagsAt - 1] != '-') {
    return false;
  }
  std::uint8_t version = 0;
  if (!detail::read_hex(at, 1, &version) || version == kNoVersion) return false;
  // Later versions may add fields after the flags, and only there.
  if (text.size() > kSize && (version == 0 || at[kSize] != '-')) return false;
  if (!detail::read_hex(at + kTraceIdAt, sizeof out.trace_id.bytes, out.trace_id.bytes) ||
      !detail::read_hex(at + kSpanIdAt, sizeof out.span_id.bytes, out.span_id.bytes) ||
      !detail::read_hex(at + kFlagsAt, 1, &out.flags.bits)) {
    return false;
  }
  // What we send on is version 00, where the other bits are zero.
  out.flags.bits &= kKnownFlags;
  return out.is_valid();
}

// Not inlined: the buffer would cost every extraction its stack.
[[gnu::noinline]] TraceState join_tracestate(const TextMapReader& headers) {
  detail::HeaderBuffer joined;
  std::string_view value;
  for (std::size_t i = 0; headers.get(kTracestate, i, value); ++i) {
    // Longer than any header a server lets through: as good as malformed.
    if (!joined.append(value) || !joined.append(',')) return TraceState();
  }
  return TraceState::from_header(joined.view());
}

TraceState extract_tracestate(const TextMapReader& headers) {
  std::string_view value;
  if (!headers.get(kTracestate, 0, value)) return TraceState();
  std::string_view second;
  if (headers.get(kTracestate, 1, second)) return join_tracestate(headers);
  // Asking for the second ended the life of the first.
  return headers.get(kTracestate, 0, value) ? TraceState::from_header(value) : TraceState();
}

class TraceContextPropagator final : public Propagator {
 public:
  void inject(const Context& context, TextMapWriter& headers) const override {
    const SpanContext& span = context.span_context();
    if (!span.is_valid()) return;
    char text[kSize];
    std::memcpy(text, "00-", 3);
    detail::write_hex(span.trace_id.bytes, sizeof span.trace_id.bytes, text + kTraceIdAt);
    text[kSpanIdAt - 1] = '-';
    detail::write_hex(span.span_id.bytes, sizeof span.span_id.bytes, text + kSpanIdAt);
    text[kFlagsAt - 1] = '-';
    const std::uint8_t flags = span.flags.bits & kKnownFlags;
    detail::write_hex(&flags, 1, text + kFlagsAt);
    headers.set(kTraceparent, std::string_view(text, sizeof text));
    if (!span.trace_state.empty()) headers.set(kTracestate, span.trace_state.header());
  }

  Context extract(const TextMapReader& headers, const Context& base) const override {
    std::string_view value;
    if (!headers.get(kTraceparent, 0, value)) return base;
    SpanContext span;
    if (!parse_traceparent(detail::trim(value), span)) return base;
    // Two senders disagree about the trace, and nobody can tell who is right.
    if (headers.get(kTraceparent, 1, value)) return base;
    span.is_remote = true;
    span.trace_state = extract_tracestate(headers);
    return base.with(static_cast<SpanContext&&>(span));
  }

  void fields(void (*visit)(void* user, std::string_view name), void* user) const override {
    visit(user, kTraceparent);
    visit(user, kTracestate);
  }
};

}  // namespace

const Propagator& w3c_trace_context() noexcept {
  // Leaked, as all propagators are: spans may be injected while static objects are destroyed.
  static const Propagator& instance = *new TraceContextPropagator();
  return instance;
}

}  // namespace cairn::trace
