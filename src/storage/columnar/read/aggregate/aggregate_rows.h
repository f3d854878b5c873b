// SPDX-License-Identifier: Apache-2.0
//
// AggregateRows: counts the matching rows of row groups into an AggregateTable, from columns; only
// rows whose values columns do not hold are materialized.
#pragma once

#include <deque>

#include "storage/columnar/read/aggregate/aggregate_table.h"
#include "storage/columnar/read/condition/row_matcher.h"
#include "storage/columnar/read/scan/field_reader.h"

namespace cairn::storage::columnar {

// Thread rule: one thread. Ownership: all arguments outlive it.
class AggregateRows {
 public:
  AggregateRows(const AggregateRequest& request, RowMatcher& matcher, AggregateTable& table,
                ReadSession& session);

  Result<void> add(const RowGroup& group);

 private:
  // The values that a class's rows are grouped by and counted for.
  struct Columns {
    std::vector<FieldColumn> groups;
    std::vector<FieldColumn> numbers;

    bool open(std::size_t row) const;
  };

  Result<void> add_class(ClassView& view);
  Result<Columns> read(ClassView& view);
  // The group of each matching row; one element when all rows have the same.
  std::vector<std::uint32_t> groups_of(const Columns& columns, const Verdicts& verdicts,
                                       std::size_t rows);
  std::uint32_t value_id(const FieldColumn& column, std::uint32_t code);
  Result<void> add_open(ClassView& view, std::span<const std::uint32_t> class_rows);
  void add_span(const SpanRef& ref);

  const AggregateRequest& request_;
  RowMatcher& matcher_;
  AggregateTable& table_;
  ReadSession& session_;
  std::deque<FieldReader> groups_;
  std::deque<FieldReader> numbers_;
};

}  // namespace cairn::storage::columnar
