// SPDX-License-Identifier: Apache-2.0
#include "ingest/rate_limits.h"

#include <gtest/gtest.h>

#include "model/testing.h"

namespace cairn::ingest {
namespace {

using model::RejectionReason;
using std::chrono::milliseconds;
using std::chrono::seconds;

class RateLimitsTest : public ::testing::Test {
 protected:
  // How many of so many spans of that service pass.
  static std::size_t pass(RateLimits& limits, std::size_t spans, std::string_view service = "cart",
                          std::string_view tenant = "") {
    model::TestBatch t;
    t.resource(service);
    for (std::size_t i = 0; i < spans; ++i) t.span("1", "1");
    const auto rejected = limits.enforce({std::string(tenant)}, t.batch());
    EXPECT_EQ(rejected.of(RejectionReason::kRateLimited), spans - t.batch().spans.size());
    return t.batch().spans.size();
  }

  ManualClock clock_{1};
};

TEST_F(RateLimitsTest, NothingIsLimitedUnlessAsked) {
  RateLimits limits({}, clock_);
  EXPECT_EQ(pass(limits, 100'000), 100'000U);
}

TEST_F(RateLimitsTest, ATenantMaySendASecondsWorthAtOnceAndThenItsRate) {
  RateLimits limits({.tenant = {.spans_per_second = 100}}, clock_);
  EXPECT_EQ(pass(limits, 150), 100U);
  EXPECT_EQ(pass(limits, 10), 0U);
  clock_.advance(milliseconds(250));
  EXPECT_EQ(pass(limits, 150), 25U);
  clock_.advance(seconds(60));
  EXPECT_EQ(pass(limits, 150), 100U);
}

TEST_F(RateLimitsTest, ServicesAndTenantsHaveBucketsOfTheirOwn) {
  RateLimits limits({.service = {.spans_per_second = 10}}, clock_);
  EXPECT_EQ(pass(limits, 20, "cart"), 10U);
  EXPECT_EQ(pass(limits, 20, "shop"), 10U);
  EXPECT_EQ(pass(limits, 20, "cart", "other"), 10U);
  EXPECT_EQ(pass(limits, 20, "cart"), 0U);
}

TEST_F(RateLimitsTest, ANamedServiceHasItsOwnRate) {
  RateLimits limits({.service = {.spans_per_second = 10},
                     .services = {{.name = "cart", .spans_per_second = 3},
                                  {.name = "shop", .spans_per_second = 0}}},
                    clock_);
  EXPECT_EQ(pass(limits, 20, "cart"), 3U);
  EXPECT_EQ(pass(limits, 20, "shop"), 20U);
  EXPECT_EQ(pass(limits, 20, "else"), 10U);
}

TEST_F(RateLimitsTest, BytesCountToo) {
  RateLimits limits({.tenant = {.bytes_per_second = 20}}, clock_);
  // Each span is its name, "op": two bytes.
  EXPECT_EQ(pass(limits, 50), 10U);
}

TEST_F(RateLimitsTest, ASpanLargerThanASecondsWorthPassesAFullBucket) {
  RateLimits limits({.tenant = {.bytes_per_second = 1}}, clock_);
  EXPECT_EQ(pass(limits, 2), 1U);
  clock_.advance(seconds(1));
  EXPECT_EQ(pass(limits, 2), 0U);  // one byte short
  clock_.advance(seconds(1));
  EXPECT_EQ(pass(limits, 2), 1U);
}

TEST_F(RateLimitsTest, ServicesPastTheMostThatAreToldApartShareABucket) {
  RateLimits limits({.service = {.spans_per_second = 10}, .max_services = 2}, clock_);
  EXPECT_EQ(pass(limits, 20, "a"), 10U);
  EXPECT_EQ(pass(limits, 20, "b"), 10U);
  EXPECT_EQ(pass(limits, 20, "c"), 10U);
  EXPECT_EQ(pass(limits, 20, "d"), 0U);
}

TEST_F(RateLimitsTest, MadeUpNamesDoNotUseUpTheRateOfANamedService) {
  RateLimits limits({.service = {.spans_per_second = 10},
                     .services = {{.name = "cart", .spans_per_second = 3}},
                     .max_services = 2},
                    clock_);
  for (const char* made_up : {"a", "b", "c", "d"}) pass(limits, 20, made_up);
  EXPECT_EQ(pass(limits, 20, "cart"), 3U);
  EXPECT_EQ(pass(limits, 20, "cart"), 0U);
  clock_.advance(seconds(1));
  EXPECT_EQ(pass(limits, 20, "e"), 10U) << "nor do those who share get cart's rate";
}

}  // namespace
}  // namespace cairn::ingest
