// SPDX-License-Identifier: Apache-2.0
//
// What a service is told about which of its traces to sample: one probability or one rate, and,
// where operations differ, a probability for each.
// Probabilities lie in [0, 1]. Source: jaeger.api_v2.SamplingStrategyResponse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cairn::model {

struct OperationSampling {
  std::string operation;  // a root span's name
  double probability = 0;

  bool operator==(const OperationSampling&) const = default;
};

// Takes precedence over the service's own probability or rate in clients that know it.
struct PerOperationSampling {
  double default_probability = 0;  // of operations that are not listed
  // Each operation is sampled at least this often, whatever its probability; 0: no such promise.
  double lower_bound_traces_per_second = 0;
  std::vector<OperationSampling> operations = {};
  double upper_bound_traces_per_second = 0;  // clients do not look at it

  bool operator==(const PerOperationSampling&) const = default;
};

enum class SamplingType : std::uint8_t { kProbabilistic = 0, kRateLimiting = 1 };

struct SamplingStrategy {
  SamplingType type = SamplingType::kProbabilistic;
  double probability = 0;                  // kProbabilistic only
  std::int32_t max_traces_per_second = 0;  // kRateLimiting only
  std::optional<PerOperationSampling> per_operation;

  bool operator==(const SamplingStrategy&) const = default;

  static SamplingStrategy probabilistic(double probability) {
    SamplingStrategy made;
    made.probability = probability;
    return made;
  }
  static SamplingStrategy rate_limiting(std::int32_t max_traces_per_second) {
    SamplingStrategy made;
    made.type = SamplingType::kRateLimiting;
    made.max_traces_per_second = max_traces_per_second;
    return made;
  }
};

}  // namespace cairn::model
