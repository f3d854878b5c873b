// SPDX-License-Identifier: Apache-2.0
//
// ClassWriter: writes the rows of one class after another: shapes, resources, times, extras, and
// every column on its own.
// Thread rule: one thread.
#pragma once

#include "storage/columnar/segment/column/class_columns.h"
#include "storage/columnar/segment/column/column_writer.h"
#include "storage/columnar/segment/group/group_codec.h"
#include "storage/columnar/segment/trace/trace_order.h"

namespace cairn::storage::columnar {

// Starts of the rows of a class as distances from each base, in the order of class rows.
struct StartDistances {
  std::span<const std::uint64_t> from_base[kStartBases];
};

class ClassWriter {
 public:
  ClassWriter(const SpanTable& table, const TraceOrder& order, const GroupEncoding& encoding,
              ColumnWriter& out)
      : table_(table), order_(order), encoding_(encoding), out_(out), columns_(table) {}

  // All of a class but its id. `rows` of the order, ascending.
  Result<void> write(std::span<const RowIndex> rows, const StartDistances& starts);

 private:
  bool resource_of_parent(std::span<const RowIndex> rows) const;
  Result<void> write_shapes(std::span<const RowIndex> rows);
  Result<void> write_resources(std::span<const RowIndex> rows);
  Result<void> write_durations(std::span<const RowIndex> rows);
  Result<void> write_extras(std::span<const RowIndex> rows);
  Result<void> write_columns(std::span<const RowIndex> rows);
  Result<void> write_column(ColumnId column, std::span<const std::uint32_t> cells);

  const SpanTable& table_;
  const TraceOrder& order_;
  const GroupEncoding& encoding_;
  ColumnWriter& out_;
  ClassColumns columns_;
  std::vector<std::uint32_t> codes_;
  std::vector<std::uint64_t> numbers_;
  std::vector<std::string_view> texts_;
};

}  // namespace cairn::storage::columnar
