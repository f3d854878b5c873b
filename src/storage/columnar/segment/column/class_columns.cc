// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/column/class_columns.h"

#include <algorithm>
#include <utility>

namespace cairn::storage::columnar {
namespace {

constexpr std::uint32_t kTwice = 0xffff'ffff;  // a column that was named before
constexpr std::size_t kAhead = 12;             // rows

}  // namespace

ClassColumns::ClassColumns(const SpanTable& table)
    : table_(table),
      seen_shape_(table.schema.shapes.size(), 0),
      number_of_(table.schema.columns.size(), 0),
      plan_begin_(table.schema.shapes.size(), 0) {
}

void ClassColumns::find_columns(std::span<const SpanRow> spans, std::span<const RowIndex> rows) {
  shapes_.clear();
  columns_.clear();
  for (const RowIndex row : rows) {
    const ShapeId shape = spans[row].shape;
    if (seen_shape_[shape] != 0) continue;
    seen_shape_[shape] = 1;
    shapes_.push_back(shape);
    for (const ColumnId column : table_.schema.shapes[shape].columns) {
      if (std::exchange(number_of_[column], kTwice) != kTwice) columns_.push_back(column);
    }
  }
  std::ranges::sort(columns_);
  for (std::uint32_t i = 0; i < columns_.size(); ++i) number_of_[columns_[i]] = i;
  for (const ShapeId shape : shapes_) seen_shape_[shape] = 0;
}

void ClassColumns::plan(ShapeId shape) {
  plan_begin_[shape] = static_cast<std::uint32_t>(plan_.size());
  const std::size_t begin = plan_.size();
  for (const ColumnId column : table_.schema.shapes[shape].columns) {
    const std::uint32_t number = number_of_[column];
    const auto before = plan_.begin() + static_cast<std::ptrdiff_t>(begin);
    const bool twice = std::find(before, plan_.end(), number) != plan_.end();
    plan_.push_back(twice ? kTwice : number);
  }
}

void ClassColumns::collect(std::span<const SpanRow> spans, std::span<const RowIndex> rows) {
  find_columns(spans, rows);
  plan_.clear();
  for (const ShapeId shape : shapes_) plan(shape);
  if (cells_.size() < columns_.size()) cells_.resize(columns_.size());
  next_.clear();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    cells_[i].resize(rows.size());
    next_.push_back(cells_[i].data());
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    // Rows of a class lie far apart: asks for what comes soon.
    if (i + 2 * kAhead < rows.size()) __builtin_prefetch(&spans[rows[i + 2 * kAhead]].first_cell);
    if (i + kAhead < rows.size()) prefetch(spans[rows[i + kAhead]]);
    add(spans[rows[i]]);
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    cells_[i].resize(static_cast<std::size_t>(next_[i] - cells_[i].data()));
  }
}

void ClassColumns::prefetch(const SpanRow& span) const {
  if (span.first_cell < table_.cells.size()) __builtin_prefetch(&table_.cells[span.first_cell]);
}

void ClassColumns::add(const SpanRow& span) {
  const std::size_t count = table_.schema.shapes[span.shape].columns.size();
  if (count == 0) return;
  const std::uint32_t* const plan = plan_.data() + plan_begin_[span.shape];
  const std::uint32_t* const from = &table_.cells[span.first_cell];
  const bool in_one_piece = &table_.cells[span.first_cell + count - 1] == from + (count - 1);
  for (std::size_t i = 0; i < count; ++i) {
    if (plan[i] == kTwice) continue;
    *next_[plan[i]]++ = in_one_piece ? from[i] : table_.cells[span.first_cell + i];
  }
}

}  // namespace cairn::storage::columnar
