// SPDX-License-Identifier: Apache-2.0
//
// What a head knows of each of its traces, from its rows.
#pragma once

#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

// Over the first facts.rows rows, which are published. Cost: one pass over them.
TraceTable make_trace_table(const SpanTable& table, const GroupFacts& facts);

}  // namespace cairn::storage::columnar
