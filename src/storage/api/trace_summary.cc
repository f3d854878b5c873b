// SPDX-License-Identifier: Apache-2.0
#include "storage/api/trace_summary.h"

#include <limits>
#include <tuple>

#include "storage/api/field_values.h"

namespace cairn::storage {

bool TraceSummarizer::comes_before_root(const model::Span& span, std::string_view service) const {
  if (!summary_.root_name) return true;
  const std::string_view root_service = *summary_.root_service;
  const std::string_view root_name = *summary_.root_name;
  return std::tie(span.start, span.span_id, service, span.name) <
         std::tie(root_start_, root_id_, root_service, root_name);
}

void TraceSummarizer::add(const model::Batch& batch, const model::Span& span) {
  const std::string_view service = batch.service_of(span);
  if (summary_.spans == 0) {
    summary_.id = span.trace_id;
    summary_.start = span.start;
  }
  summary_.start = std::min(summary_.start, span.start);
  last_end_ = std::max(last_end_, span.end);
  const bool failed = span.status.code == model::StatusCode::kError;
  summary_.spans += 1;
  summary_.errors += failed ? 1 : 0;

  auto found = services_.find(service);
  if (found == services_.end()) found = services_.try_emplace(std::string(service)).first;
  found->second.spans += 1;
  found->second.errors += failed ? 1 : 0;

  if (span.is_root() && comes_before_root(span, service)) {
    root_start_ = span.start;
    root_id_ = span.span_id;
    summary_.root_service = service;
    summary_.root_name = span.name;
  }
}

TraceSummary TraceSummarizer::summary() const {
  TraceSummary made = summary_;
  if (last_end_ > made.start) made.duration = model::Timestamp::between(made.start, last_end_);
  for (const auto& [name, counts] : services_) {
    made.services.push_back({name, counts.spans, counts.errors});
  }
  return made;
}

TraceSummary summarize(TraceView trace) {
  TraceSummarizer summarizer;
  for (const SpanRef& ref : trace) summarizer.add(*ref.batch, *ref.span);
  return summarizer.summary();
}

std::int64_t order_value(SearchOrder order, model::Timestamp start, Duration duration) {
  return order == SearchOrder::kLongestFirst ? duration.count() : saturated_nanos(start);
}

}  // namespace cairn::storage
