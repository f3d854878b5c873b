// SPDX-License-Identifier: Apache-2.0
//
// KeyValue and AnyValue out of protobuf: the innermost and hottest part of decode_traces.
// As protobuf merges: of a field that occurs twice the last one holds, two arrays (or two key-value
// lists) are joined. Values deeper than model::kMaxValueDepth are left empty, unread.
// Lost: fields we do not know.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "wire/protobuf/reader.h"
#include "wire/scratch/scratch.h"

namespace cairn::wire::otlp {

// Thread rule: one thread at a time. Ownership: values view the input; lists go to the arena.
class ValueDecoder {
 public:
  ValueDecoder(Arena& arena, Scratch& scratch, MemoryBudget& budget)
      : arena_(arena), scratch_(scratch), budget_(budget) {}

  // Puts one KeyValue message on scratch.attributes. False when it does not parse or when the
  // budget refused; then unfinished lists may be left on the scratch.
  bool attribute(std::string_view message) { return attribute(message, 1); }

  // REQUIRES: attribute() was false, the budget did not refuse. The start of the bad field.
  const char* failed_at() const { return failed_at_; }

 private:
  bool attribute(std::string_view message, int depth);
  bool value(std::string_view message, model::AnyValue& value, int depth);
  bool array(std::string_view message, model::AnyValue& value, int depth);
  bool key_value_list(std::string_view message, model::AnyValue& value, int depth);
  bool finished(const protobuf::Reader& reader);

  Arena& arena_;
  Scratch& scratch_;
  MemoryBudget& budget_;
  const char* failed_at_ = nullptr;
};

}  // namespace cairn::wire::otlp
