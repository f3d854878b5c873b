// SPDX-License-Identifier: Apache-2.0
//
// The rows of a head by class. Thread rule: immutable once made.
#pragma once

#include <vector>

#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

struct ClassLists {
  // Of the first `rows` rows, which are published.
  ClassLists(const SpanTable& table, std::uint32_t rows);

  // Empty for a class without rows.
  std::span<const RowIndex> rows_of(ClassId span_class) const;
  // The distinct columns of the shapes in use, ascending.
  std::vector<ColumnId> columns_of(const SpanTable& table, ClassId span_class) const;

  std::vector<ClassRows> classes;       // those with rows
  std::vector<std::uint32_t> ends;      // by class: where its rows end in `rows_by_class`
  std::vector<RowIndex> rows_by_class;  // ascending in each class
  std::vector<ShapeId> shapes_in_use;   // ascending
};

}  // namespace cairn::storage::columnar
