// SPDX-License-Identifier: Apache-2.0
//
// Time is asked of a passed Clock, so that tests can hold it still.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace cairn {

using Duration = std::chrono::nanoseconds;

// Thread rule: every method may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall time as nanoseconds since 1970-01-01 UTC.
  virtual std::uint64_t unix_nanos() const = 0;
  // Never goes back; for deadlines and intervals.
  virtual std::chrono::steady_clock::time_point steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  std::uint64_t unix_nanos() const override {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())
            .count());
  }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
};

// Stands still until told to advance.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::uint64_t unix_nanos) : start_(unix_nanos) {}

  std::uint64_t unix_nanos() const override {
    return start_ + static_cast<std::uint64_t>(elapsed_.load());
  }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(Duration(elapsed_.load())));
  }
  void advance(Duration by) { elapsed_ += by.count(); }

 private:
  std::uint64_t start_;
  std::atomic<std::int64_t> elapsed_{0};
};

}  // namespace cairn
