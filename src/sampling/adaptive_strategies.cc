// SPDX-License-Identifier: Apache-2.0
#include "sampling/adaptive_strategies.h"

#include <algorithm>
#include <vector>

#include "base/log.h"

namespace cairn::sampling {
namespace {

using model::SamplingStrategy;

std::shared_ptr<const SamplingStrategy> fallback_of(const AdaptiveOptions& options) {
  auto made = std::make_shared<SamplingStrategy>(
      SamplingStrategy::probabilistic(options.initial_probability));
  model::PerOperationSampling& sampling = made->per_operation.emplace();
  sampling.default_probability = options.initial_probability;
  sampling.lower_bound_traces_per_second = options.min_traces_per_second;
  return made;
}

}  // namespace

AdaptiveStrategies::AdaptiveStrategies(AdaptiveOptions options, const Clock& clock,
                                       MetricsRegistry& metrics)
    : options_(std::move(options)),
      clock_(clock),
      calculations_(metrics.counter("cairn_sampling_adaptive_calculations_total",
                                    "How often sampling probabilities were computed anew.")),
      over_limit_(metrics.counter(
          "cairn_sampling_adaptive_passed_over_total",
          "Root spans that adaptive sampling did not count: too many or too long names.")),
      save_failures_(metrics.counter("cairn_sampling_adaptive_save_failures_total",
                                     "How often the adaptive sampling state was not saved.")),
      operations_(metrics.gauge("cairn_sampling_adaptive_operations",
                                "Operations that adaptive sampling knows.")),
      fallback_(fallback_of(options_)),
      roots_(options_.min_probability),
      last_tick_(clock.steady()),
      interval_start_(last_tick_) {
  load();
}

void AdaptiveStrategies::load() {
  if (options_.state_path.empty()) return;
  const auto state = read_state(options_.state_path);
  if (!state) {
    if (state.error().code != ErrorCode::kNotFound) {
      log_warn("adaptive sampling begins anew", {{"error", state.error().message}});
    }
    return;
  }
  for (const AdaptiveState::Service& saved : state->services) {
    if (services_.size() == options_.max_services) break;
    const auto& [name, made] =
        *services_.insert_or_assign(saved.name, AdaptiveService(options_, saved, last_tick_)).first;
    publish(name, made.strategy());
  }
}

std::shared_ptr<const SamplingStrategy> AdaptiveStrategies::strategy_for(std::string_view service) {
  const MutexLock lock(mutex_);
  const auto found = published_.find(service);
  if (found != published_.end()) {
    ++found->second.asks;
    return found->second.strategy;
  }
  if (!service.empty() && service.size() <= RootCounter::kMaxName &&
      published_.size() < 2 * options_.max_services) {
    published_.emplace(std::string(service), Published{fallback_, 1});
  }
  return fallback_;
}

void AdaptiveStrategies::observe(const model::TenantId& /*tenant*/, const model::Batch& batch) {
  roots_.observe(batch);
}

// Names come from peers: one that only asks, or only sends, gives way to the next, the one heard
// least lately first. False: all are proven.
bool AdaptiveStrategies::make_room() {
  auto victim = services_.end();
  for (auto it = services_.begin(); it != services_.end(); ++it) {
    if (it->second.is_proven()) continue;
    if (victim == services_.end() || it->second.last_heard() < victim->second.last_heard()) {
      victim = it;
    }
  }
  if (victim == services_.end()) return false;
  services_.erase(victim);
  return true;
}

AdaptiveService* AdaptiveStrategies::service(std::string_view name, SteadyTime now) {
  const auto found = services_.find(name);
  if (found != services_.end()) return &found->second;
  if (services_.size() >= options_.max_services && !make_room()) return nullptr;
  return &services_.emplace(std::string(name), AdaptiveService(options_, now)).first->second;
}

void AdaptiveStrategies::gather_asks(double seconds, SteadyTime now) {
  std::vector<std::pair<std::string, std::uint64_t>> asked;
  {
    const MutexLock lock(mutex_);
    for (auto& [name, published] : published_) {
      if (published.asks > 0) asked.emplace_back(name, std::exchange(published.asks, 0));
    }
  }
  TextMap<std::uint64_t> asks;
  for (auto& [name, count] : asked) {
    service(name, now);
    asks.emplace(std::move(name), count);
  }
  for (auto& [name, service] : services_) {
    const auto found = asks.find(name);
    service.note_asks(found == asks.end() ? 0 : found->second, seconds, now);
  }
}

void AdaptiveStrategies::gather_roots(SteadyTime now) {
  TextMap<RootCounts> counts;
  roots_.drain(counts);
  for (const auto& [key, roots] : counts) {
    AdaptiveService* of = service(service_of_key(key), now);
    if (of == nullptr || !of->note_roots(operation_of_key(key), roots, now)) {
      over_limit_.add(roots.untold + roots.told + roots.forced);
    }
  }
  const std::uint64_t passed_over = roots_.passed_over();
  over_limit_.add(passed_over - std::exchange(passed_over_, passed_over));
}

void AdaptiveStrategies::tick() {
  const SteadyTime now = clock_.steady();
  if (now <= last_tick_) return;
  const double seconds = std::chrono::duration<double>(now - last_tick_).count();
  last_tick_ = now;
  gather_asks(seconds, now);
  gather_roots(now);
  if (now - interval_start_ < options_.calculation_interval) return;
  forget(now);  // first, so that there is room to publish
  recalculate(now);
  interval_start_ = now;
  calculations_.add();
  if (const Result<void> saved = save(); !saved) {
    save_failures_.add();
    log_warn("adaptive sampling is not saved", {{"error", saved.error().message}});
  }
}

void AdaptiveStrategies::recalculate(SteadyTime now) {
  std::size_t operations = 0;
  for (auto& [name, service] : services_) {
    if (service.recalculate(interval_start_, now)) publish(name, service.strategy());
    operations += service.operations();
  }
  operations_.set(static_cast<std::int64_t>(operations));
}

void AdaptiveStrategies::publish(std::string_view service,
                                 std::shared_ptr<const SamplingStrategy> strategy) {
  const MutexLock lock(mutex_);
  const auto found = published_.find(service);
  if (found != published_.end()) {
    found->second.strategy.swap(strategy);
  } else if (published_.size() < 2 * options_.max_services) {
    published_.emplace(std::string(service), Published{std::move(strategy), 0});
  }
}

void AdaptiveStrategies::forget(SteadyTime now) {
  std::vector<std::string> forgotten;
  for (const auto& [name, service] : services_) {
    if (service.is_forgotten(now)) forgotten.push_back(name);
  }
  for (const std::string& name : forgotten) services_.erase(name);
  const MutexLock lock(mutex_);
  std::erase_if(published_, [&](const auto& entry) { return !services_.contains(entry.first); });
}

Result<void> AdaptiveStrategies::save() const {
  if (options_.state_path.empty()) return {};
  AdaptiveState state;
  for (const auto& [name, service] : services_) {
    if (service.was_asked()) state.services.push_back(service.to_state(name));
  }
  std::ranges::sort(state.services, {}, &AdaptiveState::Service::name);
  return write_state(options_.state_path, state);
}

}  // namespace cairn::sampling
