// SPDX-License-Identifier: Apache-2.0
//
// The rows of a head by class. Thread rule: immutable once made.
#pragma once

#include <vector>

#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

struct ClassLists {
  // Of the first `count` rows, which are published.
  ClassLists(const SpanTable& table, std::uint32_t count);

  // Empty for a class without rows.
  std::span<const RowIndex> rows_of(ClassId span_class) const { return part(rows_, span_class); }
  // By class row.
  std::span<const ShapeId> shapes_of(ClassId span_class) const { return part(shapes_, span_class); }
  std::span<const std::uint32_t> first_cells_of(ClassId span_class) const {
    return part(first_cells_, span_class);
  }
  // The distinct columns of the shapes in use, ascending.
  std::vector<ColumnId> columns_of(const SpanTable& table, ClassId span_class) const;

  std::size_t row_count() const { return rows_.size(); }
  std::size_t memory_bytes() const;

  std::vector<ClassRows> classes;      // those with rows
  std::vector<ShapeId> shapes_in_use;  // ascending

 private:
  std::span<const std::uint32_t> part(const std::vector<std::uint32_t>& of,
                                      ClassId span_class) const;

  std::vector<std::uint32_t> ends_;  // by class: where its rows end in the following
  // Class after class, rows ascending in each.
  std::vector<RowIndex> rows_;
  std::vector<ShapeId> shapes_;
  std::vector<std::uint32_t> first_cells_;
};

}  // namespace cairn::storage::columnar
