// SPDX-License-Identifier: Apache-2.0
//
// Zipkin v2 JSON: a batch as an array of spans, the body of POST /api/v2/spans.
//
// Pure; any thread. Written without line ends; the size is bounded by the batch.
// Source: Zipkin API v2, "Span"; OpenTelemetry, "OpenTelemetry to Zipkin Transformation".
#pragma once

#include <string>

#include <cairn/trace/exporter.h>

namespace cairn::trace::formats {

// Units: microseconds, cut off; a duration is at least 1. Values are text. Bytes that are not UTF-8
// become U+FFFD. Lost, as Zipkin has no place for them: links, trace state, and all of the resource
// but service.name.
std::string to_zipkin_json(const SpanBatch& batch);

}  // namespace cairn::trace::formats
