// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's JSON, read: traces as its UI and query API write them ("download trace", uploads), and
// one Span a message as its Kafka exporter writes them (proto3 JSON of api_v2.Span).
// Source: Jaeger, model/json; jaeger-idl, api_v2/model.proto with the proto3 JSON mapping.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/rejection.h"

namespace cairn::wire::jaeger {

// Appends the spans of `{"data":[trace…]}`, of one trace object, or of an array of traces.
// Units: microseconds become nanoseconds. Ownership: as wire/otlp/json.h.
// A span whose ids are bad or whose processID is unknown is rejected and counted.
// Errors: kInvalidArgument with what was expected where; `batch` then holds no new spans.
Result<model::Rejections> decode_ui_json(ByteView text, model::Batch& batch);

// Appends one api_v2.Span in proto3 JSON: base64 ids, RFC 3339 start, "1.5s" duration, camelCase or
// snake_case names, enums by name or number.
Result<model::Rejections> decode_span_json(ByteView text, model::Batch& batch);

}  // namespace cairn::wire::jaeger
