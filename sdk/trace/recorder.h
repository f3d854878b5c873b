// SPDX-License-Identifier: Apache-2.0
//
// The recorder: one a process, never destroyed. What the threads that make spans need of it.
#pragma once

#include <cstdint>

#include "sdk/trace/chunk.h"

namespace cairn::trace::detail {

// The number of this start() or fork(); spans of other epochs are not counted. Starts count in the
// low half, forks in the high one.
inline constexpr std::uint32_t kForkStep = 0x10000;
extern std::atomic<std::uint32_t> recorder_epoch;
inline std::uint32_t current_epoch() noexcept {
  return recorder_epoch.load(std::memory_order_relaxed);
}
inline bool is_of_this_process(std::uint32_t epoch) noexcept {
  return epoch / kForkStep == current_epoch() / kForkStep;
}
// Starts the exporting thread if this process has none: after a fork().
void ensure_recorder_thread() noexcept;
// A chunk for at least `need` bytes of entries; null when the buffer is full of what is being sent.
Chunk* acquire_chunk(std::size_t need, std::uint32_t epoch) noexcept;
// The chunk that `owner` points to waits to be sent; afterwards it points to none.
void hand_over(std::atomic<Chunk*>& owner) noexcept;

}  // namespace cairn::trace::detail
