// SPDX-License-Identifier: Apache-2.0
//
// What must hold of every body given to one of Zipkin's decoders.
#pragma once

#include "otlp_property.h"
#include "wire/zipkin/zipkin.h"

namespace cairn::fuzz {

using wire::zipkin::Format;

// Decodes into `batch`; false when the body was refused, and then left nothing.
inline bool decode_or_refuse(Format format, ByteView body, model::Batch& batch) {
  const auto rejected = wire::zipkin::decode(format, body, batch);
  if (rejected) return true;
  require(!rejected.error().message.empty(), "an error says what is wrong");
  require(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty(),
          "a failed decode leaves nothing");
  return false;
}

// That what the batch is encoded to can be read, into `again`.
inline void decode_encoded(Format format, const model::Batch& batch, model::Batch& again) {
  const PinnedBytes body = PinnedBytes::own(wire::zipkin::encode(format, batch));
  again.pin(body);
  const auto rejected = wire::zipkin::decode(format, body.view, again);
  if (!rejected) std::fprintf(stderr, "%s\n", rejected.error().message.c_str());
  require(rejected && !rejected->any(), "what was encoded decodes");
  require(again.spans.size() >= batch.spans.size(), "every span is encoded");
}

inline ByteView input(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const std::byte*>(data), size};
}

}  // namespace cairn::fuzz
