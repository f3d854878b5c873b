// SPDX-License-Identifier: Apache-2.0
//
// ClassColumns: the attributes of the rows of one class, turned from rows of cells into columns of
// cells. Rows that do not have a column have no cell in it.
// Cost: one visit to each row. Keeps its memory from class to class.
// Thread rule: one thread.
#pragma once

#include <vector>

#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

class ClassColumns {
 public:
  explicit ClassColumns(const SpanTable& table);

  // Takes the rows of one class; what it held before is gone. `spans` at `rows`.
  void collect(std::span<const SpanRow> spans, std::span<const RowIndex> rows);

  // The columns that some row has, ascending.
  std::span<const ColumnId> columns() const { return columns_; }
  // The cells of columns()[index], in the order of rows.
  std::span<const std::uint32_t> cells(std::size_t index) const { return cells_[index]; }

 private:
  void find_columns(std::span<const SpanRow> spans, std::span<const RowIndex> rows);
  void plan(ShapeId shape);
  void prefetch(const SpanRow& span) const;
  void add(const SpanRow& span);

  const SpanTable& table_;
  std::vector<ShapeId> shapes_;           // of the rows, each once
  std::vector<std::uint8_t> seen_shape_;  // by ShapeId; all 0 between calls
  std::vector<std::uint32_t> number_of_;  // by ColumnId: index in columns_, in use for some only
  std::vector<ColumnId> columns_;
  std::vector<std::vector<std::uint32_t>> cells_;
  std::vector<std::uint32_t*> next_;       // by column: where its next cell goes
  std::vector<std::uint32_t> plan_begin_;  // by ShapeId: where its plan begins in plan_
  std::vector<std::uint32_t> plan_;        // by cell: index in columns_
};

}  // namespace cairn::storage::columnar
