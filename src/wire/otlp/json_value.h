// SPDX-License-Identifier: Apache-2.0
//
// KeyValue and AnyValue out of JSON. Of a member that occurs twice the last one holds. Values
// deeper than model::kMaxValueDepth are left empty, unread.
#pragma once

#include <span>

#include "base/arena.h"
#include "model/attribute.h"
#include "wire/json/reader.h"
#include "wire/scratch/scratch.h"

namespace cairn::wire::otlp {

// Thread rule: one thread at a time. Ownership: values view the document; lists and unescaped text
// go to the arena.
class ValueDecoder {
 public:
  ValueDecoder(json::Reader& reader, Arena& arena, Scratch& scratch, MemoryBudget& budget)
      : reader_(reader), arena_(arena), scratch_(scratch), budget_(budget) {}

  // An array of KeyValue objects, stored in `to`. False as Reader's visits are, or when the budget
  // refused; then unfinished lists may be left on the scratch.
  bool attributes(json::Value value, std::span<const model::Attribute>& to) {
    return attributes(value, to, 1);
  }

 private:
  bool attributes(json::Value value, std::span<const model::Attribute>& to, int depth);
  bool attribute(json::Value value, model::Attribute& to, int depth);
  bool any_value(json::Value value, model::AnyValue& to, int depth);
  bool scalar(std::string_view name, json::Value value, model::AnyValue& to);
  bool integer(json::Value value, model::AnyValue& to);
  bool array(json::Value value, model::AnyValue& to, int depth);
  bool key_value_list(json::Value value, model::AnyValue& to, int depth);

  json::Reader& reader_;
  Arena& arena_;
  Scratch& scratch_;
  MemoryBudget& budget_;
};

}  // namespace cairn::wire::otlp
