// SPDX-License-Identifier: Apache-2.0
//
// The tags by which Zipkin and Jaeger are told what they have no fields for.
// Source: OpenTelemetry, "OpenTelemetry Transformation to non-OTLP Formats".
#pragma once

#include <string_view>

#include <cairn/trace/span_view.h>

namespace cairn::trace::formats {

inline constexpr std::string_view kServiceName = "service.name";
inline constexpr std::string_view kUnknownService = "unknown_service";  // the default Resource's
inline constexpr std::string_view kScopeName = "otel.scope.name";
inline constexpr std::string_view kScopeVersion = "otel.scope.version";
// What the scope was called before; receivers may still look for it.
inline constexpr std::string_view kLibraryName = "otel.library.name";
inline constexpr std::string_view kLibraryVersion = "otel.library.version";
inline constexpr std::string_view kStatusCode = "otel.status_code";
inline constexpr std::string_view kStatusDescription = "otel.status_description";
inline constexpr std::string_view kError = "error";
inline constexpr std::string_view kTraceState = "w3c.tracestate";
inline constexpr std::string_view kDroppedAttributes = "otel.dropped_attributes_count";
inline constexpr std::string_view kDroppedEvents = "otel.dropped_events_count";
inline constexpr std::string_view kDroppedLinks = "otel.dropped_links_count";
// OTLP has no place for B3's debug flag. A span with this attribute, true, is debugged; the
// attribute goes. Source: Cairn, docs/protocols/reserved-attributes.md.
inline constexpr std::string_view kDebug = "cairn.wire.zipkin.debug";

inline std::string_view word_of(StatusCode code) {
  return code == StatusCode::kError ? "ERROR" : "OK";
}

inline bool is_debugged(const SpanView& span) {
  AnyValueView value;
  return span.find(kDebug, value) && value.type == AnyValueView::Type::kBool && value.bool_value;
}

// The resource's service.name, which lives as long as the batch; never empty.
inline std::string_view service_name_of(const SpanBatch& batch) {
  AttributeCursor cursor = resource_attributes(batch);
  for (AttributeView attribute; cursor.next(attribute);) {
    if (attribute.key == kServiceName && attribute.value.type == AnyValueView::Type::kString &&
        !attribute.value.text.empty()) {
      return attribute.value.text;
    }
  }
  return kUnknownService;
}

// Microseconds, cut off. An end before the start is no duration.
inline std::uint64_t to_micros(std::uint64_t nanos) {
  return nanos / 1000;
}
inline std::uint64_t duration_micros(const SpanView& span) {
  return span.end_unix_nanos > span.start_unix_nanos
             ? to_micros(span.end_unix_nanos - span.start_unix_nanos)
             : 0;
}

}  // namespace cairn::trace::formats
