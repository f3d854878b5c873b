// SPDX-License-Identifier: Apache-2.0
//
// CompactionPlan: which traces the inputs hold, in which pieces, and in which order they go into
// outputs. Made from the trace tables alone.
//
//   piece = the part of a trace in one row group
//   unit  = what goes into one output as a whole: all pieces of a trace, unless it has more rows
//           than an output should have
// Memory: 40 B a piece and 24 B a unit.
// Thread rule: one thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "storage/columnar/schema/row_group.h"

namespace cairn::storage::columnar {

struct TracePiece {
  model::TraceId trace_id;
  std::uint64_t start = 0;   // its first span start, unix ns
  std::uint32_t source = 0;  // index into the inputs
  std::uint32_t group = 0;   // index into the source's groups
  TraceOrdinal ordinal = 0;
  std::uint32_t rows = 0;
};

struct TraceUnit {
  std::uint64_t start = 0;  // the first of the whole trace
  std::uint32_t first_piece = 0;
  std::uint32_t pieces = 0;
  std::uint64_t rows = 0;
};

struct CompactionPlan {
  std::vector<TracePiece> pieces;  // by trace
  std::vector<TraceUnit> units;    // by start
  std::uint64_t rows_in = 0;
  std::uint64_t rows_dropped = 0;  // of traces that are not wanted: they are in no unit

  // Whether the trace of `unit` has other units.
  bool is_split(const TraceUnit& unit) const;
  // Rows of the units from `first` on.
  std::uint64_t rows_from(std::size_t first) const;
  // The end of the output that begins with unit `first`, when an output should have so many rows:
  // what is left is spread evenly over as many outputs as it takes.
  std::size_t output_end(std::size_t first, std::uint64_t rows) const;
};

// `drop_trace` may be null. `between` is called after each group; an error from it ends the call.
Result<CompactionPlan> plan_compaction(std::span<const std::shared_ptr<const SpanSource>> inputs,
                                       const std::function<bool(const model::TraceId&)>& drop_trace,
                                       std::uint64_t unit_rows,
                                       const std::function<Result<void>()>& between);

}  // namespace cairn::storage::columnar
