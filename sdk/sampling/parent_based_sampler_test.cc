// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sdk/sampling/ratio.h"
#include "sdk/sampling/sampling_testing.h"

namespace cairn::trace {
namespace {

using namespace sampling_testing;  // NOLINT(google-build-using-namespace): the tests' own words

std::shared_ptr<FixedSampler> fixed(SamplingDecision decision) {
  SamplingResult answer;
  answer.decision = decision;
  return std::make_shared<FixedSampler>(answer);
}

TEST(ParentBasedSampler, FollowsTheParentAndAsksTheRootWithoutOne) {
  for (const bool remote : {false, true}) {
    EXPECT_TRUE(samples(parent_based(always_off()), {.parent = parent(true, remote)}));
    EXPECT_FALSE(samples(parent_based(always_on()), {.parent = parent(false, remote)}));
  }
  EXPECT_TRUE(samples(parent_based(always_on())));
  EXPECT_FALSE(samples(parent_based(always_off())));
}

TEST(ParentBasedSampler, AsksTheDelegateOfItsParentsKind) {
  ParentBasedOptions options;
  const auto root = fixed(SamplingDecision::kDrop);
  const auto remote_sampled = fixed(SamplingDecision::kDrop);
  const auto remote_not_sampled = fixed(SamplingDecision::kDrop);
  const auto local_sampled = fixed(SamplingDecision::kDrop);
  const auto local_not_sampled = fixed(SamplingDecision::kDrop);
  options.root = root;
  options.remote_sampled = remote_sampled;
  options.remote_not_sampled = remote_not_sampled;
  options.local_sampled = local_sampled;
  options.local_not_sampled = local_not_sampled;
  const SamplerPtr sampler = parent_based(options);
  ask(sampler);
  EXPECT_EQ(root->asked, 1);
  ask(sampler, {.parent = parent(true, true)});
  EXPECT_EQ(remote_sampled->asked, 1);
  ask(sampler, {.parent = parent(false, true)});
  EXPECT_EQ(remote_not_sampled->asked, 1);
  ask(sampler, {.parent = parent(true, false)});
  EXPECT_EQ(local_sampled->asked, 1);
  ask(sampler, {.parent = parent(false, false)});
  EXPECT_EQ(local_not_sampled->asked, 1);
  EXPECT_EQ(root->asked, 1);
}

TEST(ParentBasedSampler, TakesAParentWithoutIdsForNone) {
  SpanContext broken;
  broken.flags.bits = TraceFlags::kSampled;
  EXPECT_FALSE(samples(parent_based(always_off()), {.parent = Context(broken)}));
}

TEST(ParentBasedSampler, DescribesItselfAsTheSpecificationSays) {
  EXPECT_EQ(parent_based(trace_id_ratio(0.5))->description(),
            "ParentBased{root:TraceIdRatioBased{0.500000},remoteParentSampled:AlwaysOnSampler,"
            "remoteParentNotSampled:AlwaysOffSampler,localParentSampled:AlwaysOnSampler,"
            "localParentNotSampled:AlwaysOffSampler}");
}

TEST(ParentBasedSampler, HasTheShortcutOfItsRootWhileItsDelegatesAreTheUsual) {
  const Sampler::Shortcut shortcut = parent_based(trace_id_ratio(0.5))->shortcut();
  EXPECT_TRUE(shortcut.usable);
  EXPECT_TRUE(shortcut.parent_based);
  EXPECT_EQ(shortcut.rejection_threshold, kRejectAll / 2);

  ParentBasedOptions unusual;
  unusual.root = always_on();
  unusual.remote_sampled = trace_id_ratio(0.5);
  EXPECT_FALSE(parent_based(unusual)->shortcut().usable);
  unusual.remote_sampled = always_on();
  EXPECT_TRUE(parent_based(unusual)->shortcut().usable);
  EXPECT_FALSE(parent_based(rate_limit(1))->shortcut().usable);
}

}  // namespace
}  // namespace cairn::trace
