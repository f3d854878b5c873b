// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/trace/trace_materializer.h"

#include <algorithm>

#include "base/check.h"

namespace cairn::storage::columnar {
namespace {

// From so many rows on most values of a dictionary are wanted anyway; and all of the group's pages
// when they are a good part of it.
constexpr std::size_t kManyRows = 512;

}  // namespace

TraceMaterializer::TraceMaterializer(const PagedGroup& group, const Schema& schema,
                                     model::Batch& out, std::size_t rows)
    : group_(group),
      schema_(schema),
      out_(out),
      copier_(schema, out),
      whole_(rows >= kManyRows && rows >= group.facts().rows / 8),
      context_{group.vocabulary(), schema, group.pages(), copier_, out, rows >= kManyRows} {
}

Result<void> TraceMaterializer::open() {
  ASSIGN_OR_RETURN(directory_, group_.directory());
  ASSIGN_OR_RETURN(topology_, group_.topology());
  ASSIGN_OR_RETURN(externals_, group_.externals());
  ASSIGN_OR_RETURN(trace_starts_, group_.trace_starts());
  classes_.resize(directory_->classes.size());
  return {};
}

Result<void> TraceMaterializer::run(const PagedGroup& group, std::span<const RowIndex> rows,
                                    model::Batch& out) {
  if (rows.empty()) return {};
  ASSIGN_OR_RETURN(const auto schema, group.schema());
  TraceMaterializer made(group, *schema, out, rows.size());
  RETURN_IF_ERROR(made.open());
  std::vector<Request> requests;
  requests.reserve(rows.size());
  const std::size_t before = out.spans.size();
  for (const RowIndex row : rows) {
    CAIRN_CHECK(row < group.facts().rows);
    requests.push_back({row, static_cast<std::uint32_t>(before + requests.size())});
  }
  if (!std::ranges::is_sorted(rows)) std::ranges::sort(requests, {}, &Request::row);
  out.spans.resize(before + rows.size());
  Result<void> done;
  for (std::size_t begin = 0; begin < requests.size() && done;) {
    const TraceOrdinal trace = made.topology_->trace_of(requests[begin].row);
    std::size_t end = begin;
    while (end < requests.size() && requests[end].row < made.topology_->end_row(trace)) ++end;
    done = made.add_trace(trace, std::span(requests).subspan(begin, end - begin));
    begin = end;
  }
  // A batch never keeps spans that are half made.
  if (!done) out.spans.resize(before);
  return done;
}

// Which class row each row of the trace is, and what its class holds of their times.
Result<void> TraceMaterializer::find_rows(TraceOrdinal trace) {
  const RowIndex first = topology_->first_row(trace);
  const RowIndex end = topology_->end_row(trace);
  topology_->ranks_at(first, ranked_, ranks_);
  rows_.clear();
  touched_.clear();
  for (RowIndex row = first; row < end; ++row) {
    TraceRow made;
    made.number = topology_->class_of(row);
    ClassState& state = classes_[made.number];
    if (state.rows == 0) touched_.push_back(made.number);
    made.class_row = ranks_[made.number] + state.rows++;
    rows_.push_back(made);
  }
  for (const std::uint32_t number : touched_) RETURN_IF_ERROR(load_class(number));
  ranked_ = end;
  return {};
}

Result<std::shared_ptr<const ClassPages>> TraceMaterializer::pages_of(const ClassEntry& entry) {
  if (!whole_) return group_.class_pages(directory_, entry);
  ASSIGN_OR_RETURN(ClassPages made,
                   ClassPages::read(directory_, entry, schema_, group_.pages(), true));
  return std::make_shared<const ClassPages>(std::move(made));
}

Result<void> TraceMaterializer::load_class(std::uint32_t number) {
  ClassState& state = classes_[number];
  const ClassEntry& entry = directory_->classes[number];
  if (!state.values) {
    ASSIGN_OR_RETURN(auto pages, pages_of(entry));
    state.values = std::make_unique<ClassValues>(context_, directory_, entry, std::move(pages));
  }
  const ClassPages& pages = state.values->pages();
  const std::size_t first = ranks_[number];
  state.starts.clear();
  state.durations.clear();
  state.resources.clear();
  state.wanted.clear();
  RETURN_IF_ERROR(pages.numbers(entry.starts, entry.rows, first, state.rows, state.starts));
  RETURN_IF_ERROR(pages.numbers(entry.durations, entry.rows, first, state.rows, state.durations));
  if (!entry.resource_of_parent) {
    RETURN_IF_ERROR(pages.numbers(entry.resources, entry.rows, first, state.rows, state.resources));
  }
  ranks_[number] += std::exchange(state.rows, 0);
  return {};
}

Result<void> TraceMaterializer::set_times(TraceOrdinal trace) {
  const RowIndex first = topology_->first_row(trace);
  clock_.reset(trace_starts_[trace]);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    TraceRow& row = rows_[i];
    const ClassState& state = classes_[row.number];
    const ClassEntry& entry = directory_->classes[row.number];
    const std::uint32_t distance = topology_->distance(first + static_cast<RowIndex>(i));
    const std::size_t begin = ranks_[row.number] - state.starts.size();
    const std::size_t at = row.class_row - begin;
    row.duration = state.durations[at];
    row.start = clock_.base(entry.start_base, distance, row.duration) + state.starts[at];
    clock_.add(distance, row.start, row.duration);
    if (entry.resource_of_parent) {
      if (distance == 0) return corruption("the resource of a parent that is not there");
      row.resource = rows_[i - distance].resource;
      continue;
    }
    if (state.resources[at] >= schema_.resources.size()) return corruption("an unknown resource");
    row.resource = static_cast<ResourceId>(state.resources[at]);
  }
  return {};
}

Result<model::SpanId> TraceMaterializer::span_id(RowIndex row) {
  const std::uint32_t page = row / kSpanIdsPerPage;
  if (ids_.empty() || ids_page_ != page) {
    ASSIGN_OR_RETURN(ids_, group_.span_id_page(*directory_, page));
    ids_page_ = page;
  }
  return ids_[row % kSpanIdsPerPage];
}

Result<model::SpanId> TraceMaterializer::parent_id(RowIndex row) {
  const std::uint32_t distance = topology_->distance(row);
  if (distance != 0) return span_id(row - distance);
  const auto at = std::ranges::lower_bound(externals_->rows, row);
  if (at == externals_->rows.end() || *at != row) return model::SpanId{};
  return externals_->ids[static_cast<std::size_t>(at - externals_->rows.begin())];
}

Result<void> TraceMaterializer::set_identities(TraceOrdinal trace,
                                               std::span<const Request> requests) {
  const RowIndex first = topology_->first_row(trace);
  const std::uint32_t page = trace / kTraceIdsPerPage;
  ASSIGN_OR_RETURN(const auto trace_ids, group_.trace_id_page(*directory_, page));
  for (const Request& request : requests) {
    const TraceRow& row = rows_[request.row - first];
    const SpanClass& span_class = schema_.classes[directory_->classes[row.number].span_class];
    model::Span& span = out_.spans[request.span];
    span.trace_id = trace_ids[trace % kTraceIdsPerPage];
    ASSIGN_OR_RETURN(span.span_id, span_id(request.row));
    ASSIGN_OR_RETURN(span.parent_span_id, parent_id(request.row));
    span.start.unix_nanos = row.start;
    span.end.unix_nanos = row.start + row.duration;
    span.kind = static_cast<model::SpanKind>(span_class.kind);
    span.status.code = static_cast<model::StatusCode>(span_class.status_code);
    span.flags = span_class.flags;
    span.scope = copier_.scope(row.resource, span_class.scope);
    if (span_class.name != kNameInColumn) span.name = copier_.name(span_class.name);
    classes_[row.number].wanted.push_back({row.class_row, request.span});
  }
  return {};
}

Result<void> TraceMaterializer::add_trace(TraceOrdinal trace, std::span<const Request> requests) {
  RETURN_IF_ERROR(find_rows(trace));
  RETURN_IF_ERROR(set_times(trace));
  RETURN_IF_ERROR(set_identities(trace, requests));
  for (const std::uint32_t number : touched_) {
    ClassState& state = classes_[number];
    if (!state.wanted.empty()) RETURN_IF_ERROR(state.values->fill(state.wanted));
  }
  return {};
}

Result<void> PagedGroup::materialize(std::span<const RowIndex> rows, model::Batch& out) const {
  Result<void> done = TraceMaterializer::run(*this, rows, out);
  if (!done) return annotate(done.error(), pages_.name());
  return done;
}

}  // namespace cairn::storage::columnar
