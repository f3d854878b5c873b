// SPDX-License-Identifier: Apache-2.0
//
// SpanTable: spans as rows of codes, in memory. What a head grows, a WAL record is a slice of, a
// segment is written from and a compaction collects into.
//
//   rows   64 B each ──first_cell──► cells: one u32 per attribute of the row's shape
//                    ──extra───────► extras: the seldom parts as bytes (encode_extra)
//   cells  by column type:
//          bool     0 or 1                empty    0
//          int      the value when 0 … 2^31-1, else kElsewhere | index into `wide`
//          double   kElsewhere | index into `wide` (IEEE bits)
//          texts    code in the column's dictionary, or kElsewhere | index into `texts`
//
// A text column turns "plain" (texts instead of codes) once its values hardly repeat; codes given
// before stay.
// Thread rule: one writer; readers may use rows below a published count and all they refer to.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "model/ids.h"
#include "model/timestamp.h"
#include "storage/columnar/schema/row_group.h"

namespace cairn::storage::columnar {

struct SpanRow {
  model::TraceId trace_id;
  model::SpanId span_id;
  model::SpanId parent_span_id;
  std::uint64_t start = 0;     // unix ns
  std::uint64_t duration = 0;  // end - start modulo 2^64, so that any pair of times comes back
  ShapeId shape = 0;
  ResourceId resource = 0;
  std::uint32_t first_cell = 0;
  std::uint32_t extra = 0;  // index into `extras` plus 1; 0: none
};
static_assert(sizeof(SpanRow) == 64);

inline constexpr std::uint32_t kElsewhere = 0x8000'0000;

struct SpanTable {
  Schema schema;
  StableVector<std::unique_ptr<StableVector<std::string_view>>> dictionaries;  // by ColumnId
  StableVector<SpanRow> rows;
  StableVector<std::uint32_t> cells;
  StableVector<std::uint64_t> wide;
  StableVector<std::string_view> texts;
  StableVector<std::string_view> extras;  // bytes
  Arena arena;                            // texts, dictionary values, extras

  // Traces in order of first arrival, and each row's.
  StableVector<model::TraceId> traces;
  StableVector<TraceOrdinal> trace_of_row;

  // Makes all rows so far, and what they refer to, visible to readers. `grown`: the columns whose
  // dictionaries got values since the last call; others may be named too.
  void publish(std::span<const ColumnId> grown);
  std::size_t memory_bytes() const;

  // Whether `column` holds texts that stand as they are.
  static bool is_elsewhere(std::uint32_t cell) { return (cell & kElsewhere) != 0; }
  std::string_view text(ColumnId column, std::uint32_t cell) const {
    return is_elsewhere(cell) ? texts[cell & ~kElsewhere] : (*dictionaries[column])[cell];
  }
  std::uint64_t number(std::uint32_t cell) const {
    return is_elsewhere(cell) ? wide[cell & ~kElsewhere] : cell;
  }
};

// Whole spans from rows, appended to `out`; copies everything they point at.
void materialize(const SpanTable& table, std::span<const RowIndex> rows, model::Batch& out);

}  // namespace cairn::storage::columnar
