// SPDX-License-Identifier: Apache-2.0
//
// What a message of a topic holds. Names are those of the OpenTelemetry collector's Kafka receiver
// and of Jaeger's ingester. Pure functions. Source: docs/operations/kafka.md, "Encodings".
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/rejection.h"

namespace cairn::receivers::kafka {

enum class Encoding {
  kAuto,  // each message by its first bytes
  kOtlpProto,
  kOtlpJson,
  kJaegerProto,  // one Span a message, as the two below
  kJaegerJson,
  kZipkinProto,
  kZipkinJson,  // v2 or v1
  kZipkinThrift,
};

// auto, otlp_proto, otlp_json, jaeger_proto, jaeger_json, zipkin_proto, zipkin_json,
// zipkin_thrift; Jaeger's own protobuf, json, zipkin-thrift. kInvalidArgument otherwise.
Result<Encoding> parse_encoding(std::string_view text);
std::string_view to_text(Encoding encoding);

// The encoding of one message, by its first bytes; kAuto when it looks like none.
Encoding sniff(ByteView message);

// Appends the message's spans. Ownership: `batch` pins the message.
// Errors: kInvalidArgument, the message cannot be read; `batch` then holds no new spans.
Result<model::Rejections> decode(Encoding encoding, const PinnedBytes& message,
                                 model::Batch& batch);

}  // namespace cairn::receivers::kafka
