// SPDX-License-Identifier: Apache-2.0
#include "model/timestamp.h"

#include <gtest/gtest.h>

namespace cairn::model {
namespace {

TEST(TimestampTest, SaturatesAtBothEnds) {
  EXPECT_EQ(Timestamp{5}.plus(Duration(-10)), Timestamp{0});
  EXPECT_EQ(Timestamp::max().plus(Duration(1)), Timestamp::max());
  EXPECT_EQ(Timestamp{5}.plus(Duration::min()), Timestamp{0});
}

TEST(TimestampTest, DifferencesAreSignedAndSaturate) {
  EXPECT_EQ(Timestamp::between({10}, {7}), Duration(-3));
  EXPECT_EQ(Timestamp::between({0}, Timestamp::max()), Duration::max());
  EXPECT_EQ(Timestamp::between(Timestamp::max(), {0}), -Duration::max());
}

}  // namespace
}  // namespace cairn::model
