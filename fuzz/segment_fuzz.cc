// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a segment file, read with and without checksums (a mutation never keeps them): open,
// check, describe, and every question that a row group answers. Nothing may crash or allocate
// without bound; where check() finds nothing wrong, every question has an answer.
#include <cstdint>
#include <cstdlib>
#include <numeric>

#include "storage/columnar/fs/testing/fault_file_system.h"
#include "storage/columnar/segment/segment_file.h"

using namespace cairn;
using namespace cairn::storage::columnar;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// Reads everything of a class. False when something could not be read.
bool read_class(const RowGroup& group, const ClassRows& of) {
  const auto rows = group.rows(of.span_class);
  bool good = rows && rows->size() == of.rows;
  good &= group.starts(of.span_class).has_value();
  good &= group.durations(of.span_class).has_value();
  good &= group.resources(of.span_class).has_value();
  good &= group.shapes(of.span_class).has_value();
  good &= group.has_extra(of.span_class).has_value();
  good &= group.extras(of.span_class).has_value();
  const auto columns = group.columns(of.span_class);
  if (!columns) return false;
  for (const ColumnId column : columns->view) {
    good &= group.column(of.span_class, column).has_value();
    good &= group.dictionary(column).has_value();
  }
  return good;
}

bool read_traces(const Segment& segment, const RowGroup& group, const TraceTable& traces) {
  bool good = true;
  for (std::size_t i = 0; i < traces.ids.size(); ++i) {
    std::vector<RowIndex> rows;
    good &= group.rows_of_trace(static_cast<TraceOrdinal>(i), rows).has_value();
    const auto places = segment.find(traces.ids[i]);
    good &= places && !places->empty();
  }
  return good;
}

bool read_group(const Segment& segment, const RowGroup& group) {
  bool good = group.schema().has_value();
  const auto classes = group.classes();
  if (!classes) return false;
  for (const ClassRows& of : *classes) good &= read_class(group, of);
  good &= group.span_ids().has_value();
  good &= group.parent_span_ids().has_value();
  good &= group.trace_of_rows().has_value();
  const auto traces = group.traces();
  if (!traces) return false;
  good &= read_traces(segment, group, *traces);
  // A file can claim any number of rows; what it holds shows elsewhere.
  const std::size_t count = good ? group.facts().rows : std::min(group.facts().rows, 1000U);
  std::vector<RowIndex> rows(count);
  std::iota(rows.begin(), rows.end(), 0U);
  model::Batch batch;
  good &= group.materialize(rows, batch).has_value();
  return good && batch.spans.size() == count;
}

void read_segment(FileSystem& disk, Checksums checksums) {
  PageCache cache(1_MiB);
  const auto core = SegmentCore::open(disk, "7.seg", 7, cache, checksums);
  if (!core) return;
  const SegmentFile segment(*core);
  const bool checked = segment.check().has_value();
  bool good = segment.column_bytes().has_value();
  good &= segment.describe().has_value();
  good &= segment.pre_aggregates().has_value();
  for (const auto& group : segment.groups()) good &= read_group(segment, *group);
  require(good || !checked);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FaultFileSystem disk;
  disk.put("7.seg", std::as_bytes(std::span(data, size)));
  read_segment(disk, Checksums::kVerified);
  read_segment(disk, Checksums::kIgnored);
  return 0;
}
