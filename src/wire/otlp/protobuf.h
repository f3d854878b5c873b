// SPDX-License-Identifier: Apache-2.0
//
// OTLP traces as protobuf: ExportTraceServiceRequest (= TracesData) ⇄ model::Batch.
// Source: opentelemetry-proto, collector/trace/v1 and trace/v1; numbers in proto/otlp.md.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/rejection.h"

namespace cairn::wire::otlp {

// Appends the request's spans to `batch`.
// Units: timestamps as sent. Shape: request order, one Resource per ResourceSpans, never merged.
// Ownership: views point into `request`; the caller keeps it alive (Batch::pins).
// Empty: an empty request is valid. Groups without spans leave no trace in the batch.
// Bad spans (ids, links, their own bytes) are left out and counted; the rest is kept.
// Errors: kInvalidArgument, "… at byte N", when the bytes outside a span do not parse; `batch` then
// holds no new spans.
// Lost, as documented in docs/protocols/otlp.md: unknown fields inside KeyValue and AnyValue.
Result<model::Rejections> decode_traces(ByteView request, model::Batch& batch);

// Appends the batch as TracesData. decode_traces of the result gives an equal batch.
void encode_traces(const model::Batch& batch, std::string& out);

// ExportTraceServiceResponse: no bytes when nothing was rejected and there is no message.
std::string encode_export_response(std::uint64_t rejected_spans, std::string_view message);

// google.rpc.Status; `retry_after_seconds` > 0 adds a RetryInfo detail.
std::string encode_status(int grpc_code, std::string_view message, int retry_after_seconds);

}  // namespace cairn::wire::otlp
