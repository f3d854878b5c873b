// SPDX-License-Identifier: Apache-2.0
#include "ingest/trace_id_sampling.h"

#include <cstring>
#include <random>

#include <gtest/gtest.h>

#include "model/reserved.h"
#include "model/testing.h"

namespace cairn::ingest {
namespace {

TEST(TraceIdSampling, KeepsTheConfiguredShare) {
  std::mt19937_64 random(1);
  for (const double probability : {0.01, 0.25, 0.5, 0.9}) {
    constexpr int kTraces = 100'000;
    int kept = 0;
    for (int i = 0; i < kTraces; ++i) {
      model::TraceId id;
      const std::uint64_t halves[] = {random(), random()};
      std::memcpy(id.bytes.data(), halves, sizeof(halves));
      kept += is_sampled(id, probability) ? 1 : 0;
    }
    EXPECT_NEAR(kept, kTraces * probability, 1000) << probability;
  }
}

TEST(TraceIdSampling, ATraceKeptAtALowerProbabilityIsKeptAtAHigherOne) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 1000; ++i) {
    model::TraceId id;
    const std::uint64_t halves[] = {random(), random()};
    std::memcpy(id.bytes.data(), halves, sizeof(halves));
    EXPECT_LE(is_sampled(id, 0.1), is_sampled(id, 0.2));
    EXPECT_TRUE(is_sampled(id, 1));
    EXPECT_FALSE(is_sampled(id, 0));
  }
}

// The last 56 bits count; at one half the first of them decides.
TEST(TraceIdSampling, LooksAtTheLast56Bits) {
  EXPECT_TRUE(is_sampled(model::trace_id("00000000000000000080000000000000"), 0.5));
  EXPECT_FALSE(is_sampled(model::trace_id("ffffffffffffffffff7fffffffffffff"), 0.5));
}

TEST(TraceIdSampling, KeepsWhatWasSentForDebugging) {
  model::TestBatch t;
  t.span("1", "1");
  t.span("1", "2").attribute(model::reserved::kZipkinDebug, model::AnyValue::boolean(true));
  t.span("1", "3").attribute(model::reserved::kJaegerFlags, model::AnyValue::integer(2));
  t.span("1", "4").attribute(model::reserved::kJaegerFlags, model::AnyValue::integer(8));
  EXPECT_EQ(sample_by_trace_id(0, t.batch()), 2U);
  ASSERT_EQ(t.batch().spans.size(), 2U);
  EXPECT_EQ(t.batch().spans[0].span_id, model::span_id("2"));
  EXPECT_EQ(t.batch().spans[1].span_id, model::span_id("3"));
}

}  // namespace
}  // namespace cairn::ingest
