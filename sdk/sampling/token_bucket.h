// SPDX-License-Identifier: Apache-2.0
//
// TokenBucket: so many a second, with a burst of one second, in one atomic number.
//
// It keeps the time at which the next taking is allowed. A taking moves it one interval further;
// time that was not used counts for at most one second. (That is the "virtual scheduling" form of
// the generic cell rate algorithm.) Any thread; never waits. The caller brings the time,
// nanoseconds of a monotonic clock. Source: ITU-T I.371, annex A, "Generic cell rate algorithm".
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>

namespace cairn::trace {

class TokenBucket {
 public:
  // At most `per_second` a second and at least one at a time. 0, negative and NaN: never. More than
  // one in a nanosecond: always.
  explicit TokenBucket(double per_second) noexcept
      : interval_(interval_of(per_second)),
        credit_(std::max<std::int64_t>(0, kSecond - interval_)) {}

  bool take(std::int64_t now) noexcept {
    if (interval_ == kNever) return false;
    std::int64_t next = next_.load(std::memory_order_relaxed);
    for (;;) {
      if (next > now) return false;
      const std::int64_t after = std::max(next, now - credit_) + interval_;
      if (next_.compare_exchange_weak(next, after, std::memory_order_relaxed)) return true;
    }
  }

 private:
  static constexpr std::int64_t kSecond = 1'000'000'000;
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  // 73 years: added to any uptime it stays within 64 bits.
  static constexpr std::int64_t kLongest = std::int64_t{1} << 61;

  static std::int64_t interval_of(double per_second) noexcept {
    if (!(per_second > 0)) return kNever;
    const double nanos = std::ceil(static_cast<double>(kSecond) / per_second);
    if (per_second > static_cast<double>(kSecond)) return 0;
    return nanos < static_cast<double>(kLongest) ? static_cast<std::int64_t>(nanos) : kLongest;
  }

  const std::int64_t interval_;
  const std::int64_t credit_;  // how far in the past next_ may lie: the burst
  // The first taking finds a full bucket whatever the clock counts from.
  std::atomic<std::int64_t> next_{std::numeric_limits<std::int64_t>::min()};
};

}  // namespace cairn::trace
