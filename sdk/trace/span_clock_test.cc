// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/span_clock.h"

#include <chrono>

#include <gtest/gtest.h>

namespace cairn::trace {
namespace {

using namespace std::chrono;

std::uint64_t real_nanos() {
  return static_cast<std::uint64_t>(system_clock::now().time_since_epoch() / nanoseconds(1));
}

std::uint64_t distance(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : b - a;
}

constexpr std::uint64_t kMillisecond = 1'000'000;

// Runs `body` with the kernel's clocks alone, then with what calibrations know, then with the cycle
// counter where the machine has one.
template <class Body>
void with_each_clock(Body&& body) {
  {
    SpanClock clock;
    clock.start(false, false);
    body(clock);
  }
  for (const bool use_tsc : {false, true}) {
    SpanClock clock;
    clock.start(use_tsc, true);
    // The rate is measured over a millisecond at least.
    const auto until = steady_clock::now() + milliseconds(3);
    while (steady_clock::now() < until) clock.calibrate();
    EXPECT_TRUE(use_tsc || !clock.uses_counter());
    body(clock);
  }
}

TEST(SdkSpanClock, TellsTheRealTime) {
  with_each_clock([](const SpanClock& clock) {
    // A busy machine may come between the two readings: the nearest of many counts.
    std::uint64_t nearest = UINT64_MAX;
    for (int i = 0; i < 100; ++i) {
      nearest = std::min(nearest, distance(clock.now().unix_nanos, real_nanos()));
    }
    EXPECT_LT(nearest, kMillisecond);
  });
}

TEST(SdkSpanClock, AnEndIsTheStartAndWhatPassedSince) {
  with_each_clock([](const SpanClock& clock) {
    std::uint64_t nearest = UINT64_MAX;
    for (int i = 0; i < 100; ++i) {
      const auto began = steady_clock::now();
      const SpanClock::Instant start = clock.now();
      const std::uint64_t end = clock.end_of(start);
      const auto passed =
          static_cast<std::uint64_t>((steady_clock::now() - began) / nanoseconds(1));
      ASSERT_GE(end, start.unix_nanos);
      nearest = std::min(nearest, distance(end - start.unix_nanos, passed));
    }
    EXPECT_LT(nearest, kMillisecond);
  });
}

TEST(SdkSpanClock, ASpanBegunByTheCounterEndsByTheKernelWhenTheCounterIsGivenUp) {
  SpanClock clock;
  clock.start(true, true);
  const auto until = steady_clock::now() + milliseconds(3);
  while (steady_clock::now() < until) clock.calibrate();
  const SpanClock::Instant start = clock.now();
  clock.restart_in_child();
  const std::uint64_t end = clock.end_of(start);
  EXPECT_GE(end, start.unix_nanos);
  EXPECT_LT(end - start.unix_nanos, 10'000 * kMillisecond);
}

}  // namespace
}  // namespace cairn::trace
