// SPDX-License-Identifier: Apache-2.0
#include "sampling/adaptive/root_counter.h"

#include <gtest/gtest.h>

#include "model/reserved.h"
#include "model/testing.h"
#include "sampling/adaptive/adaptive_service.h"
#include "sampling/adaptive/rate_estimate.h"
#include "sampling/adaptive/root_sample.h"

namespace cairn::sampling {
namespace {

using model::AnyValue;
using model::TestBatch;
using Kind = RootSample::Kind;

std::string key(std::string_view service, std::string_view operation) {
  return std::string(service) + '\0' + std::string(operation);
}

TEST(RootCounter, CountsRootsByServiceAndOperation) {
  RootCounter counter(1e-5);
  TestBatch t;
  t.resource("web").span("0a", "01", "GET /").span("0b", "01", "GET /").span("0c", "01", "POST /");
  t.span("0a", "02", "child").parent("01");
  t.resource("cart").span("0d", "01", "GET /");
  counter.observe(t.batch());
  TextMap<RootCounts> counts;
  counter.drain(counts);
  EXPECT_EQ(counts.size(), 3U);
  EXPECT_EQ(counts[key("web", "GET /")].untold, 2U);
  EXPECT_EQ(counts[key("web", "POST /")].untold, 1U);
  EXPECT_EQ(counts[key("cart", "GET /")].untold, 1U);

  TextMap<RootCounts> nothing;
  counter.drain(nothing);
  EXPECT_TRUE(nothing.empty());
}

TEST(RootCounter, WeighsATraceByTheProbabilityItTells) {
  RootCounter counter(0.01);
  TestBatch t;
  for (const double probability : {0.5, 0.1, 1e-9}) {
    t.span("0a", "01", "op").attribute("sampler.type", "probabilistic");
    t.attribute("sampler.param", AnyValue::real(probability));
  }
  t.span("0a", "01", "op").attribute("sampler.type", "lowerbound");
  t.span("0a", "01", "op").attribute(model::reserved::kJaegerFlags, AnyValue::integer(3));
  counter.observe(t.batch());
  TextMap<RootCounts> counts;
  counter.drain(counts);
  const RootCounts& op = counts[key("test", "op")];
  EXPECT_EQ(op.told, 3U);
  EXPECT_DOUBLE_EQ(op.told_traces, 2 + 10 + 100) << "no trace stands for more than 1 / minimum";
  EXPECT_EQ(op.forced, 1U);
  EXPECT_EQ(op.probability, 0.01) << "the least that was told, not below the minimum";
  EXPECT_EQ(op.untold, 0U) << "a debug trace says nothing";
}

TEST(RootCounter, PassesOverWhatItCannotKeep) {
  RootCounter counter(1e-5);
  TestBatch t;
  t.resource("").span("0a", "01", "op");
  t.resource(std::string(RootCounter::kMaxName + 1, 's')).span("0a", "01", "op");
  t.resource("s").span("0a", "01", std::string(RootCounter::kMaxName + 1, 'o'));
  for (std::size_t i = 0; i < RootCounter::kMaxKeys + 5; ++i) {
    t.span("0a", "01", "op" + std::to_string(i));
  }
  counter.observe(t.batch());
  EXPECT_EQ(counter.passed_over(), 8U);
  TextMap<RootCounts> counts;
  counter.drain(counts);
  EXPECT_EQ(counts.size(), RootCounter::kMaxKeys);
}

TEST(RootSample, ReadsWhatEachSdkSays) {
  const struct {
    const char* type_key;
    const char* type;
    const char* param_key;
    AnyValue param;
    Kind kind;
    double probability;
  } cases[] = {
      {"sampler.type", "probabilistic", "sampler.param", AnyValue::real(0.25), Kind::kProbability,
       0.25},
      {"sampler.type", "probabilistic", "sampler.param", AnyValue::string("0.25"),
       Kind::kProbability, 0.25},
      {"sampler.type", "probabilistic", "sampler.param", AnyValue::integer(1), Kind::kProbability,
       1},
      {"jaeger.sampler.type", "probabilistic", "jaeger.sampler.param", AnyValue::real(0.25),
       Kind::kProbability, 0.25},
      {"sampler.type", "const", "sampler.param", AnyValue::boolean(true), Kind::kProbability, 1},
      {"sampler.type", "lowerbound", "sampler.param", AnyValue::real(0.25), Kind::kForced, 0.25},
      {"sampler.type", "ratelimiting", "sampler.param", AnyValue::real(5), Kind::kForced, 0},
      {"sampler.type", "probabilistic", "sampler.param", AnyValue::real(0), Kind::kUntold, 0},
      {"sampler.type", "probabilistic", "sampler.param", AnyValue::real(2), Kind::kUntold, 0},
      {"sampler.type", "probabilistic", "sampler.param", AnyValue::string("x"), Kind::kUntold, 0},
      {"sampler.type", "probabilistic", "other", AnyValue::real(0.25), Kind::kUntold, 0},
      {"other.type", "probabilistic", "sampler.param", AnyValue::real(0.25), Kind::kUntold, 0},
  };
  for (const auto& c : cases) {
    TestBatch t;
    t.span("0a", "01").attribute(c.type_key, c.type).attribute(c.param_key, c.param);
    const RootSample sample = sample_of(t.last());
    EXPECT_EQ(sample.kind, c.kind) << c.type_key << ' ' << c.type;
    EXPECT_EQ(sample.probability, c.probability) << c.type_key << ' ' << c.type;
  }
}

TEST(RootSample, ReadsTheThresholdOfATracestate) {
  EXPECT_EQ(tracestate_probability("ot=th:0"), 1);
  EXPECT_EQ(tracestate_probability("ot=th:8"), 0.5);
  EXPECT_EQ(tracestate_probability("ot=th:c"), 0.25);
  EXPECT_EQ(tracestate_probability("ot=th:c;"), 0.25);
  EXPECT_EQ(tracestate_probability("vendor=x,ot=rv:123456789abcde;th:c0,other=th:8"), 0.25);
  for (const char* none : {"", "ot=", "ot=rv:00", "ot=th:", "ot=th:xyz", "not=th:8",
                           "ot=th:123456789abcdef", "vendor=th:8"}) {
    EXPECT_EQ(tracestate_probability(none), std::nullopt) << none;
  }
  TestBatch t;
  t.span("0a", "01");
  t.last().trace_state = "ot=th:8";
  EXPECT_EQ(sample_of(t.last()).probability, 0.5);
}

// Jaeger's clients keep the default that held when they first used an operation.
TEST(AdaptiveService, TakesAnOperationAtItsOwnWordNotAtADefaultThatGrewSince) {
  const AdaptiveOptions options;
  const SteadyTime start{};
  AdaptiveService service(options, start);
  SteadyTime now = start;
  for (int i = 0; i < 4; ++i) {
    service.note_asks(1, 15, now + std::chrono::seconds(15));
    EXPECT_TRUE(service.recalculate(now, now + std::chrono::seconds(15)));
    now += std::chrono::seconds(15);
  }
  EXPECT_EQ(service.strategy()->probability, 0.001 * 4 * 4 * 4 * 4) << "it asks and is not heard";
  RootCounts by_lower_bound;
  by_lower_bound.forced = 1;
  by_lower_bound.probability = 0.001;
  EXPECT_TRUE(service.note_roots("told", by_lower_bound, now));
  RootCounts untold;
  untold.untold = 1;
  EXPECT_TRUE(service.note_roots("untold", untold, now));
  service.recalculate(now, now);
  const auto strategy = service.strategy();
  EXPECT_EQ(strategy->per_operation->operations,
            (std::vector<model::OperationSampling>{{"told", 0.001}, {"untold", 0.256}}));
}

TEST(RateEstimate, WeighsIntervalsByWhatTheyCouldSee) {
  RateEstimate rate;
  EXPECT_EQ(rate.rate(), 0);
  EXPECT_TRUE(rate.add({.seconds = 10, .samples = 1, .exposure = 0.1}));
  EXPECT_TRUE(rate.add({.seconds = 10, .samples = 99, .exposure = 9.9}));
  EXPECT_NEAR(rate.rate(), 10, 0.1);
}

TEST(RateEstimate, SilenceWhereMuchWasExpectedSaysNothing) {
  RateEstimate rate;
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(rate.add({.seconds = 10, .samples = 50, .exposure = 5}));
  }
  EXPECT_FALSE(rate.add({.seconds = 10, .samples = 0, .exposure = 5}));
  EXPECT_NEAR(rate.rate(), 10, 0.1);
  // A lower bound's trace proves that it runs, slowly.
  EXPECT_TRUE(rate.add({.seconds = 10, .samples = 0, .exposure = 5, .forced = 1}));
  EXPECT_NEAR(rate.rate(), 0.1, 0.01);
}

}  // namespace
}  // namespace cairn::sampling
