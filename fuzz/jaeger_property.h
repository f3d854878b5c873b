// SPDX-License-Identifier: Apache-2.0
//
// What must hold of everything that a decoder of Jaeger's Thrift is given.
#pragma once

#include "otlp_property.h"
#include "wire/jaeger/thrift.h"

namespace cairn::fuzz {

inline void require_nothing(const model::Batch& batch) {
  require(batch.spans.empty() && batch.scopes.empty() && batch.resources.empty(),
          "a failed decode leaves nothing");
}

// The batch in every framing decodes whole and to the same.
inline void require_round_trips(const model::Batch& batch) {
  using wire::jaeger::ThriftProtocol;
  const auto require_same = [&batch](const std::vector<std::string>& encoded, auto decode) {
    model::Batch again;
    for (const std::string& one : encoded) {
      const auto rejected = decode(as_bytes(one), again);
      require(rejected && !rejected->any(), "the encoded batch decodes whole");
    }
    require_equal(batch, again, "the encoded batch is the same");
  };
  require_same(wire::jaeger::encode_thrift_batches(ThriftProtocol::kBinary, batch),
               wire::jaeger::decode_thrift_batch);
  for (const ThriftProtocol protocol : {ThriftProtocol::kBinary, ThriftProtocol::kCompact}) {
    require_same(wire::jaeger::encode_agent_messages(protocol, batch),
                 wire::jaeger::decode_agent_message);
  }
}

}  // namespace cairn::fuzz
