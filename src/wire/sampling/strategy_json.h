// SPDX-License-Identifier: Apache-2.0
//
// A strategy as the JSON that tracing clients poll for:
//   {"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.42}}
//   {"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":42}}
//   …,"operationSampling":{"defaultSamplingProbability":0.1,"defaultLowerBoundTracesPerSecond":0,
//     "perOperationStrategies":[{"operation":"GET
//     /","probabilisticSampling":{"samplingRate":0.5}}], "defaultUpperBoundTracesPerSecond":0}
// Zeros are written, absent messages are not. Source: docs/protocols/sampling.md.
#pragma once

#include <string>

#include "model/sampling_strategy.h"

namespace cairn::wire::sampling {

// How `strategyType` is written. Jaeger's agent spoke numbers on "/" and names on "/sampling", and
// clients exist that read only one of them.
enum class EnumForm { kName, kNumber };

std::string encode_strategy_json(const model::SamplingStrategy& strategy, EnumForm form);

}  // namespace cairn::wire::sampling
