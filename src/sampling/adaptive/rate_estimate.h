// SPDX-License-Identifier: Apache-2.0
//
// How many traces a second an operation begins, from the few of them that were sampled.
//
// With n traces seen while each had a chance of p for t seconds, the likeliest rate is n / (p·t).
// p·t is the exposure. Intervals with different p add up, as samples and as exposure, so each
// weighs as much as it knows. The last few hundred samples are remembered, whatever time they took:
// enough to be within a few per cent, few enough to follow. When the latest intervals hardly fit
// what was known before, traffic has changed: then they alone count. Source: the Poisson
// distribution; docs/protocols/sampling.md, "Adaptive sampling".
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace cairn::sampling {

// One interval of one operation.
struct RateInterval {
  double seconds = 0;
  double samples = 0;   // traces that a probability let through
  double exposure = 0;  // seconds · mean probability
  double forced = 0;    // traces that came through by a lower bound

  void add(const RateInterval& more);
  void scale(double by);
};

// Thread rule: a value.
class RateEstimate {
 public:
  static constexpr double kMemorySamples = 300;
  static constexpr double kMemorySeconds = 1800;

  RateEstimate() = default;
  // Remembered from an earlier run.
  RateEstimate(double samples, double exposure) : all_{.samples = samples, .exposure = exposure} {}

  // Takes the interval in. False: it was empty though much was expected; nothing is known about an
  // operation that is not running, and the estimate stays.
  bool add(const RateInterval& interval);

  // Traces a second; the half sample is what a rate below sight is taken for. 0 before any add().
  double rate() const {
    return all_.exposure > 0 ? std::max((all_.samples + 0.5) / all_.exposure, floor_) : 0;
  }
  double samples() const { return all_.samples; }
  double exposure() const { return all_.exposure; }

 private:
  // Intervals, the latest first, that are looked at for a change: one alone, two, four, all.
  static constexpr std::size_t kRecent = 8;

  // How many of the latest intervals hardly fit those before; 0 when all of them do.
  std::size_t changed_since() const;
  void push(const RateInterval& interval);
  void keep_latest(std::size_t count);
  void fade();

  RateInterval all_;                            // what is remembered, the recent ones included
  std::array<RateInterval, kRecent> recent_{};  // the latest first
  double floor_ = 0;  // what the lower bound alone let through in the last interval
};

}  // namespace cairn::sampling
