// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/text_values.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace cairn::telemetry {
namespace {

using std::chrono::nanoseconds;

TEST(TextValues, ReadDurationsAsGoDoes) {
  struct Case {
    const char* text;
    std::int64_t nanos;  // -1: none
  };
  static constexpr Case kCases[] = {{"5s", 5'000'000'000},
                                    {"100ms", 100'000'000},
                                    {"1m30s", 90'000'000'000},
                                    {"1.5s", 1'500'000'000},
                                    {"0", 0},
                                    {"0s", 0},
                                    {".5s", 500'000'000},
                                    {"10us", 10'000},
                                    {"10\xC2\xB5s", 10'000},
                                    {"7ns", 7},
                                    {"2h", 7'200'000'000'000},
                                    {"", -1},
                                    {"5", -1},
                                    {"s", -1},
                                    {"-5s", -1},
                                    {"5 s", -1},
                                    {"5x", -1},
                                    {"1e3s", -1},
                                    {"infs", -1},
                                    {"99999999999999h", -1},
                                    {"5s ", -1}};
  for (const Case& c : kCases) {
    nanoseconds out(-1);
    const bool understood = parse_duration(c.text, out);
    EXPECT_EQ(understood, c.nanos >= 0) << c.text;
    EXPECT_EQ(out.count(), c.nanos) << c.text;
  }
}

TEST(TextValues, ReadSizes) {
  struct Case {
    const char* text;
    std::int64_t bytes;  // -1: none
  };
  static constexpr Case kCases[] = {{"0", 0},
                                    {"4096", 4096},
                                    {"64KiB", 65536},
                                    {"16 MiB", 16 << 20},
                                    {"1GiB", 1 << 30},
                                    {"", -1},
                                    {"KiB", -1},
                                    {"1kb", -1},
                                    {"-1", -1},
                                    {"1.5MiB", -1},
                                    {"99999999999999999999", -1},
                                    {"9999999999GiB", -1}};
  for (const Case& c : kCases) {
    std::uint64_t out = 0;
    EXPECT_EQ(parse_size(c.text, out), c.bytes >= 0) << c.text;
    EXPECT_EQ(out, static_cast<std::uint64_t>(std::max<std::int64_t>(c.bytes, 0))) << c.text;
  }
}

TEST(TextValues, ReadNumbersAndNothingElse) {
  double out = 0;
  EXPECT_TRUE(parse_number("0.5", out) && out == 0.5);
  EXPECT_TRUE(parse_number(".5", out) && out == 0.5);
  EXPECT_TRUE(parse_number("-1", out) && out == -1);
  EXPECT_TRUE(parse_number("+1e-1", out) && out == 0.1);
  EXPECT_TRUE(parse_number("0x10", out) && out == 16);
  for (const char* none : {"", "abc", "1x", "nan", "inf", ".inf", "1e999", "0x", "+"}) {
    EXPECT_FALSE(parse_number(none, out)) << none;
  }
}

TEST(TextValues, DecodePercents) {
  std::string out;
  EXPECT_TRUE(percent_decode("a%20b%2Cc", out));
  EXPECT_EQ(out, "a b,c");
  for (const char* bad : {"%", "%2", "%zz", "a%2"}) EXPECT_FALSE(percent_decode(bad, out)) << bad;
}

}  // namespace
}  // namespace cairn::telemetry
