// SPDX-License-Identifier: Apache-2.0
//
// Services under simulated traffic: clients that poll for strategies and sample as Jaeger's do, or
// as OpenTelemetry's, second by second of a ManualClock. The random numbers are the same each run.
#pragma once

#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "model/testing.h"
#include "sampling/adaptive_strategies.h"

namespace cairn::sampling {

enum class Sdk {
  kJaeger,         // says its probability in tags, and keeps the lower bound
  kOpenTelemetry,  // says nothing
};

struct SimulatedOperation {
  std::string name;
  double rate = 0;   // traces a second, over all clients
  double noise = 0;  // of each second's rate: log-normal with this deviation
};

class SimulatedService {
 public:
  SimulatedService(std::string name, Sdk sdk, int clients, std::uint64_t seed = 1,
                   int ask_every_seconds = 60)
      : name_(std::move(name)), sdk_(sdk), ask_every_(ask_every_seconds), random_(seed) {
    clients_.resize(static_cast<std::size_t>(clients));
    // They start over a minute, as a deployment does; with one client, at once.
    for (int i = 0; i < clients; ++i) {
      clients_[static_cast<std::size_t>(i)].ask_in = i * ask_every_ / clients;
    }
  }

  void set(const SimulatedOperation& operation) { operations_[operation.name] = operation; }

  // One second of traffic, sent to `adaptive`.
  void second(AdaptiveStrategies& adaptive) {
    batch_ = {};
    batch_.resource(name_);
    sampled_.clear();
    for (Client& client : clients_) {
      if (client.ask_in-- == 0) {
        client.strategy = adaptive.strategy_for(name_);
        client.ask_in = ask_every_ - 1;
        keep_listed(client);
      }
      if (client.strategy == nullptr) continue;
      for (const auto& [name, operation] : operations_) send(client, operation);
    }
    adaptive.observe({}, batch_.batch());
  }

  // Traces of that operation sampled in the last second.
  double sampled(const std::string& operation) { return sampled_[operation]; }
  // What is expected to be sampled a second, with what the clients follow now.
  double expected(const std::string& operation) const {
    double sum = 0;
    for (const Client& client : clients_) {
      if (client.strategy != nullptr) sum += probability_of(client, operation);
    }
    return sum / static_cast<double>(clients_.size()) * operations_.at(operation).rate;
  }

 private:
  struct Client {
    int ask_in = 0;
    std::shared_ptr<const model::SamplingStrategy> strategy;
    std::map<std::string, double> balance;  // of the lower bound, in traces
    // Jaeger's clients: what each operation follows. The default only when it is first used.
    std::map<std::string, double> follows;
  };

  static double probability_of(const Client& client, const std::string& operation) {
    const auto kept = client.follows.find(operation);
    if (kept != client.follows.end()) return kept->second;
    for (const auto& known : client.strategy->per_operation->operations) {
      if (known.operation == operation) return known.probability;
    }
    return client.strategy->per_operation->default_probability;
  }

  void keep_listed(Client& client) const {
    if (sdk_ != Sdk::kJaeger) return;
    for (const auto& known : client.strategy->per_operation->operations) {
      client.follows[known.operation] = known.probability;
    }
  }

  void send(Client& client, const SimulatedOperation& operation) {
    const double share = operation.rate / static_cast<double>(clients_.size());
    std::lognormal_distribution<double> noise(-operation.noise * operation.noise / 2,
                                              operation.noise);
    std::poisson_distribution<int> arrivals(operation.noise > 0 ? share * noise(random_) : share);
    const int traces = share > 0 ? arrivals(random_) : 0;
    const double probability = probability_of(client, operation.name);
    if (sdk_ == Sdk::kJaeger && traces > 0) client.follows.emplace(operation.name, probability);
    std::binomial_distribution<int> chosen(traces, probability);
    const int sampled = chosen(random_);
    for (int i = 0; i < sampled; ++i) add_root(operation.name, "probabilistic", probability);
    if (sdk_ == Sdk::kJaeger)
      keep_lower_bound(client, operation.name, traces, sampled, probability);
  }

  void keep_lower_bound(Client& client, const std::string& operation, int traces, int sampled,
                        double probability) {
    const double bound = client.strategy->per_operation->lower_bound_traces_per_second;
    double& balance = client.balance.try_emplace(operation, 1).first->second;
    balance = std::min(balance + bound, 1.0);
    for (int i = 0; i < traces && balance >= 1; ++i) {
      balance -= 1;
      if (i >= sampled) add_root(operation, "lowerbound", probability);
    }
  }

  void add_root(const std::string& operation, std::string_view type, double probability) {
    batch_.span("01", "01", operation);
    sampled_[operation] += 1;
    if (sdk_ == Sdk::kOpenTelemetry) return;
    batch_.attribute("sampler.type", type);
    batch_.attribute("sampler.param", model::AnyValue::real(probability));
  }

  const std::string name_;
  const Sdk sdk_;
  const int ask_every_;
  std::mt19937_64 random_;
  std::map<std::string, SimulatedOperation> operations_;
  std::vector<Client> clients_;
  model::TestBatch batch_;
  std::map<std::string, double> sampled_;
};

// The clock, the sampling under test, and the services that go through time together.
struct Simulation {
  explicit Simulation(AdaptiveOptions options = {})
      : adaptive(std::move(options), clock, metrics) {}

  void run(
      std::vector<SimulatedService*> services, int seconds,
      const std::function<void()>& each_second = [] {}) {
    for (int i = 0; i < seconds; ++i) {
      for (SimulatedService* service : services) service->second(adaptive);
      clock.advance(std::chrono::seconds(1));
      adaptive.tick();
      each_second();
    }
  }

  ManualClock clock{1'700'000'000'000'000'000};
  MetricsRegistry metrics;
  AdaptiveStrategies adaptive;
};

}  // namespace cairn::sampling
