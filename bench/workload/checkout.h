// SPDX-License-Identifier: Apache-2.0
//
// The longest visit: an order is placed, paid, shipped, confirmed by mail and booked.
#pragma once

#include "bench/workload/calls.h"

namespace cairn::bench {

// `fails`: the payment is refused and nothing after it happens.
Duration place_order(TraceWriter& writer, const Caller& caller, Duration start, bool fails);

}  // namespace cairn::bench
