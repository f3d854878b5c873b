// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sampling/file_strategies.h"

namespace cairn::sampling {

// What people wrote for a service holds; services they did not name follow their traffic.
// Thread rule: any thread. Ownership: both outlive it.
class FileThenAdaptive final : public StrategyProvider {
 public:
  FileThenAdaptive(const FileStrategies& file, StrategyProvider& adaptive)
      : file_(file), adaptive_(adaptive) {}

  std::shared_ptr<const model::SamplingStrategy> strategy_for(std::string_view service) override {
    auto written = file_.own_strategy_of(service);
    return written != nullptr ? written : adaptive_.strategy_for(service);
  }

 private:
  const FileStrategies& file_;
  StrategyProvider& adaptive_;
};

}  // namespace cairn::sampling
