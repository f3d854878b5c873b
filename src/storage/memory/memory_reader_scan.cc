// SPDX-License-Identifier: Apache-2.0
//
// The walk over matching spans that scan, aggregate, names and values share, and scan itself.
#include "storage/api/field_values.h"
#include "storage/memory/memory_reader.h"

namespace cairn::storage::memory {
namespace {

constexpr std::size_t kMaxBlockRows = 4096;

// Rows being collected for one ScanBlock. Values point into batches and into its own arena.
class BlockBuilder {
 public:
  explicit BlockBuilder(const std::vector<Field>& projection)
      : projection_(projection), columns_(projection.size()) {}

  void add(const SpanRef& ref) {
    trace_ids_.push_back(ref.span->trace_id);
    span_ids_.push_back(ref.span->span_id);
    parent_span_ids_.push_back(ref.span->parent_span_id);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      columns_[i].push_back(first_value(ref, projection_[i], arena_));
    }
  }
  // Keeps alive what the rows of this trace point at.
  void keep(const PinnedTrace& trace) {
    pins_.insert(pins_.end(), trace.pins.begin(), trace.pins.end());
  }
  std::size_t rows() const { return span_ids_.size(); }
  // Hands the rows over and starts anew. Nothing happens without rows. False: the sink stops.
  bool give(const ScanSink& sink) {
    if (rows() == 0) return true;
    ScanBlock block;
    block.trace_ids = trace_ids_;
    block.span_ids = span_ids_;
    block.parent_span_ids = parent_span_ids_;
    block.columns.assign(columns_.begin(), columns_.end());
    const bool go_on = sink(block);
    trace_ids_.clear();
    span_ids_.clear();
    parent_span_ids_.clear();
    for (auto& column : columns_) column.clear();
    arena_.clear();
    pins_.clear();
    return go_on;
  }

 private:
  const std::vector<Field>& projection_;
  Arena arena_;
  std::vector<std::shared_ptr<const model::Batch>> pins_;
  std::vector<model::TraceId> trace_ids_;
  std::vector<model::SpanId> span_ids_;
  std::vector<model::SpanId> parent_span_ids_;
  std::vector<std::vector<model::AnyValue>> columns_;
};

}  // namespace

Completeness MemoryTraceReader::visit_matches(const ReadContext& context, const TimeRange& range,
                                              const ConditionMatcher* matcher,
                                              const MatchVisitor& visit) {
  std::vector<SpanRef> matching;
  std::size_t looked_at = 0;
  bool late = context.deadline.passed();
  for (const TraceOutline& outline : state_.list(context.tenant, range)) {
    if (late) break;
    const PinnedTrace trace = state_.pin(context.tenant, outline.id);
    matching.clear();
    for (const SpanRef& ref : trace.spans) {
      late = ++looked_at % kSpansPerDeadlineCheck == 0 && context.deadline.passed();
      if (late) break;
      if (range.contains(ref.span->start) && (!matcher || matcher->matches_span(ref))) {
        matching.push_back(ref);
      }
    }
    if (!matching.empty() && !visit(trace, matching)) return {};
  }
  return late ? out_of_time(context.deadline) : Completeness{};
}

Result<Completeness> MemoryTraceReader::scan(const ReadContext& context, const ScanRequest& request,
                                             const ScanSink& sink) {
  for (const Field& field : request.projection) RETURN_IF_ERROR(validate_span_field(field));
  ASSIGN_OR_RETURN(const ConditionMatcher matcher, ConditionMatcher::for_spans(request.condition));
  BlockBuilder block(request.projection);
  bool stopped = false;
  const Completeness completeness =
      visit_matches(context, request.range, &matcher,
                    [&](const PinnedTrace& trace, std::span<const SpanRef> matching) {
                      block.keep(trace);
                      for (const SpanRef& ref : matching) {
                        block.add(ref);
                        if (block.rows() < kMaxBlockRows) continue;
                        stopped = !block.give(sink);
                        if (stopped) return false;
                        block.keep(trace);
                      }
                      return true;
                    });
  if (!stopped) block.give(sink);
  return completeness;
}

}  // namespace cairn::storage::memory
