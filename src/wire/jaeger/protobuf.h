// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's protobuf: PostSpansRequest (gRPC), and one Span a message (Kafka).
// Pure functions. What becomes of each field is in docs/protocols/jaeger-ingest.md.
// Source: jaeger-idl, api_v2/model.proto and collector.proto; numbers in proto/jaeger.md.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/rejection.h"

namespace cairn::wire::jaeger {

// Appends the spans of PostSpansRequest{Batch}. A span's own process overrides the batch's.
// Units: Timestamp and Duration are nanoseconds. Ids: 16 or 8 bytes, big-endian.
// Shape, ownership, empty case as wire/otlp/protobuf.h. A span that cannot be read or has bad ids
// is rejected and counted; the rest is kept. Errors: kInvalidArgument, "Jaeger protobuf: … at byte
// N"; `batch` then holds no new spans.
Result<model::Rejections> decode_post_spans(ByteView request, model::Batch& batch);

// Appends one Span message, whose process is its own.
Result<model::Rejections> decode_span(ByteView message, model::Batch& batch);

// A PostSpansRequest with every span, each with its own process.
std::string encode_post_spans(const model::Batch& batch);
// Each span as a message of its own.
std::string encode_span(const model::Batch& batch, const model::Span& span);

}  // namespace cairn::wire::jaeger
