// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/column/class_shapes.h"

#include <algorithm>
#include <unordered_map>

#include "storage/columnar/segment/column/column_pages.h"

namespace cairn::storage::columnar {

Result<void> ClassShapes::read_shapes(const GroupDirectory& directory, const ClassEntry& entry,
                                      const Schema& schema, ByteView page) {
  rows_ = entry.rows;
  std::vector<std::uint32_t> values;
  const bool constant = entry.shapes.form == NumberColumn::Form::kConstant;
  RETURN_IF_ERROR(decode_column(directory, entry.shapes, page, constant ? 1 : rows_, values));
  std::unordered_map<ShapeId, std::uint32_t> number_of;
  for (std::uint32_t& value : values) {
    if (!shapes_.empty() && shapes_.back() == value) {
      value = static_cast<std::uint32_t>(shapes_.size() - 1);
      continue;
    }
    const auto [at, is_new] =
        number_of.try_emplace(value, static_cast<std::uint32_t>(shapes_.size()));
    if (is_new) {
      if (value >= schema.shapes.size() || schema.shapes[value].span_class != entry.span_class) {
        return corruption("a shape that the class does not have");
      }
      shapes_.push_back(value);
    }
    value = at->second;
  }
  if (shapes_.size() > 1) of_row_ = std::move(values);
  return {};
}

Result<void> ClassShapes::count_columns(const GroupDirectory& directory, const ClassEntry& entry,
                                        const Schema& schema) {
  const std::span<const ColumnEntry> columns = directory.columns_of(entry);
  std::vector<std::uint32_t> rows_of_shape(shapes_.size(), 0);
  for (const std::uint32_t shape : of_row_) ++rows_of_shape[shape];
  if (uniform()) rows_of_shape.front() = rows_;
  columns_of_shape_.assign(shapes_.size() * columns.size(), 0);
  std::vector<std::uint32_t> counts(columns.size(), 0);
  for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
    for (const ColumnId id : schema.shapes[shapes_[shape]].columns) {
      const ColumnEntry* column = directory.find(entry, id);
      if (column == nullptr) return corruption("a shape with a column that the class has not");
      const auto index = static_cast<std::size_t>(column - columns.data());
      std::uint8_t& marked = columns_of_shape_[shape * columns.size() + index];
      if (marked == 0) counts[index] += rows_of_shape[shape];
      marked = 1;
    }
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (counts[i] != columns[i].values) return corruption("the number of values of a column");
    whole_.push_back(counts[i] == rows_);
    partial_.push_back(static_cast<std::uint32_t>(partial_count_));
    partial_count_ += whole_.back() == 0;
  }
  return {};
}

void ClassShapes::make_checkpoints() {
  if (partial_count_ == 0) return;
  std::vector<std::vector<std::uint32_t>> numbers(shapes_.size());  // of partial columns
  for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
    for (std::size_t column = 0; column < whole_.size(); ++column) {
      if (whole_[column] == 0 && holds(static_cast<std::uint32_t>(shape), column)) {
        numbers[shape].push_back(partial_[column]);
      }
    }
  }
  std::vector<std::uint32_t> ranks(partial_count_, 0);
  for (std::uint32_t row = 0; row < rows_; ++row) {
    if (row % kInterval == 0) checkpoints_.insert(checkpoints_.end(), ranks.begin(), ranks.end());
    for (const std::uint32_t number : numbers[of_row_[row]]) ++ranks[number];
  }
}

Result<ClassShapes> ClassShapes::decode(const GroupDirectory& directory, const ClassEntry& entry,
                                        const Schema& schema, ByteView page, Ranks ranks) {
  ClassShapes made;
  RETURN_IF_ERROR(made.read_shapes(directory, entry, schema, page));
  RETURN_IF_ERROR(made.count_columns(directory, entry, schema));
  if (ranks == Ranks::kPrepared) made.make_checkpoints();
  return made;
}

std::uint32_t ClassShapes::rank(std::size_t column, std::uint32_t class_row) const {
  if (whole_[column] != 0) return class_row;
  const std::size_t checkpoint = class_row / kInterval;
  return checkpoints_[checkpoint * partial_count_ + partial_[column]] +
         count_one_by_one(column, checkpoint * kInterval, class_row);
}

std::uint32_t ClassShapes::count(std::size_t column, std::uint32_t begin, std::uint32_t end) const {
  if (begin == end) return 0;
  if (whole_[column] != 0) return end - begin;
  if (end - begin <= kInterval) return count_one_by_one(column, begin, end);
  return rank(column, end - 1) + (has(column, end - 1) ? 1 : 0) - rank(column, begin);
}

std::uint32_t ClassShapes::count_one_by_one(std::size_t column, std::size_t begin,
                                            std::size_t end) const {
  std::uint32_t rows = 0;
  for (std::size_t row = begin; row < end; ++row) rows += holds(of_row_[row], column);
  return rows;
}

std::vector<std::uint8_t> ClassShapes::present(std::size_t column) const {
  if (whole_[column] != 0) return {};
  std::vector<std::uint8_t> of_shape(shapes_.size());
  for (std::uint32_t shape = 0; shape < of_shape.size(); ++shape) {
    of_shape[shape] = holds(shape, column) ? 1 : 0;
  }
  std::vector<std::uint8_t> made(of_row_.size());
  for (std::size_t row = 0; row < made.size(); ++row) made[row] = of_shape[of_row_[row]];
  return made;
}

std::vector<ShapeId> ClassShapes::all() const {
  if (uniform()) return std::vector<ShapeId>(rows_, shapes_.front());
  std::vector<ShapeId> made;
  made.reserve(rows_);
  for (const std::uint32_t shape : of_row_) made.push_back(shapes_[shape]);
  return made;
}

std::size_t ClassShapes::memory_bytes() const {
  return sizeof *this +
         4 * (shapes_.capacity() + of_row_.capacity() + partial_.capacity() +
              checkpoints_.capacity()) +
         columns_of_shape_.capacity() + whole_.capacity();
}

}  // namespace cairn::storage::columnar
