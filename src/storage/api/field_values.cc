// SPDX-License-Identifier: Apache-2.0
#include "storage/api/field_values.h"

#include <algorithm>
#include <limits>

namespace cairn::storage {
namespace {

using model::AnyValue;

// Hex digits of `id` in `scratch`.
template <typename Id>
AnyValue hex_value(const Id& id, std::span<char> scratch) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  CAIRN_CHECK(scratch.size() >= 2 * id.bytes.size());
  std::size_t at = 0;
  for (const std::byte byte : id.bytes) {
    scratch[at++] = kDigits[std::to_integer<std::size_t>(byte >> 4)];
    scratch[at++] = kDigits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return AnyValue::string({scratch.data(), at});
}

}  // namespace

std::int64_t saturated_nanos(model::Timestamp time) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(time.unix_nanos, kMost));
}

std::optional<AnyValue> span_intrinsic(const SpanRef& ref, Intrinsic intrinsic,
                                       std::span<char> scratch) {
  const model::Span& span = *ref.span;
  switch (intrinsic) {
    case Intrinsic::kName:
      return AnyValue::string(span.name);
    case Intrinsic::kKind:
      return AnyValue::string(model::to_text(span.kind));
    case Intrinsic::kStatus:
      return AnyValue::string(model::to_text(span.status.code));
    case Intrinsic::kStatusMessage:
      return AnyValue::string(span.status.message);
    case Intrinsic::kDuration:
      return AnyValue::integer(span.duration().count());
    case Intrinsic::kStart:
      return AnyValue::integer(saturated_nanos(span.start));
    case Intrinsic::kEnd:
      return AnyValue::integer(saturated_nanos(span.end));
    case Intrinsic::kSpanId:
      return hex_value(span.span_id, scratch);
    case Intrinsic::kParentSpanId:
      if (span.is_root()) return std::nullopt;
      return hex_value(span.parent_span_id, scratch);
    case Intrinsic::kTraceState:
      if (span.trace_state.empty()) return std::nullopt;
      return AnyValue::string(span.trace_state);
    case Intrinsic::kScopeName:
      return AnyValue::string(ref.batch->scope_of(span).name);
    case Intrinsic::kScopeVersion:
      return AnyValue::string(ref.batch->scope_of(span).version);
    case Intrinsic::kTraceId:
      return hex_value(span.trace_id, scratch);
    default:
      CAIRN_CHECK(false);  // the caller validated the field
  }
}

AnyValue event_intrinsic(const model::Span& span, const model::Event& event, Intrinsic intrinsic) {
  if (intrinsic == Intrinsic::kEventName) return AnyValue::string(event.name);
  CAIRN_CHECK(intrinsic == Intrinsic::kEventTimeSinceStart);
  return AnyValue::integer(model::Timestamp::between(span.start, event.time).count());
}

AnyValue link_intrinsic(const model::Link& link, Intrinsic intrinsic, std::span<char> scratch) {
  if (intrinsic == Intrinsic::kLinkTraceId) return hex_value(link.trace_id, scratch);
  CAIRN_CHECK(intrinsic == Intrinsic::kLinkSpanId);
  return hex_value(link.span_id, scratch);
}

AnyValue first_value(const SpanRef& ref, const Field& field, Arena& scratch) {
  AnyValue first;
  any_value(ref, field, [&](const AnyValue& value) {
    first = value;
    // Ids become text in a buffer that ends with this call.
    if (field.is_intrinsic() && value.is(AnyValue::Kind::kString)) {
      first = AnyValue::string(scratch.copy(value.as_string()));
    }
    return true;
  });
  return first;
}

Constant to_constant(const AnyValue& value) {
  switch (value.kind()) {
    case AnyValue::Kind::kBool:
      return value.as_bool();
    case AnyValue::Kind::kInt:
      return value.as_int();
    case AnyValue::Kind::kDouble:
      return value.as_double();
    default:
      return model::to_display_text(value);
  }
}

}  // namespace cairn::storage
