// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "storage/api/testing/naive_store.h"

namespace cairn::storage {

using NaiveTrace = std::vector<const NaiveSpan*>;

// The facts that `field` means, in order.
std::vector<const Fact*> facts_of(const std::vector<Fact>& facts, const Field& field);
bool naive_matches(const NaiveSpan& span, const Condition& condition);
bool naive_matches(const NaiveTrace& trace, const TraceSummary& summary,
                   const SearchRequest& request);
// Without `matched`.
TraceSummary naive_summary(const NaiveTrace& trace);
// Whether some some_span(...) of `condition` holds for the span.
bool naive_touches(const NaiveSpan& span, const Condition& condition);

}  // namespace cairn::storage
