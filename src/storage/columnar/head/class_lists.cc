// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/class_lists.h"

#include <algorithm>

namespace cairn::storage::columnar {
namespace {

// Calls `visit(row index, row)` for the first `count` rows.
template <typename Visit>
void for_each_row(const SpanTable& table, std::uint32_t count, const Visit& visit) {
  for (std::uint32_t i = 0; i < count;) {
    for (const SpanRow& row : table.rows.run(i, count - i)) visit(i++, row);
  }
}

}  // namespace

ClassLists::ClassLists(const SpanTable& table, std::uint32_t rows) {
  std::vector<std::uint32_t> rows_of_shape;
  std::vector<ShapeId> shapes(rows);
  for_each_row(table, rows, [&](std::uint32_t i, const SpanRow& row) {
    if (row.shape >= rows_of_shape.size()) rows_of_shape.resize(row.shape + 1);
    ++rows_of_shape[row.shape];
    shapes[i] = row.shape;
  });

  std::vector<ClassId> class_of(rows_of_shape.size());
  std::vector<std::uint32_t> begins;
  for (ShapeId shape = 0; shape < rows_of_shape.size(); ++shape) {
    if (rows_of_shape[shape] == 0) continue;
    shapes_in_use.push_back(shape);
    class_of[shape] = table.schema.shapes[shape].span_class;
    if (class_of[shape] >= begins.size()) begins.resize(class_of[shape] + 1);
    begins[class_of[shape]] += rows_of_shape[shape];
  }
  std::uint32_t begin = 0;
  for (ClassId id = 0; id < begins.size(); ++id) {
    const std::uint32_t count = begins[id];
    if (count != 0) classes.push_back({id, count});
    begins[id] = begin;
    begin += count;
  }
  rows_by_class.resize(rows);
  for (std::uint32_t i = 0; i < rows; ++i) rows_by_class[begins[class_of[shapes[i]]]++] = i;
  ends = std::move(begins);
}

std::span<const RowIndex> ClassLists::rows_of(ClassId span_class) const {
  if (span_class >= ends.size()) return {};
  const std::uint32_t begin = span_class == 0 ? 0 : ends[span_class - 1];
  return std::span(rows_by_class).subspan(begin, ends[span_class] - begin);
}

std::vector<ColumnId> ClassLists::columns_of(const SpanTable& table, ClassId span_class) const {
  std::vector<ColumnId> columns;
  for (const ShapeId id : shapes_in_use) {
    const Shape& shape = table.schema.shapes[id];
    if (shape.span_class != span_class) continue;
    columns.insert(columns.end(), shape.columns.begin(), shape.columns.end());
  }
  std::ranges::sort(columns);
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  return columns;
}

}  // namespace cairn::storage::columnar
