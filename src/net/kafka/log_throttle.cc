// SPDX-License-Identifier: Apache-2.0
#include "net/kafka/log_throttle.h"

namespace cairn::net::kafka {

void LogThrottle::warn(std::string_view kind, std::string_view message, std::string detail) {
  std::uint64_t held_back = 0;
  {
    MutexLock lock(mutex_);
    if (seen_.size() >= kMostKinds && seen_.find(kind) == seen_.end()) kind = "other";
    Seen& seen = seen_[std::string(kind)];
    const auto now = std::chrono::steady_clock::now();
    if (seen.logged.time_since_epoch().count() != 0 && now - seen.logged < kPause) {
      ++seen.held_back;
      return;
    }
    held_back = seen.held_back;
    seen = {now, 0};
  }
  if (held_back == 0) return log_warn(message, {{"why", std::move(detail)}});
  log_warn(message, {{"why", std::move(detail)}, {"held_back", std::to_string(held_back)}});
}

}  // namespace cairn::net::kafka
