// SPDX-License-Identifier: Apache-2.0
//
// RowGroup and SpanSource: what queries read, whether the spans are still in a head or already in a
// segment. Everything is codes and plain arrays; the meaning of a code is in the source's Schema.
//
//   SpanSource (a head at one moment, a segment)
//     └ RowGroup: up to some 64 Ki rows      rows 0 … n-1
//         ├ classes: the rows of class c are its class rows 0 … m-1, ascending by row
//         └ traces:  the rows of a trace; in a segment they are one range, parents before children
//
// A trace is in one row group of a source, except when it is larger than a group. The rows of a
// source are distinct spans: duplicates were dropped before.
//
// Arrays come as Pinned: cheap to copy, valid as long as one copy lives.
// Errors: kCorruption for bytes that do not check, with the source's name; kUnavailable when the
// disk fails. A head never fails.
// Thread rule: immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/batch.h"
#include "storage/columnar/schema/schema.h"

namespace cairn::storage::columnar {

using RowIndex = std::uint32_t;      // in a row group
using TraceOrdinal = std::uint32_t;  // of a trace in a row group

// An array together with what keeps it alive.
template <typename T>
struct Pinned {
  std::shared_ptr<const void> owner;
  std::span<const T> view;

  static Pinned own(std::vector<T> values) {
    auto owner = std::make_shared<const std::vector<T>>(std::move(values));
    return {owner, std::span<const T>(*owner)};
  }
  std::size_t size() const { return view.size(); }
  bool empty() const { return view.empty(); }
  const T& operator[](std::size_t index) const { return view[index]; }
};

struct GroupFacts {
  std::uint32_t rows = 0;
  std::uint32_t traces = 0;
  // Over span starts, inclusive; nothing starts outside. max_start also bounds trace starts.
  model::Timestamp min_start;
  model::Timestamp max_start;
  // The longest time from a first start to a last end of one trace in this group.
  std::uint64_t max_trace_duration = 0;
};

struct ClassRows {
  ClassId span_class = 0;
  std::uint32_t rows = 0;
};

// The values of one column on the rows of one class.
struct ColumnValues {
  // One byte a class row, 0 where the row has no such attribute. Empty: all rows have it.
  Pinned<std::uint8_t> present;
  // One value that all rows with the attribute share; then the array below that is in use holds one
  // element. Otherwise it holds one a class row, with anything where the attribute is absent.
  bool constant = false;
  // In use by type: codes into the column's dictionary or texts as they are (ColumnType::kString …
  // kName); numbers: ints as two's complement, doubles as IEEE bits, bools as 0 or 1; none of them
  // for kEmpty.
  Pinned<std::uint32_t> codes;
  Pinned<std::string_view> texts;
  Pinned<std::uint64_t> numbers;
};

// What a row group knows of the part of each trace it holds; arrays by TraceOrdinal.
struct TraceTable {
  Pinned<model::TraceId> ids;
  Pinned<std::uint64_t> starts;     // the first span start, unix ns
  Pinned<std::uint64_t> durations;  // TraceSummary::duration of these spans, ns
  Pinned<std::uint32_t> spans;
  Pinned<std::uint32_t> errors;  // status code error
};

class RowGroup {
 public:
  virtual ~RowGroup() = default;

  virtual const GroupFacts& facts() const = 0;
  // What the codes mean; the same object for all groups of a source.
  virtual Result<std::shared_ptr<const Schema>> schema() const = 0;
  // The values that codes of a text column stand for. Empty for a column whose values stand as
  // they are (ColumnValues::texts).
  virtual Result<Pinned<std::string_view>> dictionary(ColumnId column) const = 0;

  // The classes with rows here, ascending.
  virtual Result<std::vector<ClassRows>> classes() const = 0;
  // The columns that some row of the class has, ascending.
  virtual Result<Pinned<ColumnId>> columns(ClassId span_class) const = 0;

  // Arrays by class row.
  virtual Result<Pinned<RowIndex>> rows(ClassId span_class) const = 0;
  virtual Result<Pinned<std::uint64_t>> starts(ClassId span_class) const = 0;
  virtual Result<Pinned<std::uint64_t>> durations(
      ClassId span_class) const = 0;  // end - start mod 2^64
  virtual Result<Pinned<ResourceId>> resources(ClassId span_class) const = 0;
  virtual Result<Pinned<ShapeId>> shapes(ClassId span_class) const = 0;
  // 1 where the row has seldom parts (encode_extra): events, links, trace state, status message, or
  // attributes outside columns. Empty: no row of the class has.
  virtual Result<Pinned<std::uint8_t>> has_extra(ClassId span_class) const = 0;
  // The seldom parts themselves by class row, as encode_extra() wrote them; empty where there are
  // none. Empty array: no row of the class has. For whoever copies rows without looking into them.
  virtual Result<Pinned<std::string_view>> extras(ClassId span_class) const = 0;
  // REQUIRES: `column` is one of columns(span_class).
  virtual Result<ColumnValues> column(ClassId span_class, ColumnId column) const = 0;
  // The same without gaps: one value for each row that has the attribute, in their order, or one
  // that they share; `present` stays empty. For whoever reads all rows once: nothing is kept, and
  // an attribute of few rows costs what these rows cost. REQUIRES: as column().
  virtual Result<ColumnValues> dense_column(ClassId span_class, ColumnId column) const;

  // Arrays by row.
  virtual Result<Pinned<model::SpanId>> span_ids() const = 0;
  virtual Result<Pinned<model::SpanId>> parent_span_ids() const = 0;
  virtual Result<Pinned<TraceOrdinal>> trace_of_rows() const = 0;

  virtual Result<TraceTable> traces() const = 0;
  // The rows of one trace, appended to `out`.
  virtual Result<void> rows_of_trace(TraceOrdinal trace, std::vector<RowIndex>& out) const = 0;
  // Whole spans, appended to `out` in the order of `rows`, which copies what they point at. Cost:
  // what the traces of these rows need, not the whole group.
  virtual Result<void> materialize(std::span<const RowIndex> rows, model::Batch& out) const = 0;
};

struct TracePlace {
  std::uint32_t group = 0;  // index into SpanSource::groups()
  TraceOrdinal trace = 0;
};

class PreAggregates;

class SpanSource {
 public:
  virtual ~SpanSource() = default;

  virtual const std::string& name() const = 0;  // "segment 7", "head 3"
  virtual std::span<const std::shared_ptr<const RowGroup>> groups() const = 0;
  // Where the trace is, one place a group; empty when it is not here.
  // Cost: some nanoseconds for a trace that is not here.
  virtual Result<std::vector<TracePlace>> find(const model::TraceId& id) const = 0;
  // Counts and latencies by service, operation and time, or null where there are none.
  virtual Result<std::shared_ptr<const PreAggregates>> pre_aggregates() const = 0;
};

}  // namespace cairn::storage::columnar
