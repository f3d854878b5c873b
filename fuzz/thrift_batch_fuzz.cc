// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's Thrift over HTTP: any bytes decode or are refused, and what decodes survives encoding in
// both protocols.
#include "jaeger_property.h"

using namespace cairn;

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > fuzz::kMostInput) return 0;
  model::Batch batch;
  if (wire::jaeger::decode_thrift_batch({reinterpret_cast<const std::byte*>(data), size}, batch)) {
    fuzz::require_round_trips(batch);
  } else {
    fuzz::require_nothing(batch);
  }
  return 0;
}
