// SPDX-License-Identifier: Apache-2.0
//
// The values that a Field has: on a span (its scope, resource, events and links included), on one
// event or on one link. What condition.h says about levels, as code.
#pragma once

#include <optional>
#include <string>

#include "base/arena.h"
#include "storage/api/condition.h"
#include "storage/api/span_ref.h"

namespace cairn::storage {

// Unix nanoseconds as the signed number that conditions compare, saturated at 2^63 - 1.
std::int64_t saturated_nanos(model::Timestamp time);

// The intrinsic's value, or nullopt when absent. Ids as hex go to `scratch`, which holds 32 bytes
// and outlives the value.
// REQUIRES: level_of(intrinsic) is span or scope, or it is kTraceId.
std::optional<model::AnyValue> span_intrinsic(const SpanRef& ref, Intrinsic intrinsic,
                                              std::span<char> scratch);
// REQUIRES: an intrinsic of events, of links.
model::AnyValue event_intrinsic(const model::Span& span, const model::Event& event,
                                Intrinsic intrinsic);
model::AnyValue link_intrinsic(const model::Link& link, Intrinsic intrinsic,
                               std::span<char> scratch);

// Bytes that span_intrinsic and link_intrinsic may need.
inline constexpr std::size_t kIntrinsicScratch = 32;

// Calls `visit(const AnyValue&) -> bool` with the values of `field` until it says true: "found".
// Order: of the span, resource, events, links, scope. Returns whether `visit` said true.
// The value is valid during the call. REQUIRES: validate_span_field(field).
template <typename Visit>
bool any_value(const SpanRef& ref, const Field& field, const Visit& visit);

// The same on one event of `span`, on one link. REQUIRES: a field of that level.
template <typename Visit>
bool any_event_value(const model::Span& span, const model::Event& event, const Field& field,
                     const Visit& visit);
template <typename Visit>
bool any_link_value(const model::Link& link, const Field& field, const Visit& visit);

// The first value of `field`, or an empty AnyValue when it is absent. What it points at is in the
// batch or in `scratch`.
model::AnyValue first_value(const SpanRef& ref, const Field& field, Arena& scratch);

// The value as a constant; bytes, arrays, lists and empty values as their display text.
Constant to_constant(const model::AnyValue& value);

// ---- bodies of the templates ----

namespace field_values_internal {

template <typename Visit>
bool visit_attribute(std::span<const model::Attribute> attributes, std::string_view key,
                     const Visit& visit) {
  const model::Attribute* found = model::find_attribute(attributes, key);
  return found && visit(found->value);
}

template <typename Visit>
bool visit_span_intrinsic(const SpanRef& ref, Intrinsic intrinsic, const Visit& visit) {
  char scratch[kIntrinsicScratch];
  const std::optional<model::AnyValue> value = span_intrinsic(ref, intrinsic, scratch);
  return value && visit(*value);
}

template <typename Visit>
bool visit_events(const model::Span& span, const Field& field, const Visit& visit) {
  for (const model::Event& event : span.events) {
    if (any_event_value(span, event, field, visit)) return true;
  }
  return false;
}

template <typename Visit>
bool visit_links(const model::Span& span, const Field& field, const Visit& visit) {
  for (const model::Link& link : span.links) {
    if (any_link_value(link, field, visit)) return true;
  }
  return false;
}

}  // namespace field_values_internal

template <typename Visit>
bool any_event_value(const model::Span& span, const model::Event& event, const Field& field,
                     const Visit& visit) {
  if (const Intrinsic* intrinsic = std::get_if<Intrinsic>(&field.what)) {
    return visit(event_intrinsic(span, event, *intrinsic));
  }
  return field_values_internal::visit_attribute(event.attributes,
                                                *std::get_if<std::string>(&field.what), visit);
}

template <typename Visit>
bool any_link_value(const model::Link& link, const Field& field, const Visit& visit) {
  if (const Intrinsic* intrinsic = std::get_if<Intrinsic>(&field.what)) {
    char scratch[kIntrinsicScratch];
    return visit(link_intrinsic(link, *intrinsic, scratch));
  }
  return field_values_internal::visit_attribute(link.attributes,
                                                *std::get_if<std::string>(&field.what), visit);
}

template <typename Visit>
bool any_value(const SpanRef& ref, const Field& field, const Visit& visit) {
  namespace internal = field_values_internal;
  if (field.level == Level::kEvent) return internal::visit_events(*ref.span, field, visit);
  if (field.level == Level::kLink) return internal::visit_links(*ref.span, field, visit);
  if (const Intrinsic* intrinsic = std::get_if<Intrinsic>(&field.what)) {
    return internal::visit_span_intrinsic(ref, *intrinsic, visit);
  }
  const std::string& key = *std::get_if<std::string>(&field.what);
  const auto in = [&](std::span<const model::Attribute> attributes) {
    return internal::visit_attribute(attributes, key, visit);
  };
  const bool any = field.level == Level::kAny;
  if ((any || field.level == Level::kSpan) && in(ref.span->attributes)) return true;
  if ((any || field.level == Level::kResource) &&
      in(ref.batch->resource_of(*ref.span).attributes)) {
    return true;
  }
  if (any && internal::visit_events(*ref.span, field, visit)) return true;
  if (any && internal::visit_links(*ref.span, field, visit)) return true;
  return (any || field.level == Level::kScope) && in(ref.batch->scope_of(*ref.span).attributes);
}

}  // namespace cairn::storage
