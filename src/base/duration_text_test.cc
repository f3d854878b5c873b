// SPDX-License-Identifier: Apache-2.0
#include "base/duration_text.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(DurationTextTest, ReadsWhatGoWrites) {
  EXPECT_EQ(parse_duration("1.2s").value(), milliseconds(1200));
  EXPECT_EQ(parse_duration("100ms").value(), milliseconds(100));
  EXPECT_EQ(parse_duration("500us").value(), microseconds(500));
  EXPECT_EQ(parse_duration("500\u00b5s").value(), microseconds(500));
  EXPECT_EQ(parse_duration("500\u03bcs").value(), microseconds(500));
  EXPECT_EQ(parse_duration("1h2m3s").value(), hours(1) + minutes(2) + seconds(3));
  EXPECT_EQ(parse_duration("-1.5h").value(), minutes(-90));
  EXPECT_EQ(parse_duration("+5ns").value(), Duration(5));
  EXPECT_EQ(parse_duration("0").value(), Duration(0));
  EXPECT_EQ(parse_duration(".5s").value(), milliseconds(500));
  EXPECT_EQ(parse_duration("1.s").value(), seconds(1));
}

TEST(DurationTextTest, KeepsFractionsExact) {
  EXPECT_EQ(parse_duration("0.3us").value(), Duration(300));
  EXPECT_EQ(parse_duration("0.1s").value(), milliseconds(100));
  EXPECT_EQ(parse_duration("1.000000001s").value(), seconds(1) + Duration(1));
  EXPECT_EQ(parse_duration("0.9ns").value(), Duration(0));
}

TEST(DurationTextTest, RefusesInGosWords) {
  EXPECT_EQ(parse_duration("").error().message, "time: invalid duration \"\"");
  EXPECT_EQ(parse_duration("soon").error().message, "time: invalid duration \"soon\"");
  EXPECT_EQ(parse_duration("10").error().message, "time: missing unit in duration \"10\"");
  EXPECT_EQ(parse_duration("3d").error().message, "time: unknown unit \"d\" in duration \"3d\"");
  EXPECT_EQ(parse_duration(".s").error().message, "time: invalid duration \".s\"");
  EXPECT_EQ(parse_duration("-").error().message, "time: invalid duration \"-\"");
}

TEST(DurationTextTest, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(parse_duration("9223372037s"));
  EXPECT_FALSE(parse_duration("99999999999999999999ns"));
  EXPECT_FALSE(parse_duration("2562047h2562047h"));
  EXPECT_TRUE(parse_duration("2562047h"));
}

TEST(DurationTextTest, WritesTheLargestExactUnit) {
  EXPECT_EQ(duration_text(milliseconds(1500)), "1500ms");
  EXPECT_EQ(duration_text(hours(2)), "2h");
  EXPECT_EQ(duration_text(Duration(0)), "0s");
  EXPECT_EQ(duration_text(microseconds(7)), "7us");
}

}  // namespace
}  // namespace cairn
