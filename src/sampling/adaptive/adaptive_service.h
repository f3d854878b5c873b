// SPDX-License-Identifier: Apache-2.0
//
// One service under adaptive sampling: what each of its operations was told, what arrived since,
// and what it should be told next. Clients ask once in a while, so for a time after each change
// some still follow the former word; `mix` is the share that has heard the latest.
#pragma once

#include <chrono>
#include <memory>

#include "model/sampling_strategy.h"
#include "sampling/adaptive/adaptive_state.h"
#include "sampling/adaptive/rate_estimate.h"
#include "sampling/adaptive/root_counter.h"
#include "sampling/adaptive_options.h"
#include "sampling/text_map.h"

namespace cairn::sampling {

using SteadyTime = std::chrono::steady_clock::time_point;

// Thread rule: one thread at a time. Ownership: `options` outlives it.
class AdaptiveService {
 public:
  AdaptiveService(const AdaptiveOptions& options, SteadyTime now);
  AdaptiveService(const AdaptiveOptions& options, const AdaptiveState::Service& saved,
                  SteadyTime now);

  // Clients asked so often in the last `seconds`. Call also with 0 asks.
  void note_asks(std::uint64_t asks, double seconds, SteadyTime now);
  // Root spans that arrived. The first ones of an operation only make it known: they say when it
  // was seen, not how often. False: there are too many operations already.
  bool note_roots(std::string_view operation, const RootCounts& counts, SteadyTime now);

  // Ends the interval that began at `since`. True: there is something new to tell.
  bool recalculate(SteadyTime since, SteadyTime now);
  std::shared_ptr<const model::SamplingStrategy> strategy() const;

  bool was_asked() const { return was_asked_; }
  // Asks and sends traces, as a service that lives does.
  bool is_proven() const { return was_asked_ && !operations_.empty(); }
  SteadyTime last_heard() const { return last_heard_; }
  bool is_forgotten(SteadyTime now) const {
    return operations_.empty() && now - last_heard_ > options_->forget_after;
  }
  std::size_t operations() const { return operations_.size(); }
  AdaptiveState::Service to_state(const std::string& name) const;

 private:
  struct Operation {
    double probability = 0;  // as it would be told now
    double before = 0;       // as those follow that have not asked since
    RateEstimate rate;
    RootCounts counts;  // of this interval
    SteadyTime since;   // counted from here
    SteadyTime last_seen;
  };

  double asking_clients() const;
  double next_probability(Operation& operation, double seconds) const;
  bool recalculate_default();
  bool forget_operations(SteadyTime now);
  void begin_interval(bool told_anew);

  const AdaptiveOptions* options_;
  TextMap<Operation> operations_;
  double default_probability_;
  bool was_asked_ = false;
  bool asked_in_interval_ = false;
  bool found_operation_ = false;  // in this interval
  double recent_asks_ = 0;        // of about a minute
  double asks_since_told_ = 0;
  double mix_ = 0;
  double mix_seconds_ = 0;  // integral of mix_ over this interval
  double seconds_ = 0;
  SteadyTime last_heard_;
};

}  // namespace cairn::sampling
