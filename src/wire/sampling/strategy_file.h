// SPDX-License-Identifier: Apache-2.0
//
// The file in which people write strategies, in Jaeger's form:
//   {"default_strategy": {"type": "probabilistic", "param": 0.5,
//      "operation_strategies": [{"operation": "GET /health", "type": "probabilistic", "param":
//      0}]},
//    "service_strategies": [{"service": "cart", "type": "ratelimiting", "param": 5}]}
// The decoder applies Jaeger's rules of merging, so that its result is what services are told.
// Source: docs/operations/sampling.md, "The file".
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/sampling_strategy.h"

namespace cairn::wire::sampling {

struct StrategyFile {
  model::SamplingStrategy default_strategy;
  std::unordered_map<std::string, model::SamplingStrategy> services;
  // What was read but means something else than it says: "line 4: …".
  std::vector<std::string> warnings;
};

inline constexpr std::size_t kMaxStrategyFileBytes = 4_MiB;
// Operations of all services together, after merging.
inline constexpr std::size_t kMaxOperations = 200'000;

// `default_probability` is that of a strategy without a type, and of a file without a default.
// Empty: `null` and `{}` are valid files without strategies; no bytes at all are an error.
// Errors: kInvalidArgument, "line 4, column 9: …" where the place is known; kResourceExhausted past
// one of the bounds.
Result<StrategyFile> decode_strategy_file(ByteView text, double default_probability);

}  // namespace cairn::wire::sampling
