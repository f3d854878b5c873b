// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's own headers: `uber-trace-id` and one `uberctx-<key>` for each entry of the baggage.
//
//   uber-trace-id: {trace id 1..32}:{span id 1..16}:{parent, ignored}:{flags: 1 sampled, 2 debug}
//
// Ids come without leading zeros from old clients, and the colons as %3A from those that encode
// headers. The headers of the baggage can only be read where the transport lists its headers
// (TextMapReader::for_each).
// Source: Jaeger, "Client Libraries", "Propagation Format"; OpenTelemetry Context, "Jaeger".
#include <cairn/trace/propagation.h>

#include "sdk/propagation/header_text.h"
#include "sdk/propagation/percent_encoding.h"
#include "sdk/trace/hex.h"

namespace cairn::trace {
namespace {

using detail::HeaderBuffer;

constexpr std::string_view kTraceIdHeader = "uber-trace-id";
constexpr std::string_view kBaggagePrefix = "uberctx-";
constexpr std::size_t kMaxBaggageName = 128;  // of a header; entries with longer names stay here
constexpr std::size_t kMaxParent = 16;
constexpr std::size_t kMaxFlags = 4;
constexpr unsigned kSampledBit = 1;
constexpr unsigned kDebugBit = 2;

char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// Takes the field before the next `:` or `%3A` off the front of `rest`. False when there is none.
bool take_field(std::string_view& rest, std::string_view& field) noexcept {
  std::size_t end = 0;
  while (end < rest.size() && rest[end] != ':' && rest[end] != '%') ++end;
  if (end == rest.size()) return false;
  std::size_t separator = 1;
  if (rest[end] == '%') {
    if (rest.size() - end < 3 || rest[end + 1] != '3' || to_lower(rest[end + 2]) != 'a') {
      return false;
    }
    separator = 3;
  }
  field = rest.substr(0, end);
  rest.remove_prefix(end + separator);
  return true;
}

// Reads 1 to 2 * `count` digits of either case into `out`, which is zeros: from the right, as if
// zeros were written before them.
bool read_padded_hex(std::string_view digits, std::size_t count, std::uint8_t* out) noexcept {
  if (digits.empty() || digits.size() > 2 * count) return false;
  unsigned all = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const unsigned value = detail::hex_value(to_lower(digits[digits.size() - 1 - i]));
    all |= value;
    out[count - 1 - i / 2] |= static_cast<std::uint8_t>(i % 2 == 0 ? value : value << 4);
  }
  return all < 16;
}

bool parse_trace_id_header(std::string_view text, SpanContext& span) noexcept {
  std::string_view trace_id, span_id, parent;
  if (!take_field(text, trace_id) || !take_field(text, span_id) || !take_field(text, parent)) {
    return false;
  }
  std::uint8_t ignored[kMaxParent / 2] = {};
  std::uint8_t flags[kMaxFlags / 2] = {};
  if (!read_padded_hex(trace_id, sizeof span.trace_id.bytes, span.trace_id.bytes) ||
      !read_padded_hex(span_id, sizeof span.span_id.bytes, span.span_id.bytes) ||
      !(parent.empty() || read_padded_hex(parent, sizeof ignored, ignored)) ||
      !read_padded_hex(text, sizeof flags, flags)) {
    return false;
  }
  const unsigned bits = flags[sizeof flags - 1];
  span.debug = (bits & kDebugBit) != 0;
  span.flags.bits = (bits & (kSampledBit | kDebugBit)) != 0 ? TraceFlags::kSampled : 0;
  return span.is_valid();
}

// The value is read as part of a query, where `+` is a space.
void inject_entry(std::string_view name, std::string_view value, TextMapWriter& headers) {
  char header[kBaggagePrefix.size() + kMaxBaggageName];
  if (name.size() > kMaxBaggageName) return;
  std::memcpy(header, kBaggagePrefix.data(), kBaggagePrefix.size());
  std::memcpy(header + kBaggagePrefix.size(), name.data(), name.size());
  const std::string_view header_name(header, kBaggagePrefix.size() + name.size());
  HeaderBuffer escaped;
  for (std::size_t at = 0; at < value.size();) {
    const auto decoded = detail::decode_byte(value, at);
    at += decoded.size;
    const bool plus = decoded.byte == '+';
    if (!(plus ? escaped.append("%2B")
               : detail::append_encoded(escaped, decoded.byte, detail::kBaggageOctet))) {
      return;
    }
  }
  headers.set(header_name, escaped.view());
}

// Not inlined: the buffer would cost every injection its stack.
[[gnu::noinline]] void inject_baggage(std::string_view entries, TextMapWriter& headers) {
  while (!entries.empty()) {
    const std::string_view entry = detail::take_member(entries);
    const std::size_t equals = entry.find('=');
    const std::string_view value = entry.substr(equals + 1);
    inject_entry(entry.substr(0, equals), value.substr(0, value.find(';')), headers);
  }
}

// Adds the header `name` to a list in the form of W3C Baggage.
void add_entry(HeaderBuffer& list, std::string_view name, std::string_view value) noexcept {
  const std::size_t before = list.size();
  bool fits = before == 0 || list.append(',');
  for (const char c : name.substr(kBaggagePrefix.size())) {
    // Headers arrive in any case, so case cannot matter.
    fits = fits && detail::is_a(c, detail::kTokenChar) && list.append(to_lower(c));
  }
  fits = fits && list.append('=');
  for (std::size_t at = 0; fits && at < value.size();) {
    const auto decoded = detail::decode_byte(value, at);
    const char byte = decoded.size == 1 && decoded.byte == '+' ? ' ' : decoded.byte;
    fits = detail::append_encoded(list, byte, detail::kBaggageOctet);
    at += decoded.size;
  }
  if (!fits) list.cut(before);
}

// What is gathered while the headers are listed.
struct BaggageList {
  const Baggage& base;
  HeaderBuffer text;
  bool found = false;

  explicit BaggageList(const Baggage& before) noexcept : base(before) {}
  static void add(void* user, std::string_view name, std::string_view value) {
    auto& list = *static_cast<BaggageList*>(user);
    // Base's first, so that of two with one name the header wins.
    if (!list.found) list.text.append(list.base.header());
    list.found = true;
    if (name.size() > kBaggagePrefix.size()) add_entry(list.text, name, value);
  }
};

Baggage extract_baggage(const TextMapReader& headers, const Baggage& base) {
  BaggageList list(base);
  headers.for_each(kBaggagePrefix, &BaggageList::add, &list);
  return list.found ? Baggage::from_header(list.text.view()) : base;
}

class JaegerPropagator final : public Propagator {
 public:
  void inject(const Context& context, TextMapWriter& headers) const override {
    if (context.span_context().is_valid()) inject_span(context.span_context(), headers);
    if (!context.baggage().empty()) inject_baggage(context.baggage().header(), headers);
  }

  Context extract(const TextMapReader& headers, const Context& base) const override {
    const Context context = base.with(extract_baggage(headers, base.baggage()));
    std::string_view value;
    SpanContext span;
    if (!headers.get(kTraceIdHeader, 0, value) ||
        !parse_trace_id_header(detail::trim(value), span)) {
      return context;
    }
    span.is_remote = true;
    return context.with(static_cast<SpanContext&&>(span));
  }

  // The headers of the baggage have the names of its entries and are not listed.
  void fields(void (*visit)(void* user, std::string_view name), void* user) const override {
    visit(user, kTraceIdHeader);
  }

 private:
  static void inject_span(const SpanContext& span, TextMapWriter& headers) {
    constexpr std::string_view kNoParent = ":0:";
    constexpr std::size_t kSpanIdAt = TraceId::kHexSize + 1;
    constexpr std::size_t kParentAt = kSpanIdAt + SpanId::kHexSize;
    char text[kParentAt + kNoParent.size() + 1];
    span.trace_id.to_hex(text);
    text[kSpanIdAt - 1] = ':';
    span.span_id.to_hex(text + kSpanIdAt);
    std::memcpy(text + kParentAt, kNoParent.data(), kNoParent.size());
    text[sizeof text - 1] = span.debug ? '3' : span.is_sampled() ? '1' : '0';
    headers.set(kTraceIdHeader, std::string_view(text, sizeof text));
  }
};

}  // namespace

const Propagator& jaeger_propagation() noexcept {
  static const Propagator& instance = *new JaegerPropagator();
  return instance;
}

}  // namespace cairn::trace
