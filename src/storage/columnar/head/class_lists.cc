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

ClassLists::ClassLists(const SpanTable& table, std::uint32_t count) {
  std::vector<std::uint32_t> rows_of_shape;
  for_each_row(table, count, [&](std::uint32_t, const SpanRow& row) {
    if (row.shape >= rows_of_shape.size()) rows_of_shape.resize(row.shape + 1);
    ++rows_of_shape[row.shape];
  });

  std::vector<ClassId> class_of(rows_of_shape.size());
  std::vector<std::uint32_t> at;  // by class: where its next row goes
  for (ShapeId shape = 0; shape < rows_of_shape.size(); ++shape) {
    if (rows_of_shape[shape] == 0) continue;
    shapes_in_use.push_back(shape);
    class_of[shape] = table.schema.shapes[shape].span_class;
    if (class_of[shape] >= at.size()) at.resize(class_of[shape] + 1);
    at[class_of[shape]] += rows_of_shape[shape];
  }
  std::uint32_t begin = 0;
  for (ClassId id = 0; id < at.size(); ++id) {
    const std::uint32_t rows_here = at[id];
    if (rows_here != 0) classes.push_back({id, rows_here});
    at[id] = begin;
    begin += rows_here;
  }
  rows_.resize(count);
  shapes_.resize(count);
  first_cells_.resize(count);
  for_each_row(table, count, [&](std::uint32_t i, const SpanRow& row) {
    const std::uint32_t to = at[class_of[row.shape]]++;
    rows_[to] = i;
    shapes_[to] = row.shape;
    first_cells_[to] = row.first_cell;
  });
  ends_ = std::move(at);
}

std::span<const std::uint32_t> ClassLists::part(const std::vector<std::uint32_t>& of,
                                                ClassId span_class) const {
  if (span_class >= ends_.size()) return {};
  const std::uint32_t begin = span_class == 0 ? 0 : ends_[span_class - 1];
  return std::span(of).subspan(begin, ends_[span_class] - begin);
}

std::size_t ClassLists::memory_bytes() const {
  return (rows_.capacity() + shapes_.capacity() + first_cells_.capacity() + ends_.capacity() +
          shapes_in_use.capacity()) *
             sizeof(std::uint32_t) +
         classes.capacity() * sizeof(ClassRows);
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
