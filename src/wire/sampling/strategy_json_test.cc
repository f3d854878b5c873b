// SPDX-License-Identifier: Apache-2.0
#include "wire/sampling/strategy_json.h"

#include <gtest/gtest.h>

namespace cairn::wire::sampling {
namespace {

using model::PerOperationSampling;
using model::SamplingStrategy;

TEST(StrategyJson, WritesAProbability) {
  EXPECT_EQ(encode_strategy_json(SamplingStrategy::probabilistic(0.42), EnumForm::kName),
            R"({"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.42}})");
}

TEST(StrategyJson, WritesARateLimit) {
  EXPECT_EQ(encode_strategy_json(SamplingStrategy::rate_limiting(42), EnumForm::kName),
            R"({"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":42}})");
}

TEST(StrategyJson, WritesZeros) {
  EXPECT_EQ(encode_strategy_json(SamplingStrategy::probabilistic(0), EnumForm::kName),
            R"({"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0}})");
  EXPECT_EQ(encode_strategy_json(SamplingStrategy::rate_limiting(0), EnumForm::kName),
            R"({"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":0}})");
}

TEST(StrategyJson, WritesTheEnumAsANumberForOldClients) {
  EXPECT_EQ(encode_strategy_json(SamplingStrategy::probabilistic(0.5), EnumForm::kNumber),
            R"({"strategyType":0,"probabilisticSampling":{"samplingRate":0.5}})");
  EXPECT_EQ(encode_strategy_json(SamplingStrategy::rate_limiting(7), EnumForm::kNumber),
            R"({"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":7}})");
}

TEST(StrategyJson, WritesOperationsBesideTheServicesOwn) {
  SamplingStrategy strategy = SamplingStrategy::probabilistic(0.25);
  strategy.per_operation = PerOperationSampling{.default_probability = 0.25,
                                                .lower_bound_traces_per_second = 0.5,
                                                .operations = {{"GET \"/\"", 1}, {"b", 0}}};
  EXPECT_EQ(encode_strategy_json(strategy, EnumForm::kName),
            R"({"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.25},)"
            R"("operationSampling":{"defaultSamplingProbability":0.25,)"
            R"("defaultLowerBoundTracesPerSecond":0.5,"perOperationStrategies":[)"
            R"({"operation":"GET \"/\"","probabilisticSampling":{"samplingRate":1}},)"
            R"({"operation":"b","probabilisticSampling":{"samplingRate":0}}],)"
            R"("defaultUpperBoundTracesPerSecond":0}})");
}

}  // namespace
}  // namespace cairn::wire::sampling
