// SPDX-License-Identifier: Apache-2.0
//
// Counts events per second of what a peer may do for free: resets, pings, settings.
#pragma once

#include <chrono>
#include <cstdint>

namespace cairn::net {

// Thread rule: one thread at a time.
class RateLimit {
 public:
  // False for the first event over `limit` within the running second, and for those after it.
  [[nodiscard]] bool allow(std::uint32_t limit, std::chrono::steady_clock::time_point now) {
    if (now - began_ >= std::chrono::seconds(1)) {
      began_ = now;
      count_ = 0;
    }
    return ++count_ <= limit;
  }

 private:
  std::chrono::steady_clock::time_point began_;
  std::uint32_t count_ = 0;
};

}  // namespace cairn::net
