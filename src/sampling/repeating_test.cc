// SPDX-License-Identifier: Apache-2.0
#include "sampling/repeating.h"

#include <atomic>
#include <latch>

#include <gtest/gtest.h>

namespace cairn::sampling {
namespace {

using namespace std::chrono_literals;

// Counts how often something repeats while something else does so twenty times.
int times_beside_twenty(Duration every) {
  std::atomic<int> times{0};
  std::latch twenty(20);
  const Repeating counted("counted", every, [&] { ++times; });
  {
    std::atomic<int> left{20};
    const Repeating metronome("metronome", 1ms, [&] {
      if (left-- > 0) twenty.count_down();
    });
    twenty.wait();
  }
  return times;
}

TEST(RepeatingTest, RepeatsUntilDestroyed) {
  EXPECT_GT(times_beside_twenty(1us), 0);
}

TEST(RepeatingTest, EveryZeroIsNever) {
  EXPECT_EQ(times_beside_twenty(0s), 0);
}

// The sum of now and the longest duration is in the past.
TEST(RepeatingTest, TheLongestPauseIsAPause) {
  EXPECT_EQ(times_beside_twenty(Duration::max()), 0);
}

}  // namespace
}  // namespace cairn::sampling
