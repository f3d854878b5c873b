// SPDX-License-Identifier: Apache-2.0
#include "query/trace_loader.h"

#include <fmt/format.h>

namespace cairn::query {

bool TraceLoader::add(const model::Batch& chunk) {
  if (chunk.empty()) return true;
  Trace& trace = traces_[chunk.spans.front().trace_id];
  // A new appender a chunk: an engine may reuse one Batch for all of them.
  model::BatchAppender appender(trace.batch);
  for (const model::Span& span : chunk.spans) {
    if (max_spans_ != 0 && trace.batch.spans.size() >= max_spans_) {
      if (trace.warnings.empty()) {
        trace.warnings.push_back(fmt::format(
            "the trace has more spans than one answer may hold; {} of them are here", max_spans_));
      }
      return false;
    }
    appender.append(chunk, span);
  }
  return true;
}

std::optional<Trace> TraceLoader::take(const model::TraceId& id) {
  const auto found = traces_.find(id);
  if (found == traces_.end()) return std::nullopt;
  std::optional<Trace> trace(std::move(found->second));
  traces_.erase(found);
  return trace;
}

}  // namespace cairn::query
