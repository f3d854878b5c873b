// SPDX-License-Identifier: Apache-2.0
#include "server/remote_sampling.h"

#include "base/log.h"

namespace cairn::server {

Result<std::unique_ptr<RemoteSampling>> RemoteSampling::open(const SamplingConfig& config,
                                                             std::string state_path,
                                                             const Clock& clock,
                                                             MetricsRegistry& metrics) {
  std::unique_ptr<RemoteSampling> made(new RemoteSampling());
  ASSIGN_OR_RETURN(made->file_, sampling::FileStrategies::open(config.file, metrics));
  if (!config.file.path.empty()) {
    made->reload_ = std::make_unique<sampling::Repeating>(
        "sampling/file", config.reload_interval, [file = made->file_.get()] { file->reload(); });
  }
  if (!config.is_adaptive) return made;
  sampling::AdaptiveOptions options = config.adaptive;
  options.state_path = std::move(state_path);
  made->adaptive_ =
      std::make_unique<sampling::AdaptiveStrategies>(std::move(options), clock, metrics);
  made->both_ = std::make_unique<sampling::FileThenAdaptive>(*made->file_, *made->adaptive_);
  made->tick_ = std::make_unique<sampling::Repeating>(
      "sampling/adapt", sampling::AdaptiveStrategies::kTick,
      [adaptive = made->adaptive_.get()] { adaptive->tick(); });
  return made;
}

sampling::StrategyProvider& RemoteSampling::provider() {
  if (both_) return *both_;
  return *file_;
}

void RemoteSampling::stop() {
  reload_.reset();
  if (!tick_) return;
  tick_.reset();
  if (const auto saved = adaptive_->save(); !saved) {
    log_warn("adaptive sampling begins anew at the next start", {{"error", saved.error().message}});
  }
}

}  // namespace cairn::server
