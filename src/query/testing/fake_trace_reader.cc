// SPDX-License-Identifier: Apache-2.0
#include "query/testing/fake_trace_reader.h"

#include <algorithm>
#include <map>

#include "storage/api/condition_matcher.h"
#include "storage/api/field_values.h"
#include "storage/api/trace_summary.h"

namespace cairn::query {
namespace {

using storage::SpanRef;
using Batches = std::vector<std::shared_ptr<const model::Batch>>;

// The spans of each trace.
std::map<model::TraceId, std::vector<SpanRef>> by_trace(const Batches& batches) {
  std::map<model::TraceId, std::vector<SpanRef>> traces;
  for (const auto& batch : batches) {
    for (const model::Span& span : batch->spans) {
      traces[span.trace_id].push_back({batch.get(), &span});
    }
  }
  return traces;
}

// The spans that start in the range and satisfy the condition.
Result<std::vector<SpanRef>> matching(const Batches& batches, const storage::Condition& condition,
                                      const storage::TimeRange& range) {
  ASSIGN_OR_RETURN(const auto matcher, storage::ConditionMatcher::for_spans(condition));
  std::vector<SpanRef> found;
  for (const auto& [id, spans] : by_trace(batches)) {
    std::ranges::copy_if(spans, std::back_inserter(found), [&](const SpanRef& ref) {
      return range.contains(ref.span->start) && matcher.matches_span(ref);
    });
  }
  return found;
}

storage::SearchCursor place_of(const storage::TraceSummary& summary, storage::SearchOrder order) {
  return {storage::order_value(order, summary), summary.id};
}

}  // namespace

Result<storage::Completeness> FakeTraceReader::traces(const storage::ReadContext&,
                                                      const storage::TracesRequest& request,
                                                      const storage::TraceSink& sink) {
  if (failure) return *failure;
  traces_requests.push_back(request);
  const auto traces = by_trace(batches_);
  // Backwards, since no order is promised; one Batch for all chunks, as engines may do.
  model::Batch chunk;
  for (auto id = request.ids.rbegin(); id != request.ids.rend(); ++id) {
    const auto found = traces.find(*id);
    if (found == traces.end()) continue;
    const std::span<const SpanRef> spans(found->second);
    for (std::size_t begin = 0; begin < spans.size(); begin += chunk_spans) {
      chunk.clear();
      model::BatchAppender appender(chunk);
      for (const SpanRef& ref : spans.subspan(begin, std::min(chunk_spans, spans.size() - begin))) {
        appender.append(*ref.batch, *ref.span);
      }
      if (!sink(chunk)) return completeness;
    }
  }
  return completeness;
}

Result<storage::SearchPage> FakeTraceReader::search(const storage::ReadContext&,
                                                    const storage::SearchRequest& request) {
  if (failure) return *failure;
  ASSIGN_OR_RETURN(const auto matcher,
                   storage::ConditionMatcher::for_traces(
                       ignores_condition ? storage::Condition::everything() : request.condition));
  storage::SearchPage page{.traces = {}, .next = {}, .completeness = completeness};
  for (const auto& [id, spans] : by_trace(batches_)) {
    if (!matcher.matches_trace(spans, request.range)) continue;
    storage::TraceSummary summary = storage::summarize(spans);
    const auto place = place_of(summary, request.order);
    if (request.after && !storage::comes_before(*request.after, place)) continue;
    page.traces.push_back(std::move(summary));
  }
  std::ranges::sort(page.traces, [&](const auto& a, const auto& b) {
    return storage::comes_before(place_of(a, request.order), place_of(b, request.order));
  });
  if (page.traces.size() > request.limit) {
    page.traces.resize(request.limit);
    page.next = place_of(page.traces.back(), request.order);
  }
  return page;
}

Result<storage::Completeness> FakeTraceReader::scan(const storage::ReadContext&,
                                                    const storage::ScanRequest& request,
                                                    const storage::ScanSink& sink) {
  if (failure) return *failure;
  ASSIGN_OR_RETURN(const auto spans, matching(batches_, request.condition, request.range));
  Arena scratch;
  for (const SpanRef& ref : spans) {
    std::vector<model::AnyValue> values;
    for (const storage::Field& field : request.projection) {
      values.push_back(storage::first_value(ref, field, scratch));
    }
    storage::ScanBlock block;
    block.trace_ids = {&ref.span->trace_id, 1};
    block.span_ids = {&ref.span->span_id, 1};
    block.parent_span_ids = {&ref.span->parent_span_id, 1};
    for (const model::AnyValue& value : values) block.columns.emplace_back(&value, 1);
    if (!sink(block)) break;
  }
  return completeness;
}

Result<storage::AggregateResult> FakeTraceReader::aggregate(
    const storage::ReadContext&, const storage::AggregateRequest& request) {
  if (failure) return *failure;
  ASSIGN_OR_RETURN(const auto spans, matching(batches_, request.condition, request.range));
  std::map<std::vector<std::optional<storage::Constant>>, std::uint64_t> groups;
  Arena scratch;
  for (const SpanRef& ref : spans) {
    std::vector<std::optional<storage::Constant>> group;
    for (const storage::Field& field : request.group_by) {
      const model::AnyValue value = storage::first_value(ref, field, scratch);
      group.emplace_back(storage::to_constant(value));
    }
    ++groups[group];
  }
  storage::AggregateResult result{.rows = {}, .limited = false, .completeness = completeness};
  for (const auto& [group, count] : groups) {
    result.limited = result.rows.size() == request.limit;
    if (result.limited) break;
    result.rows.push_back(
        {.group = group, .bucket = request.range.begin, .count = count, .values = {}});
  }
  return result;
}

Result<storage::NamesResult> FakeTraceReader::names(const storage::ReadContext&,
                                                    const storage::NamesRequest&) {
  return unimplemented("names");
}

Result<storage::ValuesResult> FakeTraceReader::values(const storage::ReadContext&,
                                                      const storage::ValuesRequest& request) {
  if (failure) return *failure;
  ASSIGN_OR_RETURN(const auto spans, matching(batches_, request.condition, request.range));
  std::map<std::string, std::uint64_t> counts;
  Arena scratch;
  for (const SpanRef& ref : spans) {
    const model::AnyValue value = storage::first_value(ref, request.field, scratch);
    if (value.is(model::AnyValue::Kind::kString)) ++counts[std::string(value.as_string())];
  }
  storage::ValuesResult result{.values = {}, .completeness = completeness};
  for (const auto& [value, count] : counts) result.values.push_back({value, count});
  std::ranges::stable_sort(result.values, std::greater<>(), &storage::ValueCount::count);
  if (result.values.size() > request.limit) result.values.resize(request.limit);
  return result;
}

}  // namespace cairn::query
