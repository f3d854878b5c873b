// SPDX-License-Identifier: Apache-2.0
//
// The end of a span: its record becomes one entry of a chunk.
#pragma once

#include "sdk/trace/record.h"
#include "sdk/trace/runtime.h"
#include "sdk/trace/thread_state.h"

namespace cairn::trace::detail {

// Shows the finished span to the processors and gives it to the exporting thread, or counts why
// not. `rt` is null after stop(). The caller owns the record.
void finish(ThreadState& state, const Runtime* rt, Record& record,
            std::uint64_t end_nanos) noexcept;

}  // namespace cairn::trace::detail
