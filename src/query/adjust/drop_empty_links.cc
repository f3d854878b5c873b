// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "query/adjust/adjust.h"

namespace cairn::query::adjust {

void drop_empty_links(Trace& trace) {
  const auto points_nowhere = [](const model::Link& link) { return !link.trace_id.is_valid(); };
  for (std::size_t i = 0; i < trace.batch.spans.size(); ++i) {
    model::Span& span = trace.batch.spans[i];
    if (std::ranges::none_of(span.links, points_nowhere)) continue;
    const std::span<model::Link> kept = trace.batch.arena.make<model::Link>(span.links.size());
    const auto end = std::ranges::remove_copy_if(span.links, kept.begin(), points_nowhere).out;
    span.links = kept.first(static_cast<std::size_t>(end - kept.begin()));
    trace.warn(i, "a link without a trace id was removed");
  }
}

}  // namespace cairn::query::adjust
