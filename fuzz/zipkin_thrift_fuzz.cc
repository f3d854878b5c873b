// SPDX-License-Identifier: Apache-2.0
//
// Zipkin, thrift: any bytes decode or are refused; what decodes can be encoded to every format.
// (That it comes back the same holds of what version 1 can say, not of every batch.)
#include "wire/zipkin/thrift.h"
#include "zipkin_property.h"

using namespace cairn;

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > fuzz::kMostInput) return 0;
  model::Batch compact;
  wire::thrift::CompactReader reader(as_text(fuzz::input(data, size)));
  if (!wire::zipkin::decode_thrift_spans(reader, compact)) {
    fuzz::require(compact.spans.empty(), "a failed decode leaves nothing");
  }
  model::Batch batch;
  if (!fuzz::decode_or_refuse(fuzz::Format::kThrift, fuzz::input(data, size), batch)) return 0;
  for (const fuzz::Format other : {fuzz::Format::kJsonV2, fuzz::Format::kProtobuf,
                                   fuzz::Format::kJsonV1, fuzz::Format::kThrift}) {
    model::Batch translated;
    fuzz::decode_encoded(other, batch, translated);
  }
  return 0;
}
