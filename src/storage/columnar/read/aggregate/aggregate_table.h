// SPDX-License-Identifier: Apache-2.0
//
// AggregateTable: groups, their buckets of time, and what each has counted.
//
//   values of group_by ─ValueIds─► ids ─GroupKeys─► group ─(bucket)─► cell: count, numbers
//
// Memory is bounded, for conditions come from peers: what would be one group or bucket too many is
// left out, and the answer says that it is partial.
#pragma once

#include <optional>
#include <vector>

#include "storage/columnar/read/aggregate/number_summary.h"
#include "storage/columnar/read/aggregate/pair_ids.h"
#include "storage/columnar/read/aggregate/value_ids.h"
#include "storage/columnar/read/read_session.h"

namespace cairn::storage::columnar {

// Thread rule: one thread. Ownership: the request outlives it.
class AggregateTable {
 public:
  static constexpr std::uint32_t kNone = 0xffff'ffff;  // no such group: it would be one too many
  static constexpr std::uint32_t kRoot = 0;            // no value yet; absent, as a value's id
  static constexpr std::size_t kMostGroups = 200'000;
  static constexpr std::size_t kMostCells = 200'000;
  static constexpr std::size_t kMostNumbers = 100'000;  // kept as they are
  static constexpr std::size_t kMostBytes = 256_MiB;    // of histograms

  explicit AggregateTable(const AggregateRequest& request);

  // The fields whose numbers functions need, each once.
  const std::vector<Field>& fields() const { return fields_; }

  // The id of a value; kRoot stands for an absent one, kNone for one too many.
  std::uint32_t value_id(const model::AnyValue& value);
  // The group that has the values of `group` and one more: start with kRoot, add each group_by
  // field's value in turn.
  std::uint32_t extend(std::uint32_t group, std::uint32_t value);
  // The cell of a group for spans that start then.
  std::uint32_t cell(std::uint32_t group, std::uint64_t start);

  void count(std::uint32_t cell, std::uint64_t spans) { cells_[cell].count += spans; }
  void add(std::uint32_t cell, std::size_t field, double number);
  void merge(std::uint32_t cell, const LatencyHistogram& durations);

  // Ends the adding when too much memory is in use: false.
  bool fits(ReadSession& session) const;
  AggregateResult result(ReadSession& session);

 private:
  struct Level {  // what a chain of values leads to
    std::uint32_t before = 0;
    std::uint32_t value = 0;
  };
  struct Cell {
    std::uint32_t group = 0;
    model::Timestamp bucket;
    std::uint64_t count = 0;
  };
  struct LastCell {
    std::uint64_t begin = 1;
    std::uint64_t last = 0;  // before `begin`: none
    std::uint32_t cell = 0;
  };

  std::vector<std::optional<Constant>> group_values(std::uint32_t group) const;
  AggregateRow row(const Cell& cell, std::size_t index,
                   const std::vector<std::optional<Constant>>& group);

  const AggregateRequest& request_;
  std::vector<Field> fields_;
  std::vector<NumberUse> uses_;                       // by field
  std::vector<std::optional<std::size_t>> field_of_;  // by function
  ValueIds values_;
  PairIds pairs_;                     // (group so far, value) → level - 1
  std::vector<Level> levels_;         // 0: kRoot
  std::vector<std::uint32_t> first_;  // pairs_ for kRoot, by value
  PairIds cell_ids_;
  std::vector<Cell> cells_;
  std::vector<LastCell> last_cells_;    // by level
  std::vector<NumberSummary> numbers_;  // cell after cell, by field
  std::size_t exact_numbers_ = 0;
  bool exact_ = true;
  bool full_ = false;
};

}  // namespace cairn::storage::columnar
