// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/column/class_writer.h"

#include <algorithm>
#include <bit>

namespace cairn::storage::columnar {
namespace {

constexpr std::size_t kLooks = 512;

// About how many bits the distances take. A half is seldom a whole tick of the clock, which costs a
// bit; of equals the first is the simplest. Some hundred of many tell enough.
std::uint64_t cost(StartBase base, std::span<const std::uint64_t> distances) {
  const std::size_t step = 1 + distances.size() / kLooks;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < distances.size(); i += step) {
    bits +=
        static_cast<std::uint64_t>(std::bit_width(zigzag(static_cast<std::int64_t>(distances[i]))));
    bits += base == StartBase::kMiddle ? 1 : 0;
  }
  return bits;
}

StartBase cheapest(const StartDistances& starts) {
  auto best = StartBase::kSibling;
  std::uint64_t least = cost(best, starts.from_base[0]);
  for (std::uint8_t i = 1; i < kStartBases; ++i) {
    const auto base = static_cast<StartBase>(i);
    const std::uint64_t bits = cost(base, starts.from_base[i]);
    if (bits < least) best = base;
    least = std::min(least, bits);
  }
  return best;
}

}  // namespace

Result<void> ClassWriter::write(std::span<const RowIndex> rows, const StartDistances& starts) {
  const bool of_parent = resource_of_parent(rows);
  const StartBase base = cheapest(starts);
  put_varint(out_.directory(), rows.size());
  out_.directory().push_back(
      static_cast<std::byte>(static_cast<unsigned>(of_parent) | static_cast<unsigned>(base) << 1));
  RETURN_IF_ERROR(write_shapes(rows));
  if (!of_parent) RETURN_IF_ERROR(write_resources(rows));
  RETURN_IF_ERROR(
      out_.numbers(starts.from_base[static_cast<std::size_t>(base)], NumberUse::kScanned));
  RETURN_IF_ERROR(write_durations(rows));
  RETURN_IF_ERROR(write_extras(rows));
  return write_columns(rows);
}

// Only where it is not a constant anyway, which is cheaper to read.
bool ClassWriter::resource_of_parent(std::span<const RowIndex> rows) const {
  bool constant = true;
  for (const RowIndex row : rows) {
    const std::uint32_t distance = order_.distance[row];
    const ResourceId resource = order_.spans[row].resource;
    if (distance == 0 || order_.spans[row - distance].resource != resource) return false;
    constant = constant && resource == order_.spans[rows.front()].resource;
  }
  return !constant;
}

Result<void> ClassWriter::write_shapes(std::span<const RowIndex> rows) {
  codes_.clear();
  for (const RowIndex row : rows) codes_.push_back(order_.spans[row].shape);
  return out_.codes(codes_, NumberUse::kStored);
}

Result<void> ClassWriter::write_resources(std::span<const RowIndex> rows) {
  codes_.clear();
  for (const RowIndex row : rows) codes_.push_back(order_.spans[row].resource);
  return out_.codes(codes_, NumberUse::kScanned);
}

Result<void> ClassWriter::write_durations(std::span<const RowIndex> rows) {
  numbers_.clear();
  for (const RowIndex row : rows) numbers_.push_back(order_.spans[row].duration);
  return out_.numbers(std::span<const std::uint64_t>(numbers_), NumberUse::kScanned);
}

Result<void> ClassWriter::write_extras(std::span<const RowIndex> rows) {
  codes_.clear();
  texts_.clear();
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t extra = order_.spans[rows[i]].extra;
    if (extra == 0) continue;
    codes_.push_back(i - next);
    next = i + 1;
    texts_.push_back(table_.extras[extra - 1]);
  }
  put_varint(out_.directory(), texts_.size());
  if (texts_.empty()) return {};
  RETURN_IF_ERROR(out_.numbers(std::span<const std::uint32_t>(codes_), NumberUse::kStored));
  return out_.texts(texts_);
}

Result<void> ClassWriter::write_columns(std::span<const RowIndex> rows) {
  columns_.collect(order_.spans, rows);
  const std::span<const ColumnId> columns = columns_.columns();
  put_varint(out_.directory(), columns.size());
  ColumnId next = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::span<const std::uint32_t> cells = columns_.cells(i);
    const bool plain = is_text(table_.schema.columns[columns[i]].type) &&
                       encoding_.text_forms[columns[i]] == TextForm::kPlain;
    const bool partial = cells.size() < rows.size();
    put_varint(out_.directory(), std::uint64_t{columns[i] - next} << 2 |
                                     static_cast<unsigned>(partial) << 1 |
                                     static_cast<unsigned>(plain));
    next = columns[i] + 1;
    if (partial) put_varint(out_.directory(), cells.size());
    RETURN_IF_ERROR(write_column(columns[i], cells));
  }
  return {};
}

Result<void> ClassWriter::write_column(ColumnId column, std::span<const std::uint32_t> cells) {
  const ColumnType type = table_.schema.columns[column].type;
  if (is_text(type) && encoding_.text_forms[column] == TextForm::kPlain) {
    texts_.clear();
    for (const std::uint32_t cell : cells) texts_.push_back(table_.text(column, cell));
    return out_.texts(texts_);
  }
  if (type != ColumnType::kInt && type != ColumnType::kDouble) {
    return out_.codes(cells, NumberUse::kScanned);
  }
  numbers_.clear();
  for (const std::uint32_t cell : cells) numbers_.push_back(table_.number(cell));
  return type == ColumnType::kInt ? out_.integers(numbers_) : out_.doubles(numbers_);
}

}  // namespace cairn::storage::columnar
