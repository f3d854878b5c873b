// SPDX-License-Identifier: Apache-2.0
//
// The tags that say what the model has fields for, and how they are read; shared by the two halves
// of span_mapping.
#pragma once

#include <span>
#include <string_view>

#include "model/span.h"
#include "wire/jaeger/mapping/span_mapping.h"

namespace cairn::wire::jaeger::words {

inline constexpr std::uint32_t kSampledFlag = 1;  // the only flag that W3C's trace flags share

inline constexpr std::string_view kServiceName = "service.name";
inline constexpr std::string_view kRefType = "opentracing.ref_type";
inline constexpr std::string_view kChildOf = "child_of";
inline constexpr std::string_view kFollowsFrom = "follows_from";
inline constexpr std::string_view kEvent = "event";
inline constexpr std::string_view kError = "error";
inline constexpr std::string_view kSpanKind = "span.kind";
inline constexpr std::string_view kTraceState = "w3c.tracestate";
inline constexpr std::string_view kScopeName = "otel.scope.name";
inline constexpr std::string_view kScopeVersion = "otel.scope.version";
inline constexpr std::string_view kStatusCode = "otel.status_code";
inline constexpr std::string_view kStatusDescription = "otel.status_description";

// The kind of that name, kUnspecified when there is none.
model::SpanKind kind_of(std::string_view text);
// OK or ERROR, else kUnset.
model::StatusCode code_of(std::string_view text);
// The bool or the text `true`.
bool says_true(const model::AnyValue& value);
// The first CHILD_OF of the same trace, else the first FOLLOWS_FROM; an invalid id when there is
// neither.
model::SpanId parent_among(std::span<const Reference> references, const model::TraceId& trace);

}  // namespace cairn::wire::jaeger::words
