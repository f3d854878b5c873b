// SPDX-License-Identifier: Apache-2.0
//
// B3, Zipkin's headers, in one (`b3`) and in several (`x-b3-*`).
//
//   b3: {trace id 16|32}-{span id 16}[-{0|1|d}[-{parent span id 16}]]    or only  0|1|d
//
// Both propagators read both; `b3` wins unless it is malformed. The parent's id is read over: a
// span of ours never takes the caller's id, so it says nothing. A header that only decides (`0`)
// names no trace to carry on and changes nothing; ids without a decision count as not sampled.
// Source: openzipkin/b3-propagation; OpenTelemetry Context, "B3 Requirements".
#include <cairn/trace/propagation.h>

#include "sdk/propagation/header_text.h"
#include "sdk/trace/hex.h"

namespace cairn::trace {
namespace {

constexpr std::string_view kSingle = "b3";
constexpr std::string_view kTraceId = "x-b3-traceid";
constexpr std::string_view kSpanId = "x-b3-spanid";
constexpr std::string_view kSampled = "x-b3-sampled";
constexpr std::string_view kFlags = "x-b3-flags";

constexpr std::size_t kShortTraceId = 16;  // digits of a 64-bit trace id

enum class Found { kNothing, kMalformed, kDecision, kSpan };

bool read_trace_id(std::string_view hex, TraceId& out) noexcept {
  if (hex.size() == TraceId::kHexSize) return TraceId::from_hex(hex, out) && out.is_valid();
  SpanId low;
  if (hex.size() != kShortTraceId || !SpanId::from_hex(hex, low)) return false;
  std::memcpy(out.bytes + 8, low.bytes, sizeof low.bytes);
  return out.is_valid();
}

bool read_span_id(std::string_view hex, SpanId& out) noexcept {
  return SpanId::from_hex(hex, out) && out.is_valid();
}

void set_decision(SpanContext& span, bool sampled, bool debug) noexcept {
  span.flags.bits = sampled || debug ? TraceFlags::kSampled : 0;
  span.debug = debug;
}

bool read_state(std::string_view text, SpanContext& span) noexcept {
  if (text != "0" && text != "1" && text != "d") return false;
  set_decision(span, text == "1", text == "d");
  return true;
}

std::string_view take_field(std::string_view& rest) noexcept {
  const std::size_t dash = rest.find('-');
  const std::string_view field = rest.substr(0, dash);
  rest.remove_prefix(dash == std::string_view::npos ? rest.size() : dash + 1);
  return field;
}

Found parse_single(std::string_view text, SpanContext& span) noexcept {
  if (read_state(text, span)) return Found::kDecision;
  if (text.empty() || text.back() == '-') return Found::kMalformed;
  if (!read_trace_id(take_field(text), span.trace_id)) return Found::kMalformed;
  if (!read_span_id(take_field(text), span.span_id)) return Found::kMalformed;
  if (text.empty()) return Found::kSpan;
  SpanId parent;
  // Brave writes the parent without a decision too.
  if (SpanId::from_hex(text, parent)) return Found::kSpan;
  if (!read_state(take_field(text), span)) return Found::kMalformed;
  return text.empty() || SpanId::from_hex(text, parent) ? Found::kSpan : Found::kMalformed;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c) != lower[i]) return false;
  }
  return true;
}

// Old senders write the decision as a word.
bool read_sampled(std::string_view text, bool& sampled) noexcept {
  sampled = text == "1" || equals_ignoring_case(text, "true");
  return sampled || text == "0" || equals_ignoring_case(text, "false");
}

bool get(const TextMapReader& headers, std::string_view name, std::string_view& value) {
  if (!headers.get(name, 0, value)) return false;
  value = detail::trim(value);
  return true;
}

Found extract_single(const TextMapReader& headers, SpanContext& span) {
  std::string_view value;
  return get(headers, kSingle, value) ? parse_single(value, span) : Found::kNothing;
}

Found extract_multi(const TextMapReader& headers, SpanContext& span) {
  std::string_view value;
  if (!get(headers, kTraceId, value)) return Found::kNothing;
  if (!read_trace_id(value, span.trace_id)) return Found::kMalformed;
  if (!get(headers, kSpanId, value) || !read_span_id(value, span.span_id)) {
    return Found::kMalformed;
  }
  const bool debug = get(headers, kFlags, value) && value == "1";
  bool sampled = false;
  if (get(headers, kSampled, value) && !read_sampled(value, sampled)) return Found::kMalformed;
  set_decision(span, sampled, debug);
  return Found::kSpan;
}

Context extract_either(const TextMapReader& headers, const Context& base) {
  SpanContext span;
  Found found = extract_single(headers, span);
  if (found == Found::kNothing || found == Found::kMalformed) {
    span = SpanContext();
    found = extract_multi(headers, span);
  }
  if (found != Found::kSpan) return base;
  span.is_remote = true;
  return base.with(static_cast<SpanContext&&>(span));
}

class B3SinglePropagator final : public Propagator {
 public:
  void inject(const Context& context, TextMapWriter& headers) const override {
    const SpanContext& span = context.span_context();
    if (!span.is_valid()) return;
    constexpr std::size_t kSpanIdAt = TraceId::kHexSize + 1;
    constexpr std::size_t kStateAt = kSpanIdAt + SpanId::kHexSize + 1;
    char text[kStateAt + 1];
    span.trace_id.to_hex(text);
    text[kSpanIdAt - 1] = '-';
    span.span_id.to_hex(text + kSpanIdAt);
    text[kStateAt - 1] = '-';
    text[kStateAt] = span.debug ? 'd' : span.is_sampled() ? '1' : '0';
    headers.set(kSingle, std::string_view(text, sizeof text));
  }

  Context extract(const TextMapReader& headers, const Context& base) const override {
    return extract_either(headers, base);
  }

  void fields(void (*visit)(void* user, std::string_view name), void* user) const override {
    visit(user, kSingle);
  }
};

class B3MultiPropagator final : public Propagator {
 public:
  void inject(const Context& context, TextMapWriter& headers) const override {
    const SpanContext& span = context.span_context();
    if (!span.is_valid()) return;
    char trace_id[TraceId::kHexSize];
    span.trace_id.to_hex(trace_id);
    headers.set(kTraceId, std::string_view(trace_id, sizeof trace_id));
    char span_id[SpanId::kHexSize];
    span.span_id.to_hex(span_id);
    headers.set(kSpanId, std::string_view(span_id, sizeof span_id));
    // Debug implies sampled, which is then not said again.
    if (span.debug) {
      headers.set(kFlags, "1");
    } else {
      headers.set(kSampled, span.is_sampled() ? "1" : "0");
    }
  }

  Context extract(const TextMapReader& headers, const Context& base) const override {
    return extract_either(headers, base);
  }

  void fields(void (*visit)(void* user, std::string_view name), void* user) const override {
    for (const std::string_view name : {kTraceId, kSpanId, kSampled, kFlags}) visit(user, name);
  }
};

}  // namespace

const Propagator& b3_single() noexcept {
  static const Propagator& instance = *new B3SinglePropagator();
  return instance;
}

const Propagator& b3_multi() noexcept {
  static const Propagator& instance = *new B3MultiPropagator();
  return instance;
}

}  // namespace cairn::trace
