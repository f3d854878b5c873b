// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/scan/span_scan.h"

#include <algorithm>

#include "storage/api/field_values.h"
#include "storage/columnar/read/condition/column_value.h"
#include "storage/columnar/read/search/fragment_reader.h"

namespace cairn::storage::columnar {

using model::AnyValue;

void BlockBuilder::row(const model::TraceId& trace, const model::SpanId& span,
                       const model::SpanId& parent) {
  trace_ids_.push_back(trace);
  span_ids_.push_back(span);
  parent_span_ids_.push_back(parent);
}

bool BlockBuilder::give() {
  if (empty()) return true;
  ScanBlock block;
  block.trace_ids = trace_ids_;
  block.span_ids = span_ids_;
  block.parent_span_ids = parent_span_ids_;
  block.columns.assign(columns_.begin(), columns_.end());
  const bool go_on = sink_(block);
  trace_ids_.clear();
  span_ids_.clear();
  parent_span_ids_.clear();
  for (auto& column : columns_) column.clear();
  arena_.clear();
  return go_on;
}

SpanScan::SpanScan(const ScanRequest& request, RowMatcher& matcher, ReadSession& session,
                   const ScanSink& sink)
    : request_(request),
      matcher_(matcher),
      session_(session),
      places_(session),
      block_(request.projection.size(), sink) {
  for (const Field& field : request.projection) readers_.emplace_back(field);
}

void SpanScan::run() {
  if (done()) return;
  for (const GroupPlace& place : session_.newest_groups()) {
    if (done()) break;
    if (session_.lost(place.source)) continue;
    if (overlap(session_.group(place).facts(), request_.range) == Overlap::kNone) continue;
    const Result<void> outcome = add_group(place);
    if (!outcome) session_.lose(place.source, outcome.error());
    // Values point into the group.
    if (!stopped_ && !block_.give()) stopped_ = true;
    matches_.clear();
    classes_.clear();
  }
}

Result<void> SpanScan::add_group(const GroupPlace& place) {
  GroupView group(session_.group(place));
  ASSIGN_OR_RETURN(const auto classes, group.classes());
  for (const ClassRows& rows : classes) {
    if (done()) return {};
    RETURN_IF_ERROR(match_class(group, rows));
  }
  std::ranges::sort(matches_, [](const Match& a, const Match& b) {
    return a.trace != b.trace ? a.trace < b.trace : a.row < b.row;
  });
  ASSIGN_OR_RETURN(const TraceTable* traces, group.traces());
  const std::span<const Match> all = matches_;
  for (std::size_t at = 0; at < all.size() && !done();) {
    std::size_t end = at + 1;
    while (end < all.size() && all[end].trace == all[at].trace) ++end;
    const model::TraceId& id = traces->ids[all[at].trace];
    const std::span<const Match> here = all.subspan(at, end - at);
    at = end;
    if (given_.contains(id)) continue;
    const std::vector<Fragment> parts = places_.find(id, {place, here.front().trace});
    const bool alone = parts.empty() || (parts.size() == 1 && parts.front().place == place);
    if (alone) {
      RETURN_IF_ERROR(give_trace(group, here));
    } else {
      given_.insert(id);
      give_scattered(parts);
    }
  }
  return {};
}

Result<void> SpanScan::match_class(GroupView& group, const ClassRows& rows) {
  auto view = std::make_unique<ClassView>(group, rows);
  ASSIGN_OR_RETURN(const Verdicts verdicts, matcher_.match(*view));
  const std::vector<std::uint32_t> matching = rows_with(verdicts, Verdict::kYes, view->size());
  if (matching.empty()) return {};
  ASSIGN_OR_RETURN(const auto all_rows, view->rows());
  ASSIGN_OR_RETURN(const auto trace_of_rows, group.trace_of_rows());
  const auto index = static_cast<std::uint32_t>(classes_.size());
  for (const std::uint32_t class_row : matching) {
    const RowIndex row = all_rows[class_row];
    matches_.push_back({trace_of_rows[row], row, index, class_row});
  }
  ClassValues values;
  for (FieldReader& reader : readers_) {
    ASSIGN_OR_RETURN(FieldColumn column, reader.read(*view));
    values.columns.push_back(std::move(column));
  }
  values.view = std::move(view);
  classes_.push_back(std::move(values));
  return {};
}

Result<void> SpanScan::give_trace(GroupView& group, std::span<const Match> matches) {
  ASSIGN_OR_RETURN(const TraceTable* traces, group.traces());
  ASSIGN_OR_RETURN(const auto span_ids, group.span_ids());
  ASSIGN_OR_RETURN(const auto parents, group.parent_span_ids());
  std::vector<AnyValue> values(readers_.size());
  for (const Match& match : matches) {
    const std::vector<FieldColumn>& columns = classes_[match.in_class].columns;
    bool open = false;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      open = open || columns[i].is_open(match.class_row);
      values[i] = columns[i].value(match.class_row);
    }
    if (open) RETURN_IF_ERROR(fill_open(group, match, values));
    block_.row(traces->ids[match.trace], span_ids[match.row], parents[match.row]);
    for (std::size_t i = 0; i < values.size(); ++i) block_.value(i, values[i]);
    if (!block_.full()) continue;
    stopped_ = !block_.give();
    if (done()) return {};
  }
  return {};
}

// Values that only the whole span has.
Result<void> SpanScan::fill_open(GroupView& group, const Match& match,
                                 std::vector<AnyValue>& values) {
  model::Batch batch;
  RETURN_IF_ERROR(group.group().materialize(std::span(&match.row, 1), batch));
  if (batch.spans.size() != 1) return corruption("row group: rows are missing");
  const SpanRef ref{&batch, &batch.spans.front()};
  const std::vector<FieldColumn>& columns = classes_[match.in_class].columns;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!columns[i].is_open(match.class_row)) continue;
    const AnyValue value = first_value(ref, request_.projection[i], block_.arena());
    values[i] = model::deep_copy(block_.arena(), value);
  }
  return {};
}

void SpanScan::give_scattered(const std::vector<Fragment>& fragments) {
  visit_chunks(fragments, session_, [&](const model::Batch& chunk) {
    for (const model::Span& span : chunk.spans) {
      const SpanRef ref{&chunk, &span};
      if (!request_.range.contains(span.start) || !matcher_.matcher().matches_span(ref)) continue;
      give_span(ref);
      if (stopped_) return false;
    }
    return true;
  });
}

void SpanScan::give_span(const SpanRef& ref) {
  block_.row(ref.span->trace_id, ref.span->span_id, ref.span->parent_span_id);
  for (std::size_t i = 0; i < request_.projection.size(); ++i) {
    const AnyValue value = first_value(ref, request_.projection[i], block_.arena());
    block_.value(i, model::deep_copy(block_.arena(), value));
  }
  if (block_.full()) stopped_ = !block_.give();
}

}  // namespace cairn::storage::columnar
