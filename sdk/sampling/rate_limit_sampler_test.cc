// SPDX-License-Identifier: Apache-2.0
#include "sdk/sampling/rate_limit_sampler.h"

#include <atomic>

#include <gtest/gtest.h>

#include "sdk/sampling/sampling_testing.h"

namespace cairn::trace {
namespace {

using namespace sampling_testing;  // NOLINT(google-build-using-namespace): the tests' own words

std::atomic<std::int64_t> time_now{0};
std::int64_t test_clock() noexcept {
  return time_now.load();
}

int sampled_of(const SamplerPtr& sampler, int spans) {
  int sampled = 0;
  for (int i = 0; i < spans; ++i) sampled += samples(sampler) ? 1 : 0;
  return sampled;
}

TEST(RateLimitSampler, SamplesItsRateAndDropsTheRest) {
  time_now = 0;
  const SamplerPtr sampler = rate_limit_by(5, test_clock);
  EXPECT_EQ(sampled_of(sampler, 100), 5);
  time_now = 400'000'000;
  EXPECT_EQ(sampled_of(sampler, 100), 2);
}

TEST(RateLimitSampler, RunsOnTheMonotonicClockByDefault) {
  const SamplerPtr sampler = rate_limit(0.001);
  EXPECT_EQ(sampled_of(sampler, 100), 1);
  EXPECT_EQ(sampler->description(), "RateLimited{0.001}");
  EXPECT_FALSE(sampler->shortcut().usable);
}

TEST(BothSampler, SparesTheSecondWhatTheFirstRefuses) {
  time_now = 0;
  const SamplerPtr limited = rate_limit_by(2, test_clock);
  EXPECT_EQ(sampled_of(both(always_off(), limited), 100), 0);
  EXPECT_EQ(sampled_of(both(always_on(), limited), 100), 2);
}

TEST(BothSampler, RefusesWhatEitherRefuses) {
  EXPECT_FALSE(samples(both(always_on(), always_off())));
  EXPECT_FALSE(samples(both(always_off(), always_on())));
  EXPECT_TRUE(samples(both(always_on(), always_on())));
  EXPECT_EQ(both(always_on(), always_off())->description(),
            "Both{AlwaysOnSampler,AlwaysOffSampler}");
}

TEST(BothSampler, TakesAMissingOneForTheOther) {
  EXPECT_FALSE(samples(both(nullptr, always_off())));
  EXPECT_FALSE(samples(both(always_off(), nullptr)));
  EXPECT_TRUE(samples(both(nullptr, nullptr)));
}

TEST(BothSampler, KeepsTheAttributesOfTheOneThatHasThem) {
  static constexpr Attribute kAttributes[] = {{"sampler.type", "mine"}};
  SamplingResult answer;
  answer.decision = SamplingDecision::kRecordAndSample;
  answer.attributes = Attributes(kAttributes, 1);
  const auto fixed = std::make_shared<FixedSampler>(answer);
  EXPECT_EQ(ask(both(fixed, always_on())).attributes.size(), 1U);
  EXPECT_EQ(ask(both(always_on(), fixed)).attributes.size(), 1U);
}

}  // namespace
}  // namespace cairn::trace
