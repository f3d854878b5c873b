// SPDX-License-Identifier: Apache-2.0
//
// Adaptive sampling: each operation of each service is told the probability at which about
// `target_traces_per_second` of its traces are sampled, computed from the root spans that arrive.
//
//   ingest ─► observe() ─► RootCounter ─┐
//   clients ─► strategy_for() ─► asks ──┴─► tick(): AdaptiveService per service ─► new strategies
//
// Strategies are immutable; strategy_for() takes one pointer under a lock that is held for moments.
// Tenants share: clients that ask have none.
// Source: docs/protocols/sampling.md, "Adaptive sampling".
#pragma once

#include <atomic>
#include <memory>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "ingest/batch_observer.h"
#include "sampling/adaptive/adaptive_service.h"
#include "sampling/adaptive/root_counter.h"
#include "sampling/adaptive_options.h"
#include "sampling/strategy_provider.h"
#include "sampling/text_map.h"

namespace cairn::sampling {

// Thread rule: any thread for observe() and strategy_for(); tick() and save() by one at a time.
class AdaptiveStrategies final : public StrategyProvider, public ingest::BatchObserver {
 public:
  // How often tick() wants to be called.
  static constexpr Duration kTick = std::chrono::seconds(5);

  // Goes on where the file at `options.state_path` left off; a broken one is warned of and begins
  // anew. Ownership: clock and metrics outlive it.
  AdaptiveStrategies(AdaptiveOptions options, const Clock& clock, MetricsRegistry& metrics);

  std::shared_ptr<const model::SamplingStrategy> strategy_for(std::string_view service) override;
  void observe(const model::TenantId& tenant, const model::Batch& batch) override;

  // Gathers what arrived; once per calculation interval, computes anew, publishes and saves.
  void tick();
  // Writes the state file. Without a path: nothing.
  Result<void> save() const;

 private:
  struct Published {
    std::shared_ptr<const model::SamplingStrategy> strategy;
    std::uint64_t asks = 0;  // since the last tick
  };

  void load();
  void gather_asks(double seconds, SteadyTime now);
  void gather_roots(SteadyTime now);
  void recalculate(SteadyTime now);
  void publish(std::string_view service, std::shared_ptr<const model::SamplingStrategy> strategy);
  void forget(SteadyTime now);
  bool make_room();
  // Null when there are too many.
  AdaptiveService* service(std::string_view name, SteadyTime now);

  const AdaptiveOptions options_;
  const Clock& clock_;
  Counter& calculations_;
  Counter& over_limit_;
  Counter& save_failures_;
  Gauge& operations_;
  const std::shared_ptr<const model::SamplingStrategy> fallback_;
  RootCounter roots_;

  // Of the thread that ticks.
  TextMap<AdaptiveService> services_;
  SteadyTime last_tick_;
  SteadyTime interval_start_;
  std::uint64_t passed_over_ = 0;

  Mutex mutex_;
  // Of services_, and of as many more that asked since the last tick or found no place.
  TextMap<Published> published_ GUARDED_BY(mutex_);
};

}  // namespace cairn::sampling
