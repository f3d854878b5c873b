// SPDX-License-Identifier: Apache-2.0
//
// A search that is exact whatever the engine: what an engine only narrows is evaluated again on the
// traces themselves, and pages are filled up until they hold what was asked for.
#pragma once

#include "storage/api/trace_reader.h"

namespace cairn::query {

// Whether the engine's own answer to such a search is final.
bool answers_exactly(const storage::Capabilities& capabilities,
                     const storage::Condition& condition);

// As TraceReader::search. Reads every candidate trace when the engine does not answer exactly; at
// most `max_trace_spans` of one, and a trace with more is taken at the engine's word.
// Errors: kUnimplemented for an order the engine does not have; otherwise the engine's.
Result<storage::SearchPage> search_exactly(storage::TraceReader& reader,
                                           const storage::ReadContext& context,
                                           const storage::SearchRequest& request,
                                           std::size_t max_trace_spans);

// The ids of `traces` from `first` on that are read together, so that engines can share work
// between them, and no more than fit in memory well. At least one. REQUIRES: first < traces.size().
std::vector<model::TraceId> next_group(const std::vector<storage::TraceSummary>& traces,
                                       std::size_t first);

}  // namespace cairn::query
