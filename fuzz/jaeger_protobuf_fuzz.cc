// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's protobuf: any bytes decode or are refused, as a request and as one span, and what
// decodes survives encoding. The JSON of the query API can be made of it.
#include "otlp_property.h"
#include "wire/jaeger/json.h"
#include "wire/jaeger/protobuf.h"

using namespace cairn;

namespace {

void check(const model::Batch& batch) {
  const std::string encoded = wire::jaeger::encode_post_spans(batch);
  model::Batch again;
  const auto rejected = wire::jaeger::decode_post_spans(as_bytes(encoded), again);
  fuzz::require(rejected && !rejected->any(), "the encoded batch decodes whole");
  fuzz::require_equal(batch, again, "the encoded batch is the same");
  if (batch.empty()) return;
  std::string json;
  wire::jaeger::append_trace(json, batch, {}, {});
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > fuzz::kMostInput) return 0;
  const ByteView input(reinterpret_cast<const std::byte*>(data), size);
  model::Batch batch;
  if (wire::jaeger::decode_post_spans(input, batch)) {
    check(batch);
  } else {
    fuzz::require(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty(),
                  "a failed decode leaves nothing");
  }
  model::Batch lone;
  fuzz::require(wire::jaeger::decode_span(input, lone).has_value(), "a span is read or rejected");
  check(lone);
  return 0;
}
