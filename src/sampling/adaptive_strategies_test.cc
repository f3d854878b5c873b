// SPDX-License-Identifier: Apache-2.0
#include "sampling/adaptive_strategies.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sampling/adaptive/simulation_testing.h"
#include "sampling/file_then_adaptive.h"

namespace cairn::sampling {
namespace {

using model::TestBatch;
using testing::HasSubstr;
using testing::Not;

// A folder of its own, gone afterwards.
class AdaptiveStrategiesTest : public testing::Test {
 protected:
  AdaptiveStrategiesTest() {
    folder_ = testing::TempDir() + "/adaptive_" +
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    options_.state_path = folder_ + "/sampling-adaptive";
    options_.target_traces_per_second = 10;
  }
  ~AdaptiveStrategiesTest() override { std::filesystem::remove_all(folder_); }

  static double told(AdaptiveStrategies& adaptive, const std::string& service,
                     const std::string& operation) {
    const auto strategy = adaptive.strategy_for(service);
    for (const auto& known : strategy->per_operation->operations) {
      if (known.operation == operation) return known.probability;
    }
    return -1;
  }

  std::string folder_;
  AdaptiveOptions options_;
};

TEST_F(AdaptiveStrategiesTest, TellsAnUnknownServiceTheInitialProbability) {
  options_.initial_probability = 0.125;
  options_.min_traces_per_second = 0.5;
  Simulation simulation(options_);
  const auto strategy = simulation.adaptive.strategy_for("who");
  auto expected = model::SamplingStrategy::probabilistic(0.125);
  expected.per_operation = model::PerOperationSampling{.default_probability = 0.125,
                                                       .lower_bound_traces_per_second = 0.5};
  EXPECT_EQ(*strategy, expected);
}

TEST_F(AdaptiveStrategiesTest, NeverTellsLessThanTheMinimum) {
  options_.min_probability = 0.01;
  Simulation simulation(options_);
  SimulatedService service("cart", Sdk::kJaeger, 1);
  service.set({"op", 20'000});
  simulation.run({&service}, 120);
  EXPECT_EQ(told(simulation.adaptive, "cart", "op"), 0.01);
}

TEST_F(AdaptiveStrategiesTest, GoesOnAfterARestartWhereItLeftOff) {
  double before = 0;
  {
    Simulation simulation(options_);
    SimulatedService service("cart", Sdk::kJaeger, 1);
    service.set({"op", 1000});
    simulation.run({&service}, 300);
    before = told(simulation.adaptive, "cart", "op");
  }
  Simulation simulation(options_);
  EXPECT_EQ(told(simulation.adaptive, "cart", "op"), before);
  EXPECT_NEAR(before, 0.01, 0.002);
}

TEST_F(AdaptiveStrategiesTest, BeginsAnewWhenItsFileIsBroken) {
  std::ofstream(options_.state_path) << "cairn adaptive sampling 1 0000000000000000\n{}\n";
  Simulation simulation(options_);
  EXPECT_EQ(told(simulation.adaptive, "cart", "op"), -1);
  simulation.clock.advance(std::chrono::seconds(60));
  simulation.adaptive.tick();
  EXPECT_TRUE(read_state(options_.state_path)) << "the next calculation writes a good one";
}

TEST_F(AdaptiveStrategiesTest, CountsWhenItCannotSave) {
  options_.state_path = folder_ + "/missing/state";
  Simulation simulation(options_);
  simulation.clock.advance(std::chrono::seconds(60));
  simulation.adaptive.tick();
  EXPECT_THAT(simulation.metrics.render_prometheus(),
              HasSubstr("cairn_sampling_adaptive_save_failures_total 1"));
}

TEST_F(AdaptiveStrategiesTest, KnowsNoMoreServicesAndOperationsThanItMay) {
  options_.max_services = 3;
  options_.max_operations_per_service = 4;
  Simulation simulation(options_);
  for (int i = 0; i < 10; ++i) {
    simulation.adaptive.strategy_for("asks" + std::to_string(i));
    TestBatch batch;
    batch.resource("sends");
    batch.span("01", "01", "op" + std::to_string(i));
    simulation.adaptive.observe({}, batch.batch());
  }
  for (int i = 0; i < 6; ++i) {
    simulation.clock.advance(std::chrono::seconds(5));
    simulation.adaptive.tick();
  }
  EXPECT_THAT(simulation.metrics.render_prometheus(),
              Not(HasSubstr("cairn_sampling_adaptive_passed_over_total 0\n")));
  EXPECT_TRUE(simulation.adaptive.save());
  EXPECT_LE(read_state(options_.state_path)->services.size(), 3U);
  // Everybody is answered all the same.
  EXPECT_EQ(simulation.adaptive.strategy_for("asks9")->probability, options_.initial_probability);
}

TEST_F(AdaptiveStrategiesTest, AServiceThatAsksAndSendsFindsAPlaceAmongInventedOnes) {
  options_.max_services = 3;
  Simulation simulation(options_);
  const auto send = [&](const std::string& service) {
    TestBatch batch;
    batch.resource(service).span("01", "01", "op");
    simulation.adaptive.observe({}, batch.batch());
  };
  const auto tick = [&] {
    simulation.clock.advance(std::chrono::seconds(5));
    simulation.adaptive.tick();
  };
  for (int i = 0; i < 10; ++i) {
    send("invented" + std::to_string(i));
    simulation.adaptive.strategy_for("inquisitive" + std::to_string(i));
  }
  tick();
  for (int i = 0; i < 12; ++i) {
    simulation.adaptive.strategy_for("real");
    send("real");
    if (i % 3 == 0) send("further" + std::to_string(i));
    tick();
  }
  EXPECT_GT(told(simulation.adaptive, "real", "op"), 0);
}

TEST_F(AdaptiveStrategiesTest, ForgetsWhoIsNeitherHeardNorAsks) {
  options_.forget_after = std::chrono::minutes(10);
  Simulation simulation(options_);
  SimulatedService service("cart", Sdk::kJaeger, 1);
  service.set({"op", 1000});
  simulation.run({&service}, 300);
  EXPECT_THAT(simulation.metrics.render_prometheus(),
              HasSubstr("cairn_sampling_adaptive_operations 1\n"));
  simulation.run({}, 700);
  EXPECT_THAT(simulation.metrics.render_prometheus(),
              HasSubstr("cairn_sampling_adaptive_operations 0\n"));
  EXPECT_TRUE(read_state(options_.state_path)->services.empty());
  EXPECT_EQ(told(simulation.adaptive, "cart", "op"), -1);
}

TEST_F(AdaptiveStrategiesTest, WhatPeopleWroteForAServiceGoesFirst) {
  std::ofstream(folder_ + "/file.json")
      << R"({"default_strategy": {"type": "probabilistic", "param": 1},
             "service_strategies": [{"service": "cart", "type": "ratelimiting", "param": 5}]})";
  Simulation simulation(options_);
  auto file = FileStrategies::open({.path = folder_ + "/file.json"}, simulation.metrics);
  ASSERT_TRUE(file);
  FileThenAdaptive both(**file, simulation.adaptive);
  EXPECT_EQ(*both.strategy_for("cart"), model::SamplingStrategy::rate_limiting(5));
  EXPECT_EQ(both.strategy_for("other")->probability, options_.initial_probability);
}

}  // namespace
}  // namespace cairn::sampling
