// SPDX-License-Identifier: Apache-2.0
//
// Datagrams of Jaeger's clients, compact and binary, with Jaeger's spans or Zipkin's: any bytes
// decode or are refused. What decodes survives encoding, but for Zipkin's spans, which Jaeger has
// no words for.
#include "jaeger_property.h"

using namespace cairn;

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > fuzz::kMostInput) return 0;
  const ByteView datagram(reinterpret_cast<const std::byte*>(data), size);
  model::Batch batch;
  if (!wire::jaeger::decode_agent_message(datagram, batch)) {
    fuzz::require_nothing(batch);
    return 0;
  }
  const bool may_be_zipkin = as_text(datagram).find("emitZipkinBatch") != std::string_view::npos;
  if (!may_be_zipkin) fuzz::require_round_trips(batch);
  return 0;
}
