// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/random_ids.h"

#include <sys/random.h>
#include <time.h>
#include <unistd.h>

namespace cairn::trace {

void RandomIds::seed() noexcept {
  if (getrandom(&state_, sizeof state_, 0) == static_cast<ssize_t>(sizeof state_) &&
      (state_.a | state_.b) != 0) {
    return;
  }
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  state_.a ^= static_cast<std::uint64_t>(now.tv_nsec) * 0x9E3779B97F4A7C15ULL;
  state_.b ^= reinterpret_cast<std::uintptr_t>(this) ^
              (static_cast<std::uint64_t>(getpid()) << 32) ^ static_cast<std::uint64_t>(now.tv_sec);
  if ((state_.a | state_.b) == 0) state_.a = 1;  // the one state it would never leave
}

}  // namespace cairn::trace
