// SPDX-License-Identifier: Apache-2.0
//
// What the functions of one decode_traces call share. Those that return bool are false when bytes
// do not parse or when the budget refused.
#pragma once

#include <span>
#include <string_view>

#include "model/batch.h"
#include "wire/otlp/protobuf_value.h"
#include "wire/protobuf/reader.h"
#include "wire/scratch/scratch.h"

namespace cairn::wire::otlp {

// Thread rule: one thread at a time. Ownership: batch and scratch outlive it.
struct Decoding {
  model::Batch& batch;
  Scratch& scratch;
  MemoryBudget budget;
  ValueDecoder values;
  // The start of the last field that did not parse; null when the budget refused instead.
  const char* failed_at = nullptr;

  Decoding(std::size_t request_bytes, model::Batch& to, Scratch& with)
      : batch(to), scratch(with), budget(request_bytes), values(to.arena, with, budget) {}
  Decoding(const Decoding&) = delete;
  Decoding& operator=(const Decoding&) = delete;

  // True when all of the message has been read.
  bool finished(const protobuf::Reader& reader) {
    if (!reader.ok()) [[unlikely]] {
      failed_at = reader.failed_at();
    }
    return reader.ok();
  }
  // Puts a KeyValue message on scratch.attributes.
  bool attribute(std::string_view message) {
    const bool read = values.attribute(message);
    if (!read && !budget.has_refused()) [[unlikely]] {
      failed_at = values.failed_at();
    }
    return read;
  }
  std::span<const model::Attribute> take_attributes(std::size_t mark) {
    return scratch.attributes.take(mark, batch.arena);
  }
  // Ends `more`, the unknown fields of a message that may occur again and then adds to `held`.
  bool add_unknown(UnknownFields& more, std::string_view& held);
};

// The low 32 bits, as protobuf reads uint32.
inline std::uint32_t uint32(protobuf::Reader& reader) {
  return static_cast<std::uint32_t>(reader.varint());
}

// Handles a field that no case of a switch took: one we do not know is kept, one we know has the
// wrong wire type. Inlined so that the reader stays in registers.
[[gnu::always_inline]] inline void other_field(protobuf::Reader& reader, std::uint32_t last_known,
                                               UnknownFields& unknown) {
  if (reader.field_number() <= last_known) return reader.fail();
  if (const std::string_view field = reader.skip(); !field.empty()) unknown.add(field);
}

}  // namespace cairn::wire::otlp
