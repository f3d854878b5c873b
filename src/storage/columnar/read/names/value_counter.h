// SPDX-License-Identifier: Apache-2.0
//
// ValueCounter: how many matching spans carry each value of a field, each span once a value.
#pragma once

#include <deque>
#include <vector>

#include "storage/columnar/read/aggregate/value_ids.h"
#include "storage/columnar/read/condition/row_matcher.h"
#include "storage/columnar/read/scan/field_reader.h"

namespace cairn::storage::columnar {

// Thread rule: one thread. Ownership: request, matcher and session outlive it.
class ValueCounter {
 public:
  ValueCounter(const ValuesRequest& request, RowMatcher& matcher, ReadSession& session);

  Result<void> add(const RowGroup& group);
  std::vector<ValueCount> most_frequent();

 private:
  static constexpr std::uint32_t kUnwanted = 0xffff'fffe;

  Result<void> add_class(ClassView& view);
  Result<void> add_open(ClassView& view, std::span<const std::uint32_t> class_rows);
  void add_span(const SpanRef& ref);
  // kUnwanted: it has another prefix, or is one value too many.
  std::uint32_t id_of(const model::AnyValue& value);
  std::uint32_t id_of(const FieldColumn& column, std::uint32_t code);

  const ValuesRequest& request_;
  RowMatcher& matcher_;
  ReadSession& session_;
  std::vector<Field> parts_;         // of the level "any": span, resource and scope
  std::deque<FieldReader> readers_;  // by part
  ValueIds values_;
  std::vector<std::uint64_t> counts_;  // by id
};

}  // namespace cairn::storage::columnar
