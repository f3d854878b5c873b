// SPDX-License-Identifier: Apache-2.0
//
// Zipkin's four formats ⇄ model::Batch: JSON v2, protobuf v3, and the old JSON v1 and Thrift v1.
// Pure functions. Validation and normalisation are Zipkin's own (docs/protocols/zipkin.md has the
// table); everything Zipkin says comes back from the encoders, shared, debug and endpoints
// included. Source: zipkin-api (zipkin.proto, zipkin2-api.yaml, thrift/zipkinCore.thrift), Zipkin
// server.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/rejection.h"

namespace cairn::wire::zipkin {

enum class Format { kJsonV2, kProtobuf, kJsonV1, kThrift };

// Appends a list of spans in that format; of Thrift also one bare span.
// Units: microseconds become nanoseconds; an absent timestamp is 0, an absent duration 0.
// Shape: the sender's order; one Resource a localEndpoint service name and one scope each, unless
// a message names more than 32 of them in turn: then equal ones may repeat.
// Ownership: views may point into `body`, into the arena, or into what the batch pins; the caller
// pins `body`.
// Empty: no bytes, and `[]`, are valid.
// Errors: kInvalidArgument with Zipkin's words where it has them. One bad span refuses the whole
// message, as Zipkin does: its answer has no way to name the rest. `batch` then holds no new spans.
Result<model::Rejections> decode(Format format, ByteView body, model::Batch& batch);

// What a message of a queue holds, by its first bytes; nothing when it is none of the four.
std::optional<Format> sniff(ByteView message);

// Marks the spans from `first_span` on as debug: what the header `X-B3-Flags: 1` asks for.
void mark_debug(model::Batch& batch, std::size_t first_span);

// The batch as a list of spans in that format. Of spans that came in another way (OTLP, Jaeger) it
// writes what Zipkin has words for.
std::string encode(Format format, const model::Batch& batch);

}  // namespace cairn::wire::zipkin
