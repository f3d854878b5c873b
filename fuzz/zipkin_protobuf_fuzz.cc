// SPDX-License-Identifier: Apache-2.0
//
// Zipkin, protobuf: any bytes decode or are refused; what decodes is encoded to the same.
#include "zipkin_property.h"

using namespace cairn;

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > fuzz::kMostInput) return 0;
  wire::zipkin::sniff(fuzz::input(data, size));
  model::Batch batch;
  if (!fuzz::decode_or_refuse(fuzz::Format::kProtobuf, fuzz::input(data, size), batch)) return 0;
  model::Batch again;
  fuzz::decode_encoded(fuzz::Format::kProtobuf, batch, again);
  fuzz::require_equal(batch, again, "the encoded batch is the same");
  for (const fuzz::Format other : {fuzz::Format::kJsonV2, fuzz::Format::kProtobuf,
                                   fuzz::Format::kJsonV1, fuzz::Format::kThrift}) {
    model::Batch translated;
    fuzz::decode_encoded(other, batch, translated);
  }
  return 0;
}
