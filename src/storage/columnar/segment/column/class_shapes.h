// SPDX-License-Identifier: Apache-2.0
//
// ClassShapes: which shape each row of a class has, and with it which columns. A column holds
// values only for the rows that have it; rank() is where a row's value stands. Thread rule:
// immutable.
#pragma once

#include <vector>

#include "storage/columnar/segment/group/group_directory.h"

namespace cairn::storage::columnar {

class ClassShapes {
 public:
  // From the bytes of entry.shapes' page. Checked: the shapes are of the class, they name the
  // class's columns and no others, and as many rows have each column as it has values.
  // Only a few rows' values are looked up by rank(): others spare the time it takes to prepare.
  // Errors: kCorruption.
  enum class Ranks : std::uint8_t { kNone, kPrepared };
  static Result<ClassShapes> decode(const GroupDirectory& directory, const ClassEntry& entry,
                                    const Schema& schema, ByteView page, Ranks ranks);

  ShapeId shape(std::uint32_t class_row) const {
    return uniform() ? shapes_.front() : shapes_[of_row_[class_row]];
  }
  // `column` is an index into columns_of(entry).
  bool has(std::size_t column, std::uint32_t class_row) const {
    return whole_[column] != 0 || holds(of_row_[class_row], column);
  }
  // Rows with the column before `class_row`. REQUIRES: Ranks::kPrepared.
  std::uint32_t rank(std::size_t column, std::uint32_t class_row) const;
  // Rows of [begin, end) with the column. REQUIRES: as rank().
  std::uint32_t count(std::size_t column, std::uint32_t begin, std::uint32_t end) const;
  // 1 for each row with the column; empty when all have it.
  std::vector<std::uint8_t> present(std::size_t column) const;
  std::vector<ShapeId> all() const;
  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t kInterval = 256;  // rows between two checkpoints

  bool uniform() const { return of_row_.empty(); }
  bool holds(std::uint32_t shape, std::size_t column) const {
    return columns_of_shape_[shape * whole_.size() + column] != 0;
  }
  std::uint32_t count_one_by_one(std::size_t column, std::size_t begin, std::size_t end) const;
  Result<void> read_shapes(const GroupDirectory& directory, const ClassEntry& entry,
                           const Schema& schema, ByteView page);
  Result<void> count_columns(const GroupDirectory& directory, const ClassEntry& entry,
                             const Schema& schema);
  void make_checkpoints();

  std::uint32_t rows_ = 0;
  std::vector<ShapeId> shapes_;                 // each once
  std::vector<std::uint32_t> of_row_;           // index into shapes_; empty when there is one only
  std::vector<std::uint8_t> columns_of_shape_;  // by shape and column
  std::vector<std::uint8_t> whole_;             // by column: all rows have it
  std::vector<std::uint32_t> partial_;          // by column: its number among those not whole
  std::size_t partial_count_ = 0;
  std::vector<std::uint32_t> checkpoints_;  // ranks of the partial columns
};

}  // namespace cairn::storage::columnar
