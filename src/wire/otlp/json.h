// SPDX-License-Identifier: Apache-2.0
//
// OTLP traces as JSON: ExportTraceServiceRequest (= TracesData) ⇄ model::Batch.
// Hex ids, integer enums (names are accepted too), 64-bit integers as strings (numbers are accepted
// too), lowerCamelCase keys (snake_case is accepted too); unknown members are ignored.
// Source: OTLP specification, "JSON Protobuf Encoding"; proto3 JSON mapping.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/rejection.h"

namespace cairn::wire::otlp {

// As protobuf.h's decode_traces, except that text with escapes is unescaped into the batch's arena
// and that nothing points into `request` afterwards that the batch does not own or pin: views may
// point into a padded copy which the batch pins.
// Errors: kInvalidArgument with what was expected where.
Result<model::Rejections> decode_traces_json(ByteView request, model::Batch& batch);

// Appends `{"resourceSpans":[…]}`. Empty fields are left out.
void encode_traces_json(const model::Batch& batch, std::string& out);

// `{"partialSuccess":{}}`, with rejectedSpans and errorMessage when there are any.
std::string encode_export_response_json(std::uint64_t rejected_spans, std::string_view message);

// `{"code":3,"message":"…"}`.
std::string encode_status_json(int grpc_code, std::string_view message);

}  // namespace cairn::wire::otlp
