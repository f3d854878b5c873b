// SPDX-License-Identifier: Apache-2.0
#include "sampling/adaptive/adaptive_service.h"

#include <algorithm>
#include <cmath>

namespace cairn::sampling {
namespace {

// How often clients ask unless told otherwise, Jaeger's and OpenTelemetry's alike.
constexpr double kAskEverySeconds = 60;
// A service that asks and sends nothing is told so much more each interval.
constexpr double kSilentGrowth = 4;

double seconds_between(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double>(to - from).count();
}

double between(double from, double to, double share) {
  return from + (to - from) * share;
}

}  // namespace

AdaptiveService::AdaptiveService(const AdaptiveOptions& options, SteadyTime now)
    : options_(&options), default_probability_(options.initial_probability), last_heard_(now) {
}

AdaptiveService::AdaptiveService(const AdaptiveOptions& options,
                                 const AdaptiveState::Service& saved, SteadyTime now)
    : AdaptiveService(options, now) {
  was_asked_ = true;
  mix_ = 1;
  default_probability_ = std::max(saved.default_probability, options.min_probability);
  for (const AdaptiveState::Operation& operation : saved.operations) {
    if (operations_.size() == options.max_operations_per_service) return;
    const double probability = std::max(operation.probability, options.min_probability);
    operations_.insert_or_assign(
        operation.name,
        Operation{.probability = probability,
                  .before = probability,
                  .rate = RateEstimate(std::min(operation.samples, RateEstimate::kMemorySamples),
                                       operation.exposure),
                  .counts = {},
                  .since = now,
                  .last_seen = now});
  }
}

double AdaptiveService::asking_clients() const {
  return std::max(1.0, std::floor(recent_asks_));
}

void AdaptiveService::note_asks(std::uint64_t asks, double seconds, SteadyTime now) {
  recent_asks_ = recent_asks_ * std::exp(-seconds / kAskEverySeconds) + static_cast<double>(asks);
  const double mix_at_start = mix_;
  if (asks > 0) {
    was_asked_ = true;
    asked_in_interval_ = true;
    last_heard_ = now;
    asks_since_told_ += static_cast<double>(asks);
    mix_ = std::max(mix_, std::min(1.0, asks_since_told_ / asking_clients()));
  }
  mix_seconds_ += seconds * (mix_at_start + mix_) / 2;
  seconds_ += seconds;
}

bool AdaptiveService::note_roots(std::string_view name, const RootCounts& counts, SteadyTime now) {
  last_heard_ = now;
  const auto found = operations_.find(name);
  if (found != operations_.end()) {
    found->second.counts.add(counts);
    found->second.last_seen = now;
    return true;
  }
  if (operations_.size() >= options_->max_operations_per_service) return false;
  found_operation_ = true;
  // Jaeger's clients keep the default that held when they first used an operation, and say so.
  const double told = counts.probability > 0 ? std::min(counts.probability, default_probability_)
                                             : default_probability_;
  // Who never asked follows nobody's word: everything is taken to be sampled.
  const double follows = was_asked_ ? told : 1;
  operations_.emplace(std::string(name), Operation{.probability = told,
                                                   .before = follows,
                                                   .rate = {},
                                                   .counts = {},
                                                   .since = now,
                                                   .last_seen = now});
  return true;
}

double AdaptiveService::next_probability(Operation& operation, double seconds) const {
  const RootCounts& counts = operation.counts;
  const double mix = seconds_ > 0 ? mix_seconds_ / seconds_ : mix_;
  const double untold_exposure = seconds * between(operation.before, operation.probability, mix);
  RateInterval interval{.seconds = seconds,
                        .samples = static_cast<double>(counts.untold + counts.told),
                        .exposure = untold_exposure,
                        .forced = static_cast<double>(counts.forced)};
  if (counts.told > 0) {
    // Traces that say their probability stand for themselves; those that do not, for our word.
    const double rate =
        counts.told_traces / seconds + static_cast<double>(counts.untold) / untold_exposure;
    interval.exposure = interval.samples / rate;
  }
  if (!operation.rate.add(interval)) return operation.probability;
  const double wanted = options_->target_traces_per_second / operation.rate.rate();
  return std::clamp(wanted, options_->min_probability, 1.0);
}

// An operation nobody has heard of is taken to be as busy as the busiest known one. Without any,
// a service that asks again and again must be quiet: it is given more each time.
bool AdaptiveService::recalculate_default() {
  double wanted = options_->initial_probability;
  if (!operations_.empty()) {
    double busiest = 1;
    for (const auto& [name, operation] : operations_) {
      busiest = std::min(busiest, operation.probability);
    }
    wanted = std::max(wanted, busiest);
  } else if (asked_in_interval_) {
    wanted = std::min(1.0, default_probability_ * kSilentGrowth);
  } else {
    wanted = default_probability_;
  }
  if (std::abs(wanted - default_probability_) <= options_->delta_tolerance * default_probability_) {
    return false;
  }
  default_probability_ = wanted;
  return true;
}

bool AdaptiveService::forget_operations(SteadyTime now) {
  return std::erase_if(operations_, [&](const auto& entry) {
           return now - entry.second.last_seen > options_->forget_after;
         }) > 0;
}

bool AdaptiveService::recalculate(SteadyTime since, SteadyTime now) {
  bool anew = forget_operations(now) || found_operation_;
  struct Change {
    Operation* operation;
    double probability;
  };
  std::vector<Change> changes;
  for (auto& [name, operation] : operations_) {
    const double seconds = seconds_between(std::max(since, operation.since), now);
    if (seconds <= 0) continue;
    const double next = next_probability(operation, seconds);
    operation.counts = {};
    if (std::abs(next - operation.probability) >
        options_->delta_tolerance * operation.probability) {
      changes.push_back({&operation, next});
    }
  }
  if (!changes.empty()) anew = true;
  // From now on the former word is what clients follow that have not asked since.
  if (anew) {
    for (auto& [name, operation] : operations_) {
      operation.before = between(operation.before, operation.probability, mix_);
    }
  }
  for (const Change& change : changes) change.operation->probability = change.probability;
  if (recalculate_default()) anew = true;
  begin_interval(anew);
  return anew;
}

void AdaptiveService::begin_interval(bool told_anew) {
  if (told_anew) {
    asks_since_told_ = 0;
    mix_ = 0;
  }
  mix_seconds_ = 0;
  seconds_ = 0;
  asked_in_interval_ = false;
  found_operation_ = false;
}

std::shared_ptr<const model::SamplingStrategy> AdaptiveService::strategy() const {
  auto told = std::make_shared<model::SamplingStrategy>(
      model::SamplingStrategy::probabilistic(default_probability_));
  model::PerOperationSampling& sampling = told->per_operation.emplace();
  sampling.default_probability = default_probability_;
  sampling.lower_bound_traces_per_second = options_->min_traces_per_second;
  sampling.operations.reserve(operations_.size());
  for (const auto& [name, operation] : operations_) {
    sampling.operations.push_back({name, operation.probability});
  }
  std::ranges::sort(sampling.operations, {}, &model::OperationSampling::operation);
  return told;
}

AdaptiveState::Service AdaptiveService::to_state(const std::string& name) const {
  AdaptiveState::Service saved{name, default_probability_, {}};
  for (const auto& [operation_name, operation] : operations_) {
    saved.operations.push_back({operation_name, operation.probability, operation.rate.samples(),
                                operation.rate.exposure()});
  }
  std::ranges::sort(saved.operations, {}, &AdaptiveState::Operation::name);
  return saved;
}

}  // namespace cairn::sampling
