// SPDX-License-Identifier: Apache-2.0
//
// OTLP JSON: any bytes decode or are refused, and what decodes survives both encodings.
#include "otlp_property.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"

using namespace cairn;

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > fuzz::kMostInput) return 0;
  model::Batch batch;
  if (!wire::otlp::decode_traces_json({reinterpret_cast<const std::byte*>(data), size}, batch)) {
    fuzz::require(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty(),
                  "a failed decode leaves nothing");
    return 0;
  }
  std::string json;
  wire::otlp::encode_traces_json(batch, json);
  model::Batch again;
  const auto rejected = wire::otlp::decode_traces_json(as_bytes(json), again);
  fuzz::require(rejected && !rejected->any(), "the encoded batch decodes whole");
  fuzz::require_equal(batch, again, "the encoded batch is the same");

  std::string protobuf;
  wire::otlp::encode_traces(batch, protobuf);
  model::Batch from_protobuf;
  const auto pb_rejected = wire::otlp::decode_traces(as_bytes(protobuf), from_protobuf);
  fuzz::require(pb_rejected && !pb_rejected->any(), "the protobuf decodes whole");
  fuzz::require_equal(batch, from_protobuf, "the protobuf is the same");
  return 0;
}
