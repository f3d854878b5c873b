// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/trace_lists.h"

#include <algorithm>

namespace cairn::storage::columnar {
namespace {

struct TraceSums {
  std::uint64_t start = ~std::uint64_t{0};
  std::uint64_t end = 0;
  std::uint32_t spans = 0;
  std::uint32_t errors = 0;
};

// 1 for the shapes of spans with status error.
std::vector<std::uint8_t> failed_shapes(const SpanTable& table) {
  constexpr auto kError = static_cast<std::int32_t>(model::StatusCode::kError);
  std::vector<std::uint8_t> failed(table.schema.shapes.published_size());
  for (ShapeId id = 0; id < failed.size(); ++id) {
    const SpanClass& span_class = table.schema.classes[table.schema.shapes[id].span_class];
    failed[id] = span_class.status_code == kError ? 1 : 0;
  }
  return failed;
}

std::vector<TraceSums> sum_up(const SpanTable& table, const GroupFacts& facts) {
  const std::vector<std::uint8_t> failed = failed_shapes(table);
  std::vector<TraceSums> sums(facts.traces);
  for (std::uint32_t i = 0; i < facts.rows;) {
    for (const SpanRow& row : table.rows.run(i, facts.rows - i)) {
      TraceSums& trace = sums[table.trace_of_row[i++]];
      trace.start = std::min(trace.start, row.start);
      trace.end = std::max(trace.end, row.start + row.duration);
      trace.spans += 1;
      trace.errors += failed[row.shape];
    }
  }
  return sums;
}

}  // namespace

TraceTable make_trace_table(const SpanTable& table, const GroupFacts& facts) {
  constexpr auto kMost = static_cast<std::uint64_t>(Duration::max().count());
  std::vector<model::TraceId> ids(facts.traces);
  std::vector<std::uint64_t> starts(facts.traces);
  std::vector<std::uint64_t> durations(facts.traces);
  std::vector<std::uint32_t> spans(facts.traces);
  std::vector<std::uint32_t> errors(facts.traces);
  const std::vector<TraceSums> sums = sum_up(table, facts);
  for (TraceOrdinal trace = 0; trace < facts.traces; ++trace) {
    const TraceSums& sum = sums[trace];
    ids[trace] = table.traces[trace];
    starts[trace] = sum.start;
    durations[trace] = sum.end > sum.start ? std::min(sum.end - sum.start, kMost) : 0;
    spans[trace] = sum.spans;
    errors[trace] = sum.errors;
  }
  return {
      Pinned<model::TraceId>::own(std::move(ids)), Pinned<std::uint64_t>::own(std::move(starts)),
      Pinned<std::uint64_t>::own(std::move(durations)),
      Pinned<std::uint32_t>::own(std::move(spans)), Pinned<std::uint32_t>::own(std::move(errors))};
}

}  // namespace cairn::storage::columnar
