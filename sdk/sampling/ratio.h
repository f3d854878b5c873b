// SPDX-License-Identifier: Apache-2.0
//
// Ratios as thresholds: a trace is sampled when its randomness is at least the threshold.
//
// Randomness is the last 7 bytes of the trace id, big-endian: 0 to 2^56 - 1. The threshold of a
// ratio is (1 - ratio) * 2^56, so that services with different ratios sample nested sets of traces.
// Source: W3C Trace Context level 2, "random-trace-id flag"; OpenTelemetry, "TraceState:
// Probability Sampling".
#pragma once

#include <cmath>
#include <cstdint>

#include <cairn/trace/ids.h>

namespace cairn::trace {

inline constexpr std::uint64_t kRejectNone = 0;
inline constexpr std::uint64_t kRejectAll = std::uint64_t{1} << 56;

inline std::uint64_t randomness(const TraceId& id) noexcept {
  std::uint64_t value = 0;
  for (int i = 9; i < 16; ++i) value = (value << 8) | id.bytes[i];
  return value;
}

// Below 0 is 0; above 1 and NaN are 1.
inline double clamped_ratio(double ratio) noexcept {
  if (ratio < 0) return 0;
  return ratio <= 1 ? ratio : 1;
}

inline std::uint64_t rejection_threshold(double ratio) noexcept {
  const double share = 1.0 - clamped_ratio(ratio);
  return static_cast<std::uint64_t>(std::llround(share * static_cast<double>(kRejectAll)));
}

}  // namespace cairn::trace
