// SPDX-License-Identifier: Apache-2.0
#include "model/span.h"

#include <algorithm>

namespace cairn::model {

std::string_view to_text(SpanKind kind) {
  switch (kind) {
    case SpanKind::kUnspecified:
      break;
    case SpanKind::kInternal:
      return "internal";
    case SpanKind::kServer:
      return "server";
    case SpanKind::kClient:
      return "client";
    case SpanKind::kProducer:
      return "producer";
    case SpanKind::kConsumer:
      return "consumer";
  }
  return "unspecified";
}

std::string_view to_text(StatusCode code) {
  switch (code) {
    case StatusCode::kUnset:
      break;
    case StatusCode::kOk:
      return "ok";
    case StatusCode::kError:
      return "error";
  }
  return "unset";
}

std::string_view Resource::service_name() const {
  return find_string(attributes, "service.name");
}

bool same_content(const Event& a, const Event& b) {
  return a.time == b.time && a.name == b.name && std::ranges::equal(a.attributes, b.attributes) &&
         a.dropped_attributes_count == b.dropped_attributes_count &&
         a.unknown_fields == b.unknown_fields;
}

bool same_content(const Link& a, const Link& b) {
  return a.trace_id == b.trace_id && a.span_id == b.span_id && a.trace_state == b.trace_state &&
         std::ranges::equal(a.attributes, b.attributes) &&
         a.dropped_attributes_count == b.dropped_attributes_count && a.flags == b.flags &&
         a.unknown_fields == b.unknown_fields;
}

bool same_content(const Resource& a, const Resource& b) {
  return std::ranges::equal(a.attributes, b.attributes) &&
         a.dropped_attributes_count == b.dropped_attributes_count && a.schema_url == b.schema_url &&
         a.unknown_fields == b.unknown_fields && a.group_unknown_fields == b.group_unknown_fields;
}

bool same_content(const InstrumentationScope& a, const InstrumentationScope& b) {
  return a.name == b.name && a.version == b.version &&
         std::ranges::equal(a.attributes, b.attributes) &&
         a.dropped_attributes_count == b.dropped_attributes_count && a.schema_url == b.schema_url &&
         a.unknown_fields == b.unknown_fields && a.group_unknown_fields == b.group_unknown_fields;
}

bool same_content(const Span& a, const Span& b) {
  const auto equal = [](const auto& x, const auto& y) { return same_content(x, y); };
  return a.trace_id == b.trace_id && a.span_id == b.span_id &&
         a.parent_span_id == b.parent_span_id && a.start == b.start && a.end == b.end &&
         a.name == b.name && a.trace_state == b.trace_state && a.kind == b.kind &&
         a.flags == b.flags && a.status == b.status &&
         std::ranges::equal(a.attributes, b.attributes) &&
         std::ranges::equal(a.events, b.events, equal) &&
         std::ranges::equal(a.links, b.links, equal) &&
         a.dropped_attributes_count == b.dropped_attributes_count &&
         a.dropped_events_count == b.dropped_events_count &&
         a.dropped_links_count == b.dropped_links_count && a.unknown_fields == b.unknown_fields;
}

}  // namespace cairn::model
