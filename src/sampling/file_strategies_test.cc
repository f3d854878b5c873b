// SPDX-License-Identifier: Apache-2.0
#include "sampling/file_strategies.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace cairn::sampling {
namespace {

using model::SamplingStrategy;
using testing::AllOf;
using testing::HasSubstr;

class FileStrategiesTest : public testing::Test {
 protected:
  ~FileStrategiesTest() override { std::filesystem::remove(path_); }

  void write(const std::string& content) { std::ofstream(path_) << content; }
  static std::string rate(double probability) {
    return R"({"service_strategies": [{"service": "cart", "type": "probabilistic", "param": )" +
           std::to_string(probability) + "}]}";
  }
  std::unique_ptr<FileStrategies> open() {
    auto opened = FileStrategies::open({.path = path_, .default_probability = 0.5}, metrics_);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    return opened ? *std::move(opened) : nullptr;
  }

  const std::string path_ = testing::TempDir() + "/strategies_" +
                            testing::UnitTest::GetInstance()->current_test_info()->name();
  MetricsRegistry metrics_;
};

TEST_F(FileStrategiesTest, WithoutAFileEverybodyGetsTheDefault) {
  auto strategies = FileStrategies::open({.path = "", .default_probability = 0.25}, metrics_);
  EXPECT_EQ(*(*strategies)->strategy_for("cart"), SamplingStrategy::probabilistic(0.25));
  (*strategies)->reload();
  EXPECT_EQ(*(*strategies)->strategy_for("cart"), SamplingStrategy::probabilistic(0.25));
}

TEST_F(FileStrategiesTest, AnUrlIsNotFetched) {
  auto strategies = FileStrategies::open({.path = "http://127.0.0.1:1/s.json"}, metrics_);
  ASSERT_TRUE(strategies);
  (*strategies)->reload();
  EXPECT_EQ(*(*strategies)->strategy_for("cart"), SamplingStrategy::probabilistic(1));
}

TEST_F(FileStrategiesTest, APipeIsRefusedInsteadOfWaitedFor) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  const auto strategies = FileStrategies::open({.path = path_}, metrics_);
  ASSERT_FALSE(strategies);
  EXPECT_THAT(strategies.error().message, HasSubstr("not a file"));
}

TEST_F(FileStrategiesTest, TellsWhatTheFileSays) {
  write(rate(0.2));
  const auto strategies = open();
  EXPECT_EQ(*strategies->strategy_for("cart"), SamplingStrategy::probabilistic(0.2));
  EXPECT_EQ(*strategies->strategy_for("other"), SamplingStrategy::probabilistic(0.5));
  EXPECT_EQ(strategies->own_strategy_of("other"), nullptr);
}

TEST_F(FileStrategiesTest, TakesOverAChange) {
  write(rate(0.2));
  const auto strategies = open();
  const auto held = strategies->strategy_for("cart");
  write(rate(0.3));  // of the same size
  EXPECT_EQ(*strategies->strategy_for("cart"), SamplingStrategy::probabilistic(0.2));
  strategies->reload();
  EXPECT_EQ(*strategies->strategy_for("cart"), SamplingStrategy::probabilistic(0.3));
  EXPECT_EQ(*held, SamplingStrategy::probabilistic(0.2)) << "what was given out does not change";
  strategies->reload();
  EXPECT_THAT(metrics_.render_prometheus(),
              HasSubstr("cairn_sampling_file_reloads_total{outcome=\"loaded\"} 1\n"));
}

TEST_F(FileStrategiesTest, ABrokenChangeKeepsWhatWasBefore) {
  write(rate(0.2));
  const auto strategies = open();
  write("{");
  for (int i = 0; i < 3; ++i) strategies->reload();
  EXPECT_EQ(*strategies->strategy_for("cart"), SamplingStrategy::probabilistic(0.2));
  EXPECT_THAT(metrics_.render_prometheus(),
              AllOf(HasSubstr("cairn_sampling_file_broken 1\n"),
                    HasSubstr("cairn_sampling_file_reloads_total{outcome=\"failed\"} 1\n")));
  write(rate(0.4));
  strategies->reload();
  EXPECT_EQ(*strategies->strategy_for("cart"), SamplingStrategy::probabilistic(0.4));
  EXPECT_THAT(metrics_.render_prometheus(), HasSubstr("cairn_sampling_file_broken 0\n"));
}

TEST_F(FileStrategiesTest, AFileThatGoesAwayAndComesBackIsTheSame) {
  write(rate(0.2));
  const auto strategies = open();
  std::filesystem::remove(path_);
  strategies->reload();
  EXPECT_EQ(*strategies->strategy_for("cart"), SamplingStrategy::probabilistic(0.2));
  EXPECT_THAT(metrics_.render_prometheus(), HasSubstr("cairn_sampling_file_broken 1\n"));
  write(rate(0.2));
  strategies->reload();
  EXPECT_THAT(metrics_.render_prometheus(), HasSubstr("cairn_sampling_file_broken 0\n"));
}

TEST_F(FileStrategiesTest, DoesNotStartWithAFileThatIsMissingOrBroken) {
  EXPECT_EQ(FileStrategies::open({.path = path_}, metrics_).error().code, ErrorCode::kNotFound);
  write("{\n \"default_strategy\": 7}");
  EXPECT_EQ(FileStrategies::open({.path = path_}, metrics_).error(),
            invalid_argument(path_ + ": line 2, column 22: must be an object"));
}

}  // namespace
}  // namespace cairn::sampling
