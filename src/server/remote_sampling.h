// SPDX-License-Identifier: Apache-2.0
//
// Remote sampling put together: the file, what adapts, who asks which, and their threads.
#pragma once

#include <memory>
#include <string>

#include "sampling/adaptive_strategies.h"
#include "sampling/file_then_adaptive.h"
#include "sampling/repeating.h"
#include "server/config/config.h"

namespace cairn::server {

// Thread rule: made and destroyed by the owner; provider() and observer() as their types say.
class RemoteSampling {
 public:
  // `state_path` is where adaptive sampling remembers; empty: nowhere.
  // Ownership: clock and metrics outlive it. Errors: of a file that cannot be used.
  static Result<std::unique_ptr<RemoteSampling>> open(const SamplingConfig& config,
                                                      std::string state_path, const Clock& clock,
                                                      MetricsRegistry& metrics);

  sampling::StrategyProvider& provider();
  // Null when nothing adapts.
  ingest::BatchObserver* observer() { return adaptive_.get(); }
  // Saves what adaptive sampling learned, and ends the threads. Idempotent.
  void stop();

 private:
  RemoteSampling() = default;

  std::unique_ptr<sampling::FileStrategies> file_;
  std::unique_ptr<sampling::AdaptiveStrategies> adaptive_;
  std::unique_ptr<sampling::FileThenAdaptive> both_;
  std::unique_ptr<sampling::Repeating> reload_;
  std::unique_ptr<sampling::Repeating> tick_;
};

}  // namespace cairn::server
