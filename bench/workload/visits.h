// SPDX-License-Identifier: Apache-2.0
//
// What visitors of the shop do: look at a product, get recommendations or ads, view the cart, put
// something in, check out. One visit is one trace.
#pragma once

#include "bench/workload/trace_writer.h"

namespace cairn::bench {

// Writes one whole visit, of a kind drawn by lot, that begins at `start`.
void write_visit(TraceWriter& writer, Duration start);

}  // namespace cairn::bench
