// SPDX-License-Identifier: Apache-2.0
//
// A point in time as OTLP carries it: unsigned nanoseconds since 1970-01-01 UTC, 0 meaning absent.
// Values past 2262 (beyond a signed 64-bit count) are kept as sent; arithmetic saturates.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>

#include "base/clock.h"

namespace cairn::model {

struct Timestamp {
  std::uint64_t unix_nanos = 0;

  auto operator<=>(const Timestamp&) const = default;

  static constexpr Timestamp max() { return {std::numeric_limits<std::uint64_t>::max()}; }
  std::uint64_t unix_micros() const { return unix_nanos / 1000; }

  // Saturates at 0 and at max().
  Timestamp plus(Duration by) const {
    if (by.count() >= 0) {
      const auto more = static_cast<std::uint64_t>(by.count());
      return unix_nanos > max().unix_nanos - more ? max() : Timestamp{unix_nanos + more};
    }
    const std::uint64_t less = ~static_cast<std::uint64_t>(by.count()) + 1;
    return unix_nanos < less ? Timestamp{} : Timestamp{unix_nanos - less};
  }

  // `later - earlier`; negative when they are out of order; saturates at ±292 years.
  static Duration between(Timestamp earlier, Timestamp later) {
    constexpr auto kMost = static_cast<std::uint64_t>(Duration::max().count());
    if (later >= earlier) {
      const std::uint64_t apart = later.unix_nanos - earlier.unix_nanos;
      return Duration(static_cast<std::int64_t>(apart < kMost ? apart : kMost));
    }
    const std::uint64_t apart = earlier.unix_nanos - later.unix_nanos;
    return Duration(-static_cast<std::int64_t>(apart < kMost ? apart : kMost));
  }
};

}  // namespace cairn::model
