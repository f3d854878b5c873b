// SPDX-License-Identifier: Apache-2.0
//
// The end of a span (end_span() of span.h): its record becomes one entry of a chunk.
#pragma once

#include "sdk/trace/record.h"
#include "sdk/trace/runtime.h"
#include "sdk/trace/thread_state.h"

namespace cairn::trace::detail {

// This thread is seen for the first time since a start() or fork(): its counters begin again, its
// chunk is handed over, and the exporting thread is there.
void enter_epoch(ThreadState& state, std::uint32_t epoch) noexcept;

}  // namespace cairn::trace::detail
