// SPDX-License-Identifier: Apache-2.0
//
// OTLP protobuf: any bytes decode or are refused, and what decodes survives encoding. Its JSON
// decodes too and is a fixed point (JSON cannot say unknown fields and bad UTF-8, so that it may
// differ from the protobuf the first time).
#include "otlp_property.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"

using namespace cairn;

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > fuzz::kMostInput) return 0;
  model::Batch batch;
  if (!wire::otlp::decode_traces({reinterpret_cast<const std::byte*>(data), size}, batch)) {
    fuzz::require(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty(),
                  "a failed decode leaves nothing");
    return 0;
  }
  std::string encoded;
  wire::otlp::encode_traces(batch, encoded);
  model::Batch again;
  const auto rejected = wire::otlp::decode_traces(as_bytes(encoded), again);
  fuzz::require(rejected && !rejected->any(), "the encoded batch decodes whole");
  fuzz::require_equal(batch, again, "the encoded batch is the same");

  std::string json;
  wire::otlp::encode_traces_json(batch, json);
  model::Batch from_json;
  const auto json_rejected = wire::otlp::decode_traces_json(as_bytes(json), from_json);
  fuzz::require(json_rejected && !json_rejected->any(), "the JSON decodes whole");
  std::string json_again;
  wire::otlp::encode_traces_json(from_json, json_again);
  fuzz::require(json == json_again, "the JSON is a fixed point");
  return 0;
}
