// SPDX-License-Identifier: Apache-2.0
//
// Zipkin v2 JSON: a batch as an array of spans, the body of POST /api/v2/spans.
//
// Pure; any thread. Written without line ends. The size is bounded by the batch's, where resource
// and scope count once for each span, as each brings them as tags.
// Source: Zipkin API v2, "Span"; OpenTelemetry, "OpenTelemetry to Zipkin Transformation".
#pragma once

#include <string>

#include <cairn/trace/exporter.h>

namespace cairn::trace::formats {

// Units: microseconds, cut off; a duration is at least 1. Values are text. Bytes that are not UTF-8
// become U+FFFD. An event with attributes is `"name":{json}`. Of tags with one key the first of
// status and scope, span, scope's attributes and resource counts. Links are lost.
std::string to_zipkin_json(const SpanBatch& batch);

}  // namespace cairn::trace::formats
