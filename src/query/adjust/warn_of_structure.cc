// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "query/adjust/adjust.h"
#include "query/adjust/span_tree.h"

namespace cairn::query::adjust {

void warn_of_structure(Trace& trace) {
  const SpanTree tree(trace.batch);
  std::vector<bool> reached(tree.size());
  for (const std::uint32_t i : tree.top_down()) reached[i] = true;
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const model::Span& span = trace.batch.spans[i];
    if (tree.is_repeated(i)) {
      trace.warn(i, fmt::format("another span has the id {} too", span.span_id.to_hex()));
    }
    if (!span.is_root() && tree.parent(i) == SpanTree::kNone) {
      trace.warn(
          i, fmt::format("the parent span {} is not in the trace", span.parent_span_id.to_hex()));
    }
    if (!reached[i]) trace.warn(i, "the span's parents form a circle");
  }
}

}  // namespace cairn::query::adjust
