// SPDX-License-Identifier: Apache-2.0
//
// The dice of the workload: one seed gives one sequence, on every run and every machine with the
// same libm. Not for security.
// Source: xoshiro256** and splitmix64, Blackman and Vigna, "Scrambled Linear Pseudorandom Number
// Generators", 2018.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/clock.h"

namespace cairn::bench {

// Turns a counter into well-mixed bits; advances `state`.
std::uint64_t split_mix(std::uint64_t& state);

// Thread rule: one thread at a time.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t bits();
  // 0 ≤ result < n. REQUIRES: n > 0.
  std::uint64_t below(std::uint64_t n);
  // 0 ≤ result < 1.
  double unit();
  bool chance(double probability) { return unit() < probability; }
  // Log-normal: half of the results are below `median_micros`.
  Duration latency(double median_micros, double sigma);
  // Time between two arrivals at `per_second`.
  Duration gap(double per_second);
  // 0 ≤ result < n, where small results are likelier: result k about as often as 1 / (k + 1).
  std::uint64_t skewed(std::uint64_t n);
  // `digits` lower-case hex digits.
  std::string hex(int digits);
  // A version 4 UUID, RFC 9562 §5.4.
  std::string uuid();

 private:
  double normal();

  std::array<std::uint64_t, 4> state_;
};

}  // namespace cairn::bench
