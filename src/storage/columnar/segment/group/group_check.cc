// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/group/group_check.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace cairn::storage::columnar {
namespace {

class GroupCheck {
 public:
  explicit GroupCheck(const SegmentGroup& group) : group_(group) {}

  Result<void> run() {
    ASSIGN_OR_RETURN(table_, group_.traces());
    ASSIGN_OR_RETURN(trace_of_, group_.trace_of_rows());
    starts_.resize(group_.facts().rows);
    ends_.resize(group_.facts().rows);
    failed_.resize(group_.facts().rows);
    RETURN_IF_ERROR(check_classes());
    RETURN_IF_ERROR(check_traces());
    RETURN_IF_ERROR(check_parents());
    return check_spans();
  }

 private:
  Result<void> check_classes() {
    ASSIGN_OR_RETURN(const auto schema, group_.schema());
    ASSIGN_OR_RETURN(const auto classes, group_.classes());
    std::vector<std::uint8_t> seen(group_.facts().rows, 0);
    for (const ClassRows& entry : classes) {
      ASSIGN_OR_RETURN(const auto rows, group_.rows(entry.span_class));
      ASSIGN_OR_RETURN(const auto starts, group_.starts(entry.span_class));
      ASSIGN_OR_RETURN(const auto durations, group_.durations(entry.span_class));
      const auto code =
          static_cast<model::StatusCode>(schema->classes[entry.span_class].status_code);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (std::exchange(seen[rows[i]], 1) != 0) return corruption("a row in two classes");
        starts_[rows[i]] = starts[i];
        ends_[rows[i]] = starts[i] + durations[i];
        failed_[rows[i]] = code == model::StatusCode::kError;
      }
      RETURN_IF_ERROR(check_columns(entry.span_class));
    }
    if (!std::ranges::all_of(seen, [](std::uint8_t is) { return is != 0; })) {
      return corruption("a row without a class");
    }
    return {};
  }

  Result<void> check_columns(ClassId span_class) {
    RETURN_IF_ERROR(drop(group_.resources(span_class)));
    RETURN_IF_ERROR(drop(group_.shapes(span_class)));
    RETURN_IF_ERROR(drop(group_.has_extra(span_class)));
    RETURN_IF_ERROR(drop(group_.extras(span_class)));
    ASSIGN_OR_RETURN(const auto columns, group_.columns(span_class));
    for (const ColumnId column : columns.view)
      RETURN_IF_ERROR(drop(group_.column(span_class, column)));
    return {};
  }

  template <typename T>
  static Result<void> drop(const Result<T>& made) {
    if (!made) return made.error();
    return {};
  }

  Result<void> check_traces() {
    const GroupFacts& facts = group_.facts();
    std::vector<RowIndex> rows;
    std::uint64_t longest = 0;
    model::Timestamp earliest = model::Timestamp::max();
    model::Timestamp latest;
    for (TraceOrdinal trace = 0; trace < facts.traces; ++trace) {
      rows.clear();
      RETURN_IF_ERROR(group_.rows_of_trace(trace, rows));
      model::Timestamp start = model::Timestamp::max();
      model::Timestamp end;
      std::uint32_t errors = 0;
      for (const RowIndex row : rows) {
        start = std::min(start, {starts_[row]});
        end = std::max(end, {ends_[row]});
        latest = std::max(latest, {starts_[row]});
        errors += failed_[row];
        if (trace_of_[row] != trace) return corruption("a row in two traces");
      }
      const Duration lasted = end > start ? model::Timestamp::between(start, end) : Duration(0);
      const auto duration = static_cast<std::uint64_t>(lasted.count());
      if (table_.starts[trace] != start.unix_nanos || table_.durations[trace] != duration ||
          table_.spans[trace] != rows.size() || table_.errors[trace] != errors) {
        return corruption(fmt::format("the summary of trace {} is not that of its rows", trace));
      }
      ASSIGN_OR_RETURN(const auto found, group_.find(table_.ids[trace]));
      if (found != trace) return corruption(fmt::format("trace {} is not found", trace));
      longest = std::max(longest, duration);
      earliest = std::min(earliest, start);
    }
    if (earliest != facts.min_start || latest != facts.max_start ||
        longest != facts.max_trace_duration) {
      return corruption("the facts are not those of the rows");
    }
    return {};
  }

  Result<void> check_parents() {
    ASSIGN_OR_RETURN(const auto ids, group_.span_ids());
    ASSIGN_OR_RETURN(const auto parents, group_.parent_span_ids());
    if (ids.size() != group_.facts().rows || parents.size() != ids.size()) {
      return corruption("ids of rows");
    }
    return {};
  }

  // Extras and values that are encoded themselves.
  Result<void> check_spans() {
    constexpr std::size_t kAtOnce = 4096;
    std::vector<RowIndex> rows;
    for (RowIndex row = 0; row < group_.facts().rows; ++row) {
      rows.push_back(row);
      if (rows.size() < kAtOnce && row + 1 < group_.facts().rows) continue;
      model::Batch batch;
      RETURN_IF_ERROR(group_.materialize(rows, batch));
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const model::Span& span = batch.spans[i];
        if (span.start.unix_nanos != starts_[rows[i]] || span.end.unix_nanos != ends_[rows[i]] ||
            span.trace_id != table_.ids[trace_of_[rows[i]]]) {
          return corruption(fmt::format("row {} is not what its columns say", rows[i]));
        }
      }
      rows.clear();
    }
    return {};
  }

  const SegmentGroup& group_;
  TraceTable table_;
  Pinned<TraceOrdinal> trace_of_;
  std::vector<std::uint64_t> starts_;
  std::vector<std::uint64_t> ends_;
  std::vector<std::uint8_t> failed_;
};

}  // namespace

Result<void> check_group(const SegmentGroup& group) {
  return GroupCheck(group).run();
}

}  // namespace cairn::storage::columnar
