// SPDX-License-Identifier: Apache-2.0
#include "bench/load/process_usage.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace cairn::bench {
namespace {

TEST(ProcessUsageTest, AddsUserAndSystemTime) {
  constexpr std::string_view kStat =
      "4242 (a) odd (name) S 1 2 3 4 5 6 7 8 9 10 150 50 99 99 20 0 1 0";
  EXPECT_EQ(parse_cpu(kStat, 100), std::chrono::seconds(2));
}

TEST(ProcessUsageTest, ReadsKilobytesOfAField) {
  constexpr std::string_view kStatus = "Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";
  EXPECT_EQ(parse_status_kilobytes(kStatus, "VmRSS"), 1024);
  EXPECT_EQ(parse_status_kilobytes(kStatus, "VmHWM"), 2048);
  EXPECT_EQ(parse_status_kilobytes(kStatus, "VmSwap"), 0);
}

TEST(ProcessUsageTest, KnowsThisProcess) {
  const ProcessUsage usage = usage_of(::getpid()).value();
  EXPECT_GT(usage.rss_bytes, 0);
  EXPECT_GE(usage.peak_bytes, usage.rss_bytes);
}

TEST(ProcessUsageTest, SaysWhenThereIsNoSuchProcess) {
  EXPECT_EQ(usage_of(-1).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace cairn::bench
