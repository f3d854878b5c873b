// SPDX-License-Identifier: Apache-2.0
//
// Topology: which class each row has, how far its parent's row is, where traces begin. Traces of
// one kind of request look alike: when their sequences of (class, distance) repeat, each sequence
// is stored once and a trace names it. Memory: some 5 B a row. Thread rule: immutable.
#pragma once

#include <vector>

#include "storage/columnar/segment/column/column_pages.h"
#include "storage/columnar/segment/column/column_writer.h"

namespace cairn::storage::columnar {

// Numbers that seldom need more than 16 bits.
class CompactNumbers {
 public:
  void reserve(std::size_t count) { low_.reserve(count); }
  void push_back(std::uint32_t value) {
    if (value > UINT16_MAX && high_.empty()) high_.resize(low_.size());
    if (value > UINT16_MAX || !high_.empty())
      high_.push_back(static_cast<std::uint16_t>(value >> 16));
    low_.push_back(static_cast<std::uint16_t>(value));
  }
  std::uint32_t operator[](std::size_t index) const {
    const std::uint32_t low = low_[index];
    return high_.empty() ? low : low | std::uint32_t{high_[index]} << 16;
  }
  std::size_t size() const { return low_.size(); }
  std::size_t memory_bytes() const { return 2 * (low_.capacity() + high_.capacity()); }

 private:
  std::vector<std::uint16_t> low_;
  std::vector<std::uint16_t> high_;  // empty while all are small
};

// By row, as the writer has them: number of the class among the group's, distance to the parent.
struct RowStructure {
  std::span<const std::uint32_t> classes;
  std::span<const std::uint32_t> distances;
  std::span<const RowIndex> first;  // by trace; one more, the number of rows
};
Result<void> write_topology(const RowStructure& rows, ColumnWriter& out);

class Topology {
 public:
  // Checked: every class and parent exists, rows of classes and traces add up to the directory's.
  static Result<Topology> decode(const GroupDirectory& directory, const PageReader& pages);

  // Only how many rows each trace has. Errors: kCorruption when they are not the directory's.
  static Result<std::vector<std::uint32_t>> spans_of_traces(const GroupDirectory& directory,
                                                            const PageReader& pages);

  std::size_t rows() const { return classes_.size(); }
  std::size_t traces() const { return first_.size() - 1; }
  std::uint32_t class_of(RowIndex row) const { return classes_[row]; }  // in the directory
  std::uint32_t distance(RowIndex row) const { return distances_[row]; }
  RowIndex first_row(TraceOrdinal trace) const { return first_[trace]; }
  RowIndex end_row(TraceOrdinal trace) const { return first_[trace + 1]; }
  TraceOrdinal trace_of(RowIndex row) const;
  std::size_t memory_bytes() const;

  // For each class of the directory: how many of its rows come before `row`. REQUIRES: row <
  // rows(). Moves `counts` forward when it holds those of `from`, an earlier row (or 0), and that
  // is near.
  void ranks_at(RowIndex row, RowIndex from, std::vector<std::uint32_t>& counts) const;

 private:
  Result<void> expand(const GroupDirectory& directory, const ColumnPages& pages);
  Result<void> check(const GroupDirectory& directory);

  CompactNumbers classes_;
  CompactNumbers distances_;
  std::vector<RowIndex> first_;
  std::size_t class_count_ = 0;
  std::size_t interval_ = 512;              // rows between two checkpoints
  std::vector<std::uint32_t> checkpoints_;  // class_count_ ranks each
};

}  // namespace cairn::storage::columnar
