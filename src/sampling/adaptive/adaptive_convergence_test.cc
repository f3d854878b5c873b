// SPDX-License-Identifier: Apache-2.0
//
// Adaptive sampling against simulated traffic: it reaches its target within three minutes and stays
// within 20 %, whatever the rate, after changes, and when traffic is noisy. What is judged is the
// rate that the clients' probabilities let expect; traces themselves arrive at random.
#include <gtest/gtest.h>

#include "sampling/adaptive/simulation_testing.h"

namespace cairn::sampling {
namespace {

constexpr int kThreeMinutes = 180;
constexpr double kTarget = 10;

AdaptiveOptions with_target(double target) {
  AdaptiveOptions options;
  options.target_traces_per_second = target;
  return options;
}

struct Traffic {
  Sdk sdk;
  int clients;
  double rate;
  double noise = 0;
};

std::string to_text(const Traffic& traffic) {
  return std::string(traffic.sdk == Sdk::kJaeger ? "Jaeger" : "OpenTelemetry") + ", " +
         std::to_string(traffic.clients) + " clients, " + std::to_string(traffic.rate) +
         " traces/s";
}

// The largest relative distance from the target over so many seconds.
double worst_distance(Simulation& simulation, SimulatedService& service, int seconds,
                      double target = kTarget) {
  double worst = 0;
  simulation.run({&service}, seconds,
                 [&] { worst = std::max(worst, std::abs(service.expected("op") / target - 1)); });
  return worst;
}

TEST(AdaptiveConvergence, ReachesTheTargetInThreeMinutesAndStaysWithinAFifth) {
  for (const Traffic& traffic :
       {Traffic{Sdk::kJaeger, 1, 20}, Traffic{Sdk::kJaeger, 10, 200},
        Traffic{Sdk::kJaeger, 3, 5000}, Traffic{Sdk::kJaeger, 3, 50'000},
        Traffic{Sdk::kOpenTelemetry, 1, 200}, Traffic{Sdk::kOpenTelemetry, 3, 2000},
        Traffic{Sdk::kOpenTelemetry, 1, 20'000}}) {
    Simulation simulation(with_target(kTarget));
    SimulatedService service("cart", traffic.sdk, traffic.clients);
    service.set({"op", traffic.rate});
    simulation.run({&service}, kThreeMinutes);
    EXPECT_LE(worst_distance(simulation, service, 1200), 0.2) << to_text(traffic);
  }
}

// What is sampled is what was aimed at, not only what was expected to be.
TEST(AdaptiveConvergence, SamplesTheTargetOverTenMinutes) {
  for (const double target : {1.0, 10.0}) {
    for (const Sdk sdk : {Sdk::kJaeger, Sdk::kOpenTelemetry}) {
      Simulation simulation(with_target(target));
      SimulatedService service("cart", sdk, 2);
      service.set({"op", 500});
      simulation.run({&service}, kThreeMinutes);
      double sampled = 0;
      simulation.run({&service}, 600, [&] { sampled += service.sampled("op"); });
      EXPECT_NEAR(sampled / 600 / target, 1, 0.15) << target;
    }
  }
}

TEST(AdaptiveConvergence, FollowsAStepWithinThreeMinutes) {
  for (const double factor : {10.0, 3.0, 0.3, 0.1}) {
    Simulation simulation(with_target(kTarget));
    SimulatedService service("cart", Sdk::kJaeger, 3);
    service.set({"op", 2000});
    simulation.run({&service}, 600);
    service.set({"op", 2000 * factor});
    simulation.run({&service}, kThreeMinutes);
    EXPECT_LE(worst_distance(simulation, service, 600), 0.2) << factor;
  }
}

TEST(AdaptiveConvergence, StaysWithinAFifthWhenTrafficIsNoisy) {
  Simulation simulation(with_target(kTarget));
  SimulatedService service("cart", Sdk::kJaeger, 3);
  service.set({"op", 1000, 0.5});
  simulation.run({&service}, kThreeMinutes);
  EXPECT_LE(worst_distance(simulation, service, 1200), 0.2);
}

// A low target leaves few traces to judge by: a minute of them is 13 % off by chance alone.
TEST(AdaptiveConvergence, IsMostlyWithinAFifthAtOneTraceASecond) {
  int seconds = 0;
  int within = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Simulation simulation(with_target(1));
    SimulatedService service("cart", Sdk::kJaeger, 1, seed);
    service.set({"op", 300});
    simulation.run({&service}, kThreeMinutes);
    simulation.run({&service}, 600, [&] {
      ++seconds;
      if (std::abs(service.expected("op") - 1) <= 0.2) ++within;
    });
  }
  EXPECT_GE(within, seconds * 95 / 100);
}

TEST(AdaptiveConvergence, GivesEachOperationItsOwnProbability) {
  Simulation simulation(with_target(kTarget));
  SimulatedService service("cart", Sdk::kJaeger, 2);
  service.set({"busy", 20'000});
  service.set({"usual", 200});
  service.set({"rare", 2});
  simulation.run({&service}, 300);
  EXPECT_NEAR(service.expected("busy"), kTarget, 0.2 * kTarget);
  EXPECT_NEAR(service.expected("usual"), kTarget, 0.2 * kTarget);
  EXPECT_NEAR(service.expected("rare"), 2, 0.01) << "all of what is below the target";
}

TEST(AdaptiveConvergence, AServiceThatDisappearsAndReturnsFindsWhatItLeft) {
  Simulation simulation(with_target(kTarget));
  SimulatedService service("cart", Sdk::kJaeger, 1);
  SimulatedService other("web", Sdk::kJaeger, 1, 2);
  service.set({"op", 1000});
  other.set({"op", 1000});
  simulation.run({&service, &other}, 600);
  simulation.run({&other}, 1200);
  // At once: nothing to learn anew, and no flood.
  simulation.run({&service, &other}, 61);
  EXPECT_LE(service.expected("op"), 1.5 * kTarget);
  EXPECT_GE(service.expected("op"), 0.5 * kTarget);
  simulation.run({&service, &other}, kThreeMinutes);
  EXPECT_LE(worst_distance(simulation, service, 300), 0.2);
  EXPECT_NEAR(other.expected("op"), kTarget, 0.2 * kTarget);
}

// An SDK without a lower bound, and two requests a second: nothing would be seen for minutes at the
// initial probability.
TEST(AdaptiveConvergence, AQuietServiceThatAsksIsGivenMoreUntilItIsHeard) {
  Simulation simulation(with_target(kTarget));
  SimulatedService service("cron", Sdk::kOpenTelemetry, 1);
  service.set({"op", 0.05});
  simulation.run({&service}, 600);
  EXPECT_NEAR(service.expected("op"), 0.05, 0.01);
}

}  // namespace
}  // namespace cairn::sampling
