// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/group/group_partition.h"

#include <algorithm>

#include "base/check.h"

namespace cairn::storage::columnar {
namespace {

struct TraceExtent {
  std::uint64_t start = ~std::uint64_t{0};
  std::uint32_t rows = 0;
  std::uint32_t ordinal = 0;  // in the table
};

// The traces that have rows, in the order of groups.
std::vector<TraceExtent> traces_by_start(const SpanTable& table) {
  std::vector<TraceExtent> traces(table.traces.size());
  for (std::size_t i = 0; i < traces.size(); ++i) {
    traces[i].ordinal = static_cast<std::uint32_t>(i);
  }
  const std::size_t count = table.rows.size();
  for (std::size_t i = 0; i < count;) {
    const std::span<const SpanRow> rows = table.rows.run(i, count - i);
    const std::span<const TraceOrdinal> trace_of = table.trace_of_row.run(i, rows.size());
    for (std::size_t k = 0; k < trace_of.size(); ++k) {
      TraceExtent& trace = traces[trace_of[k]];
      trace.start = std::min(trace.start, rows[k].start);
      ++trace.rows;
    }
    i += trace_of.size();
  }
  std::erase_if(traces, [](const TraceExtent& trace) { return trace.rows == 0; });
  std::ranges::sort(traces, [&](const TraceExtent& a, const TraceExtent& b) {
    if (a.start != b.start) return a.start < b.start;
    return table.traces[a.ordinal] < table.traces[b.ordinal];
  });
  return traces;
}

class Partitioner {
 public:
  Partitioner(const SpanTable& table, std::uint32_t group_rows)
      : table_(table), group_rows_(group_rows), group_of_(table.traces.size(), 0) {}

  GroupPartition run() {
    const std::vector<TraceExtent> traces = traces_by_start(table_);
    const std::size_t total = table_.rows.size();
    const std::size_t groups = std::max<std::size_t>(1, (total + group_rows_ / 2) / group_rows_);
    const std::size_t wanted = (total + groups - 1) / groups;
    for (const TraceExtent& trace : traces) {
      if (trace.rows > group_rows_) {
        place_large(trace);
        continue;
      }
      group_of_[trace.ordinal] = static_cast<std::uint32_t>(sizes_.size());
      open_ += trace.rows;
      if (open_ >= wanted) close();
    }
    close();
    GroupPartition made = collect();
    made.traces = traces.size();
    made.group_of_trace = std::move(group_of_);
    return made;
  }

 private:
  struct LargeTrace {
    std::uint32_t ordinal;
    std::uint32_t first_group;
  };

  void close() {
    if (open_ > 0) sizes_.push_back(open_);
    open_ = 0;
  }

  void place_large(const TraceExtent& trace) {
    close();
    large_.push_back({trace.ordinal, static_cast<std::uint32_t>(sizes_.size())});
    group_of_[trace.ordinal] = static_cast<std::uint32_t>(sizes_.size());
    const std::size_t pieces = (trace.rows + group_rows_ - 1) / group_rows_;
    for (std::size_t i = 0; i < pieces; ++i) {
      sizes_.push_back(trace.rows * (i + 1) / pieces - trace.rows * i / pieces);
    }
  }

  // A large trace is first collected as if all of its pieces were one group.
  GroupPartition collect() const {
    GroupPartition made;
    made.rows.resize(table_.rows.size());
    std::size_t end = 0;
    std::vector<std::size_t> at;
    for (const std::size_t size : sizes_) {
      at.push_back(end);
      end += size;
      made.ends.push_back(end);
    }
    CAIRN_CHECK(end == made.rows.size());
    for (std::size_t i = 0; i < made.rows.size();) {
      for (const TraceOrdinal trace : table_.trace_of_row.run(i, made.rows.size() - i)) {
        made.rows[at[group_of_[trace]]++] = static_cast<RowIndex>(i++);
      }
    }
    for (const LargeTrace& trace : large_) cut(made, trace, at[trace.first_group]);
    return made;
  }

  // Puts the pieces in order of start, and the rows of each in their own again.
  void cut(GroupPartition& made, const LargeTrace& trace, std::size_t end) const {
    const std::size_t begin = trace.first_group == 0 ? 0 : made.ends[trace.first_group - 1];
    const auto rows = std::span(made.rows).subspan(begin, end - begin);
    std::ranges::sort(rows, {},
                      [&](RowIndex row) { return std::pair(table_.rows[row].start, row); });
    std::size_t from = begin;
    for (std::size_t group = trace.first_group; from < end; ++group) {
      std::ranges::sort(std::span(made.rows).subspan(from, made.ends[group] - from));
      from = made.ends[group];
    }
  }

  const SpanTable& table_;
  std::uint32_t group_rows_;
  std::vector<std::uint32_t> group_of_;  // by the table's trace ordinal: its first group
  std::vector<std::size_t> sizes_;       // of closed groups
  std::size_t open_ = 0;                 // rows in the group being filled
  std::vector<LargeTrace> large_;
};

}  // namespace

GroupPartition partition_rows(const SpanTable& table, std::uint32_t group_rows) {
  CAIRN_CHECK(group_rows > 0);
  return Partitioner(table, group_rows).run();
}

}  // namespace cairn::storage::columnar
