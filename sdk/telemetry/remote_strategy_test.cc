// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/remote_strategy.h"

#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "sdk/sampling/ratio.h"

namespace cairn::telemetry {
namespace {

using trace::rejection_threshold;

std::unique_ptr<RemoteStrategy> parse(std::string_view json,
                                      const RemoteStrategy* before = nullptr) {
  std::string error;
  return RemoteStrategy::parse(json, 2000, before, error);
}

std::string error_of(std::string_view json) {
  std::string error;
  EXPECT_EQ(RemoteStrategy::parse(json, 2000, nullptr, error), nullptr) << json;
  return error;
}

TEST(RemoteStrategy, UnderstandsAProbability) {
  for (const char* json :
       {R"({"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.42}})",
        R"({"strategyType":0,"probabilisticSampling":{"samplingRate":0.42}})",
        R"({"probabilisticSampling":{"samplingRate":0.42}})"}) {
    const auto strategy = parse(json);
    ASSERT_NE(strategy, nullptr) << json;
    EXPECT_EQ(strategy->rule_for("x").rejection_threshold, rejection_threshold(0.42));
    EXPECT_EQ(strategy->rule_for("x").bucket, nullptr);
  }
}

TEST(RemoteStrategy, TakesALeftOutRateForZero) {
  const auto strategy = parse(R"({"probabilisticSampling":{}})");
  ASSERT_NE(strategy, nullptr);
  EXPECT_EQ(strategy->rule_for("x").rejection_threshold, trace::kRejectAll);
}

TEST(RemoteStrategy, UnderstandsARateLimit) {
  for (const char* json :
       {R"({"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":42}})",
        R"({"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":42},
            "probabilisticSampling":{"samplingRate":0.1}})"}) {
    const auto strategy = parse(json);
    ASSERT_NE(strategy, nullptr) << json;
    EXPECT_EQ(strategy->rule_for("x").type, RemoteRule::Type::kRateLimiting);
    EXPECT_EQ(strategy->rule_for("x").parameter, 42);
  }
}

constexpr const char* kOperations = R"({"strategyType":"PROBABILISTIC",
  "probabilisticSampling":{"samplingRate":0.1},
  "operationSampling":{"defaultSamplingProbability":0.2,"defaultLowerBoundTracesPerSecond":3,
    "perOperationStrategies":[
      {"operation":"GET /","probabilisticSampling":{"samplingRate":0.5}},
      {"operation":"PUT /","probabilisticSampling":{"samplingRate":1}}],
    "defaultUpperBoundTracesPerSecond":0}})";

TEST(RemoteStrategy, UnderstandsOperations) {
  const auto strategy = parse(kOperations);
  ASSERT_NE(strategy, nullptr);
  EXPECT_EQ(strategy->operation_count(), 2U);
  EXPECT_EQ(strategy->rule_for("GET /").parameter, 0.5);
  EXPECT_EQ(strategy->rule_for("PUT /").rejection_threshold, trace::kRejectNone);
  EXPECT_EQ(strategy->rule_for("else").parameter, 0.2);
  EXPECT_EQ(strategy->rule_for("else").bucket_rate, 3);
}

TEST(RemoteStrategy, KeepsBucketsWhoseRateStays) {
  const auto first = parse(kOperations);
  const auto second = parse(kOperations, first.get());
  EXPECT_EQ(first->rule_for("GET /").bucket, second->rule_for("GET /").bucket);
  EXPECT_NE(first->rule_for("GET /").bucket, first->rule_for("PUT /").bucket);
  const auto limit = parse(R"({"rateLimitingSampling":{"maxTracesPerSecond":9}})", second.get());
  EXPECT_NE(limit->rule_for("x").bucket, second->rule_for("x").bucket);
}

TEST(RemoteStrategy, HoldsNoMoreOperationsThanItMay) {
  std::string json = R"({"operationSampling":{"perOperationStrategies":[)";
  for (int i = 0; i < 50; ++i) {
    json += (i == 0 ? "" : ",") + std::string(R"({"operation":"op)") + std::to_string(i) +
            R"(","probabilisticSampling":{"samplingRate":1}})";
  }
  std::string error;
  const auto strategy = RemoteStrategy::parse(json + "]}}", 10, nullptr, error);
  ASSERT_NE(strategy, nullptr);
  EXPECT_EQ(strategy->operation_count(), 10U);
  EXPECT_EQ(strategy->rule_for("op49").rejection_threshold, trace::kRejectAll);
}

TEST(RemoteStrategy, RefusesWhatSaysNothing) {
  EXPECT_EQ(error_of("[]"), "the answer is not an object");
  EXPECT_EQ(error_of(""), "the answer is not an object");
  EXPECT_EQ(error_of("<html>no</html>"), "the answer is not an object");
  EXPECT_EQ(error_of("{}"), "the answer has no strategy");
  EXPECT_EQ(error_of(R"({"probabilisticSampling":7})"), "the answer has no strategy");
  EXPECT_NE(error_of("{"), "");
  EXPECT_NE(error_of(std::string(100'000, '[')), "");
}

// A server that stumbles must not switch sampling off.
TEST(RemoteStrategy, RefusesNumbersThatAreNone) {
  for (const char* rate : {"-1", "\"x\"", "[]", "{}", "1e999", "NaN", "\"NaN\"", "-0.001"}) {
    const std::string text = rate;
    EXPECT_EQ(error_of(R"({"probabilisticSampling":{"samplingRate":)" + text + "}}"),
              "samplingRate is not understood")
        << rate;
    EXPECT_EQ(error_of(R"({"rateLimitingSampling":{"maxTracesPerSecond":)" + text + "}}"),
              "maxTracesPerSecond is not understood");
    EXPECT_EQ(error_of(R"({"operationSampling":{"perOperationStrategies":[{"operation":"a",
        "probabilisticSampling":{"samplingRate":)" +
                       text + "}}]}}"),
              "samplingRate is not understood");
  }
}

TEST(RemoteStrategy, TakesNullForZero) {
  const auto strategy = parse(R"({"probabilisticSampling":{"samplingRate":null}})");
  ASSERT_NE(strategy, nullptr);
  EXPECT_EQ(strategy->rule_for("x").rejection_threshold, trace::kRejectAll);
}

TEST(RemoteStrategy, RefusesWhatIsJsonOnlyInPart) {
  const std::string good = R"({"probabilisticSampling":{"samplingRate":1}})";
  EXPECT_EQ(error_of(good.substr(0, good.size() - 1)), "the answer is broken");
  EXPECT_EQ(error_of(good + "x"), "the answer is broken");
  EXPECT_EQ(error_of("{a: &x {samplingRate: 1}, probabilisticSampling: *x}"),
            "the answer is broken");
  EXPECT_NE(parse(good + "\r\n"), nullptr);
}

// Were it read into a tree first, this answer of a megabyte would take 250.
TEST(RemoteStrategy, NeedsNoMoreMemoryThanTheAnswer) {
  std::string json = R"({"probabilisticSampling":{"samplingRate":1},"x":[1)";
  while (json.size() < (std::size_t{1} << 20)) json += ",[]";
  json += "]}";
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  EXPECT_NE(parse(json), nullptr);
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024);  // kilobytes
}

TEST(RemoteStrategy, PassesOverOperationsThatSayNothing) {
  const auto strategy = parse(R"({"operationSampling":{"perOperationStrategies":[7,[],{},
      {"operation":["a"],"probabilisticSampling":{"samplingRate":1}},
      {"operation":"b"},{"operation":"c","probabilisticSampling":7},
      {"probabilisticSampling":{"samplingRate":1}},
      {"operation":"d","probabilisticSampling":{}}]}})");
  ASSERT_NE(strategy, nullptr);
  EXPECT_EQ(strategy->operation_count(), 1U);
}

}  // namespace
}  // namespace cairn::telemetry
