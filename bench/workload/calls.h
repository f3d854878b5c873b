// SPDX-License-Identifier: Apache-2.0
//
// The calls between the shop's services that several visits share.
#pragma once

#include "bench/workload/trace_writer.h"

namespace cairn::bench {

// One gRPC client in the shop: the pod that calls, and the span it calls from.
struct Caller {
  const Pod& pod;
  Library library;
  model::SpanId span;
};

// Each writes one call with everything below it and returns when the caller goes on.
Duration get_product(TraceWriter& writer, const Caller& caller, Duration start);
Duration list_products(TraceWriter& writer, const Caller& caller, Duration start);
Duration convert_currency(TraceWriter& writer, const Caller& caller, Duration start);
Duration get_cart(TraceWriter& writer, const Caller& caller, Duration start);
Duration add_item(TraceWriter& writer, const Caller& caller, Duration start);
Duration get_ads(TraceWriter& writer, const Caller& caller, Duration start);
Duration recommend(TraceWriter& writer, const Caller& caller, Duration start);

}  // namespace cairn::bench
