// SPDX-License-Identifier: Apache-2.0
#include "base/duration_text.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;

TEST(DurationTextTest, ReadsWhatGoReads) {
  EXPECT_EQ(*parse_duration("300ms"), milliseconds(300));
  EXPECT_EQ(*parse_duration("1.2s"), milliseconds(1200));
  EXPECT_EQ(*parse_duration(".5ms"), microseconds(500));
  EXPECT_EQ(*parse_duration("2h45m"), hours(2) + minutes(45));
  EXPECT_EQ(*parse_duration("-1\xc2\xb5s"), -microseconds(1));
  EXPECT_EQ(*parse_duration("0"), Duration(0));
}

TEST(DurationTextTest, RefusesTheRest) {
  for (const char* bad : {"", "5", "s", "1x", "1 s", "1.s.", "-", "9999999999h", "1e3s"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

TEST(DurationTextTest, WritesTheLargestExactUnit) {
  EXPECT_EQ(duration_text(milliseconds(1500)), "1500ms");
  EXPECT_EQ(duration_text(hours(2)), "2h");
  EXPECT_EQ(duration_text(Duration(0)), "0s");
  EXPECT_EQ(duration_text(microseconds(7)), "7us");
}

TEST(SizeTextTest, ReadsAndWritesUnits) {
  EXPECT_EQ(*parse_size("20MiB"), std::size_t{20} << 20);
  EXPECT_EQ(*parse_size("1000"), 1000u);
  EXPECT_EQ(*parse_size("1KB"), 1000u);
  EXPECT_FALSE(parse_size("MiB"));
  EXPECT_FALSE(parse_size("-1"));
  EXPECT_FALSE(parse_size("99999999999GiB"));
  EXPECT_EQ(size_text(std::size_t{20} << 20), "20MiB");
  EXPECT_EQ(size_text(1000), "1000B");
  EXPECT_EQ(size_text(0), "0B");
}

}  // namespace
}  // namespace cairn
