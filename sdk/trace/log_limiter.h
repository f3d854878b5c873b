// SPDX-License-Identifier: Apache-2.0
//
// LogLimiter: at most one line of a kind in ten seconds; the next says how many were left out.
#pragma once

#include <array>
#include <mutex>

#include <cairn/trace/provider.h>

namespace cairn::trace::detail {

class LogLimiter {
 public:
  enum Kind { kRetrying, kDropped, kRejected, kThread, kKinds };

  explicit LogLimiter(std::function<void(LogLevel, std::string_view)> sink)
      : sink_(std::move(sink)) {}
  void log(Kind kind, LogLevel level, const std::string& text) noexcept;

 private:
  struct Last {
    std::chrono::steady_clock::time_point when{};
    std::uint64_t left_out = 0;
  };
  std::function<void(LogLevel, std::string_view)> sink_;
  std::mutex mutex_;
  std::array<Last, kKinds> last_;
};

}  // namespace cairn::trace::detail
