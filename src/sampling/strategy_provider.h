// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "model/sampling_strategy.h"

namespace cairn::sampling {

// Says what a service should sample. Thread rule: any thread; never blocks for long.
class StrategyProvider {
 public:
  virtual ~StrategyProvider() = default;

  // Never null: a service nobody has heard of gets a default. Being asked may be taken as a sign
  // that the service lives and will follow the answer.
  virtual std::shared_ptr<const model::SamplingStrategy> strategy_for(std::string_view service) = 0;
};

}  // namespace cairn::sampling
