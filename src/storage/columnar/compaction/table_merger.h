// SPDX-License-Identifier: Apache-2.0
//
// TableMerger: appends rows of row groups to a SpanTable, code to code. Whole spans are never made:
// shapes, resources and dictionary codes of a source are translated once each, rows by looking
// them up.
//
//   source: shape 7, resource 2, column 3 code 91 ──mapping of the source──► table's shape, cells
//
// Thread rule: one thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "storage/columnar/compaction/class_reader.h"
#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

// Which rows stay, besides those whose trace is not wanted. Null functions keep everything.
struct RowFilter {
  std::function<bool(std::string_view service)> drop_service;
  std::function<bool(model::Timestamp start)> drop_start;
};

class TableMerger {
 public:
  // Appends to `table`, which is empty and outlives it, as `filter` does.
  TableMerger(SpanTable& table, const RowFilter& filter)
      : table_(table), filter_(filter), vocabulary_(table.schema), cells_(table) {}

  // The groups that follow belong to a source with this schema. What was known of the last one is
  // forgotten.
  void begin_source(std::shared_ptr<const Schema> schema);

  // Appends the rows of the traces that `wanted` (by the group's TraceOrdinal) gives a number;
  // traces with one number are one trace. kUnmapped: not wanted. `between` is called after each
  // class; an error from it ends the call.
  // Errors: those of the group; kCorruption when its arrays do not fit together.
  Result<void> append(const RowGroup& group, std::span<const std::uint32_t> wanted,
                      const std::function<Result<void>()>& between);

  // Rows of wanted traces that the filter kept out.
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Selected {
    std::uint32_t class_row = 0;
    RowIndex row = 0;
    TraceOrdinal trace = 0;  // in the group
  };

  Result<void> append_class(const RowGroup& group, const ClassRows& class_rows);
  Result<void> select(const Pinned<RowIndex>& rows);
  Result<void> append_row(const Selected& selected, ClassReader& reader);
  bool drops(ResourceId resource, std::uint64_t start);
  TraceOrdinal table_trace(TraceOrdinal in_group);

  SpanTable& table_;
  const RowFilter& filter_;
  VocabularyMerger vocabulary_;
  CellMerger cells_;
  std::unique_ptr<MergeSource> source_;
  std::vector<std::uint8_t> drops_resource_;  // of the source: 0 not asked yet, 1 no, 2 yes
  std::vector<TraceOrdinal> traces_;  // by number: in the table, kUnmapped when it has no row yet
  std::vector<Selected> selected_;
  std::vector<std::uint32_t> row_cells_;
  std::uint64_t dropped_ = 0;

  // Of the group at hand.
  std::span<const std::uint32_t> wanted_;
  Pinned<model::TraceId> trace_ids_;
  Pinned<TraceOrdinal> trace_of_rows_;
  Pinned<model::SpanId> span_ids_;
  Pinned<model::SpanId> parent_span_ids_;
};

}  // namespace cairn::storage::columnar
