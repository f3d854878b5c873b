// SPDX-License-Identifier: Apache-2.0
//
// Timestamp: unix nanoseconds, made from a number or from any std::chrono::system_clock time point.
#pragma once

#include <cstdint>

namespace cairn::trace {

struct Timestamp {
  std::uint64_t unix_nanos = 0;  // 0: "now"

  constexpr Timestamp() noexcept = default;
  constexpr explicit Timestamp(std::uint64_t nanos) noexcept : unix_nanos(nanos) {}
  // Any time point of a clock that counts from 1970 (std::chrono::system_clock). A template, so
  // that this header does not have to bring <chrono>.
  template <class TimePoint, class Period = typename TimePoint::duration::period>
  constexpr Timestamp(const TimePoint& when) noexcept  // NOLINT(google-explicit-constructor)
      : unix_nanos(static_cast<std::uint64_t>(when.time_since_epoch().count()) *
                   (1'000'000'000ULL / static_cast<std::uint64_t>(Period::den)) *
                   static_cast<std::uint64_t>(Period::num)) {}

  friend constexpr bool operator==(Timestamp a, Timestamp b) noexcept {
    return a.unix_nanos == b.unix_nanos;
  }
};

}  // namespace cairn::trace
