// SPDX-License-Identifier: Apache-2.0
#include "sampling/adaptive/rate_estimate.h"

#include <cmath>

namespace cairn::sampling {
namespace {

// So many standard deviations from what was expected are a change.
constexpr double kChange = 3.5;

// Whether `now` is hardly what `before` lets expect.
bool is_change(const RateInterval& before, const RateInterval& now) {
  if (before.exposure <= 0) return false;
  const double known = before.samples + 0.5;
  const double expected = known / before.exposure * now.exposure;
  // The noise of the count itself, and that of what is known.
  const double deviation = std::sqrt(expected + expected * expected / known);
  return std::abs(now.samples - expected) > kChange * deviation + 1;
}

}  // namespace

void RateInterval::add(const RateInterval& more) {
  seconds += more.seconds;
  samples += more.samples;
  exposure += more.exposure;
  forced += more.forced;
}

void RateInterval::scale(double by) {
  seconds *= by;
  samples *= by;
  exposure *= by;
  forced *= by;
}

std::size_t RateEstimate::changed_since() const {
  RateInterval latest;
  RateInterval before = all_;
  for (std::size_t i = 0; i < kRecent; ++i) {
    latest.add(recent_[i]);
    before.samples = std::max(0.0, before.samples - recent_[i].samples);
    before.exposure = std::max(0.0, before.exposure - recent_[i].exposure);
    const std::size_t count = i + 1;
    if ((count & i) == 0 && is_change(before, latest)) return count;  // 1, 2, 4, 8
  }
  return 0;
}

void RateEstimate::push(const RateInterval& interval) {
  std::shift_right(recent_.begin(), recent_.end(), 1);
  recent_[0] = interval;
  all_.add(interval);
}

void RateEstimate::keep_latest(std::size_t count) {
  all_ = {};
  for (std::size_t i = 0; i < kRecent; ++i) {
    if (i >= count) recent_[i] = {};
    all_.add(recent_[i]);
  }
}

// So that at most the last few hundred samples, or half an hour, are remembered.
void RateEstimate::fade() {
  double keep = 1;
  if (all_.samples > kMemorySamples) keep = kMemorySamples / all_.samples;
  if (all_.seconds > kMemorySeconds) keep = std::min(keep, kMemorySeconds / all_.seconds);
  if (keep == 1) return;
  all_.scale(keep);
  for (RateInterval& recent : recent_) recent.scale(keep);
}

bool RateEstimate::add(const RateInterval& interval) {
  const RateEstimate former = *this;
  push(interval);
  if (const std::size_t count = changed_since(); count > 0) {
    if (interval.samples == 0 && interval.forced == 0) {
      *this = former;
      return false;
    }
    keep_latest(count);
  }
  floor_ = interval.seconds > 0 ? interval.forced / interval.seconds : 0;
  fade();
  return true;
}

}  // namespace cairn::sampling
