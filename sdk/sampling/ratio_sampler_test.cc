// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "sdk/sampling/ratio.h"
#include "sdk/sampling/sampling_testing.h"

namespace cairn::trace {
namespace {

using namespace sampling_testing;  // NOLINT(google-build-using-namespace): the tests' own words

constexpr std::uint64_t kLargest = kRejectAll - 1;

TEST(RatioSampler, OneSamplesEveryIdAndZeroNone) {
  for (const std::uint64_t randomness : {std::uint64_t{0}, kRejectAll / 2, kLargest}) {
    EXPECT_TRUE(samples(always_on(), {.trace_id = id_with(randomness)}));
    EXPECT_TRUE(samples(trace_id_ratio(1), {.trace_id = id_with(randomness)}));
    EXPECT_FALSE(samples(always_off(), {.trace_id = id_with(randomness)}));
    EXPECT_FALSE(samples(trace_id_ratio(0), {.trace_id = id_with(randomness)}));
  }
}

TEST(RatioSampler, SamplesFromItsThresholdUpwards) {
  const SamplerPtr quarter = trace_id_ratio(0.25);
  const std::uint64_t threshold = kRejectAll / 4 * 3;
  EXPECT_EQ(quarter->shortcut().rejection_threshold, threshold);
  EXPECT_FALSE(samples(quarter, {.trace_id = id_with(threshold - 1)}));
  EXPECT_TRUE(samples(quarter, {.trace_id = id_with(threshold)}));
  EXPECT_TRUE(samples(quarter, {.trace_id = id_with(kLargest)}));
}

TEST(RatioSampler, ReadsTheLastSevenBytesBigEndian) {
  EXPECT_EQ(randomness(id_with(0x01020304050607)), 0x01020304050607U);
  EXPECT_EQ(randomness(id_with(kLargest)), kLargest);
}

TEST(RatioSampler, TakesRatiosOutsideForTheNearest) {
  EXPECT_EQ(rejection_threshold(-0.5), kRejectAll);
  EXPECT_EQ(rejection_threshold(7), kRejectNone);
  EXPECT_EQ(rejection_threshold(std::numeric_limits<double>::infinity()), kRejectNone);
  EXPECT_EQ(rejection_threshold(std::nan("")), kRejectNone);
}

TEST(RatioSampler, SamplesTheShareItIsAskedFor) {
  std::mt19937_64 random(7);
  const SamplerPtr tenth = trace_id_ratio(0.1);
  int sampled = 0;
  constexpr int kTraces = 100'000;
  for (int i = 0; i < kTraces; ++i) {
    if (samples(tenth, {.trace_id = id_with(random() & kLargest)})) ++sampled;
  }
  EXPECT_NEAR(sampled, kTraces / 10, 500);  // five standard deviations
}

TEST(RatioSampler, SamplesWithALargerRatioAllThatASmallerSamples) {
  std::mt19937_64 random(7);
  const SamplerPtr small = trace_id_ratio(0.2);
  const SamplerPtr large = trace_id_ratio(0.3);
  for (int i = 0; i < 10'000; ++i) {
    const TraceId id = id_with(random() & kLargest);
    if (samples(small, {.trace_id = id})) {
      EXPECT_TRUE(samples(large, {.trace_id = id}));
    }
  }
}

TEST(RatioSampler, DescribesItselfAsTheSpecificationSays) {
  EXPECT_EQ(always_on()->description(), "AlwaysOnSampler");
  EXPECT_EQ(always_off()->description(), "AlwaysOffSampler");
  EXPECT_EQ(trace_id_ratio(0.5)->description(), "TraceIdRatioBased{0.500000}");
}

TEST(RatioSampler, LeavesTheParentsTraceState) {
  SpanContext span = parent(true, true).span_context();
  span.trace_state = TraceState::from_header("a=1,b=2");
  for (const SamplerPtr& sampler : {trace_id_ratio(0.5), parent_based(always_on()), rate_limit(1),
                                    both(always_on(), always_on()), by_rules({}, always_on())}) {
    EXPECT_EQ(ask(sampler, {.parent = Context(span)}).trace_state.header(), "a=1,b=2")
        << sampler->description();
  }
}

TEST(RatioSampler, OffersItsShortcut) {
  const Sampler::Shortcut shortcut = trace_id_ratio(0.5)->shortcut();
  EXPECT_TRUE(shortcut.usable);
  EXPECT_FALSE(shortcut.parent_based);
  EXPECT_EQ(shortcut.rejection_threshold, kRejectAll / 2);
}

}  // namespace
}  // namespace cairn::trace
