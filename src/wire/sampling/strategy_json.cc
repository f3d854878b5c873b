// SPDX-License-Identifier: Apache-2.0
#include "wire/sampling/strategy_json.h"

#include "base/json_writer.h"

namespace cairn::wire::sampling {
namespace {

using model::SamplingStrategy;
using model::SamplingType;

void write_rate(JsonWriter& json, double probability) {
  json.key("probabilisticSampling");
  json.begin_object();
  json.member("samplingRate", probability);
  json.end_object();
}

void write_operations(JsonWriter& json, const model::PerOperationSampling& sampling) {
  json.key("operationSampling");
  json.begin_object();
  json.member("defaultSamplingProbability", sampling.default_probability);
  json.member("defaultLowerBoundTracesPerSecond", sampling.lower_bound_traces_per_second);
  json.key("perOperationStrategies");
  json.begin_array();
  for (const model::OperationSampling& operation : sampling.operations) {
    json.begin_object();
    json.member("operation", std::string_view(operation.operation));
    write_rate(json, operation.probability);
    json.end_object();
  }
  json.end_array();
  json.member("defaultUpperBoundTracesPerSecond", sampling.upper_bound_traces_per_second);
  json.end_object();
}

}  // namespace

std::string encode_strategy_json(const SamplingStrategy& strategy, EnumForm form) {
  std::string out;
  JsonWriter json(out);
  const bool is_rate_limiting = strategy.type == SamplingType::kRateLimiting;
  json.begin_object();
  if (form == EnumForm::kNumber) {
    json.member("strategyType", static_cast<int>(strategy.type));
  } else {
    json.member("strategyType",
                std::string_view(is_rate_limiting ? "RATE_LIMITING" : "PROBABILISTIC"));
  }
  if (is_rate_limiting) {
    json.key("rateLimitingSampling");
    json.begin_object();
    json.member("maxTracesPerSecond", strategy.max_traces_per_second);
    json.end_object();
  } else {
    write_rate(json, strategy.probability);
  }
  if (strategy.per_operation) write_operations(json, *strategy.per_operation);
  json.end_object();
  return out;
}

}  // namespace cairn::wire::sampling
