// SPDX-License-Identifier: Apache-2.0
//
// What the functions of one decode_traces call share. Those that return bool are false when bytes
// do not parse or when the budget refused.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "model/batch.h"
#include "wire/otlp/protobuf_value.h"
#include "wire/protobuf/reader.h"
#include "wire/scratch/scratch.h"

namespace cairn::wire::otlp {

// Lists of attributes that grow one after the other where they will stay: in blocks of the arena. A
// list that does not fit moves to the next block, which has room for twice as many.
// Thread rule: one thread at a time. Ownership: the arena's.
class AttributeLists {
 public:
  AttributeLists(Arena& arena, std::size_t request_bytes)
      : arena_(arena), block_(std::clamp(request_bytes / kBytesOfOne, kLeast, kMost)) {}

  model::Attribute& add() {
    if (next_ == end_) [[unlikely]]
      grow();
    return *std::construct_at(next_++);
  }
  void drop_last() { --next_; }
  // Ends the list.
  std::span<const model::Attribute> take() { return {std::exchange(first_, next_), next_}; }
  // Gives the list up; the next one begins in its place.
  void drop() { next_ = first_; }

 private:
  static constexpr std::size_t kBytesOfOne = 32;  // of a request, about
  static constexpr std::size_t kLeast = 8;
  static constexpr std::size_t kMost = 128;

  void grow() {
    const std::span<const model::Attribute> held(first_, next_);
    const std::size_t room = std::max(block_, 2 * held.size());
    const std::size_t bytes = room * sizeof(model::Attribute);
    first_ = static_cast<model::Attribute*>(arena_.allocate(bytes, alignof(model::Attribute)));
    next_ = std::uninitialized_copy(held.begin(), held.end(), first_);
    end_ = first_ + room;
  }

  Arena& arena_;
  const std::size_t block_;            // attributes
  model::Attribute* first_ = nullptr;  // of the list
  model::Attribute* next_ = nullptr;
  model::Attribute* end_ = nullptr;  // of the block
};

// Thread rule: one thread at a time. Ownership: batch and scratch outlive it.
struct Decoding {
  model::Batch& batch;
  Scratch& scratch;
  MemoryBudget budget;
  ValueDecoder values;
  AttributeLists span_attributes;
  // The start of the last field that did not parse; null when the budget refused instead.
  const char* failed_at = nullptr;

  Decoding(std::size_t request_bytes, model::Batch& to, Scratch& with)
      : batch(to),
        scratch(with),
        budget(request_bytes),
        values(to.arena, with, budget),
        span_attributes(to.arena, request_bytes) {}
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
  // Puts a KeyValue message on `span_attributes`.
  bool span_attribute(std::string_view message) {
    if (ValueDecoder::read_plain(message, span_attributes.add())) [[likely]] {
      return budget.spend(sizeof(model::Attribute));
    }
    span_attributes.drop_last();
    const std::size_t mark = scratch.attributes.mark();
    if (!attribute(message)) return false;
    span_attributes.add() = take_attributes(mark).front();
    return true;
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
