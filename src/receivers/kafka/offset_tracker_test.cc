// SPDX-License-Identifier: Apache-2.0
#include "receivers/kafka/offset_tracker.h"

#include <gtest/gtest.h>

namespace cairn::receivers::kafka {
namespace {

TEST(OffsetTrackerTest, KnowsNothingBeforeTheFirstMessage) {
  EXPECT_EQ(OffsetTracker().next(), std::nullopt);
  EXPECT_TRUE(OffsetTracker().idle());
}

TEST(OffsetTrackerTest, MovesPastWhatIsFinishedWithoutAGap) {
  OffsetTracker offsets;
  const auto seven = offsets.begin(7);
  const auto eight = offsets.begin(8);
  const auto nine = offsets.begin(9);
  EXPECT_EQ(offsets.next(), 7);
  offsets.finish(nine);
  EXPECT_EQ(offsets.next(), 7);
  offsets.finish(seven);
  EXPECT_EQ(offsets.next(), 8);
  EXPECT_FALSE(offsets.idle());
  offsets.finish(eight);
  EXPECT_EQ(offsets.next(), 10);
  EXPECT_TRUE(offsets.idle());
}

TEST(OffsetTrackerTest, OffsetsThatNeverWereDoNotHoldItBack) {
  OffsetTracker offsets;
  const auto first = offsets.begin(3);
  const auto second = offsets.begin(90);
  offsets.finish(first);
  EXPECT_EQ(offsets.next(), 4);
  offsets.finish(second);
  EXPECT_EQ(offsets.next(), 91);
}

}  // namespace
}  // namespace cairn::receivers::kafka
