// SPDX-License-Identifier: Apache-2.0
//
// Warnings that repeat are logged once a while: the first at once, then one in ten seconds with the
// number of those held back. A cluster that is away must not fill the disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/mutex.h"

namespace cairn::net::kafka {

// Thread rule: every method may be called from any thread.
class LogThrottle {
 public:
  // `kind` is what counts as the same thing. Bounded: beyond 64 kinds the rest counts as one.
  void warn(std::string_view kind, std::string_view message, std::string detail);

 private:
  static constexpr std::size_t kMostKinds = 64;
  static constexpr std::chrono::seconds kPause{10};

  struct Seen {
    std::chrono::steady_clock::time_point logged{};
    std::uint64_t held_back = 0;
  };

  Mutex mutex_;
  std::map<std::string, Seen, std::less<>> seen_ GUARDED_BY(mutex_);
};

}  // namespace cairn::net::kafka
