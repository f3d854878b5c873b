// SPDX-License-Identifier: Apache-2.0
//
// OTLP/JSON: a batch as one TracesData object, which is also the body of POST /v1/traces.
//
// Pure; any thread. Written on one line without a line end; the size is bounded by the batch.
// Source: OTLP specification, "JSON Protobuf Encoding"; OpenTelemetry, "OTLP File Exporter".
#pragma once

#include <string>

#include <cairn/trace/exporter.h>

namespace cairn::trace::formats {

// Ids in hex, enumerations as numbers, 64-bit integers as text, bytes in base64, NaN and the
// infinities as text. Bytes that are not UTF-8 become U+FFFD.
std::string to_otlp_json(const SpanBatch& batch);

}  // namespace cairn::trace::formats
