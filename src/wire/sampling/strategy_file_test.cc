// SPDX-License-Identifier: Apache-2.0
#include "wire/sampling/strategy_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::wire::sampling {
namespace {

using model::PerOperationSampling;
using model::SamplingStrategy;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

StrategyFile decode(std::string_view text, double default_probability = 0.001) {
  auto file = decode_strategy_file(as_bytes(text), default_probability);
  EXPECT_TRUE(file) << (file ? "" : file.error().message);
  return file ? *std::move(file) : StrategyFile{};
}

std::string error_of(std::string_view text) {
  const auto file = decode_strategy_file(as_bytes(text), 0.001);
  return file ? "no error" : file.error().message;
}

SamplingStrategy with_operations(SamplingStrategy strategy, double default_probability,
                                 std::vector<model::OperationSampling> operations) {
  strategy.per_operation = PerOperationSampling{.default_probability = default_probability,
                                                .operations = std::move(operations)};
  return strategy;
}

TEST(StrategyFile, GivesServicesTheirOwnStrategyAndOthersTheDefault) {
  const StrategyFile file = decode(R"({
    "default_strategy": {"type": "probabilistic", "param": 0.5},
    "service_strategies": [
      {"service": "cart", "type": "probabilistic", "param": 0.8},
      {"service": "mail", "type": "ratelimiting", "param": 5}
    ]})");
  EXPECT_EQ(file.default_strategy, SamplingStrategy::probabilistic(0.5));
  EXPECT_EQ(file.services.size(), 2U);
  EXPECT_EQ(file.services.at("cart"), SamplingStrategy::probabilistic(0.8));
  EXPECT_EQ(file.services.at("mail"), SamplingStrategy::rate_limiting(5));
  EXPECT_THAT(file.warnings, IsEmpty());
}

TEST(StrategyFile, FallsBackToTheDefaultProbabilityOfTheServer) {
  for (const std::string_view text :
       {"null", "{}", R"({"service_strategies": []})", R"({"default_strategy": null})",
        R"({"default_strategy": {}})"}) {
    const StrategyFile file = decode(text, 0.25);
    EXPECT_EQ(file.default_strategy, SamplingStrategy::probabilistic(0.25)) << text;
    EXPECT_TRUE(file.services.empty());
    EXPECT_THAT(file.warnings, IsEmpty()) << text;
  }
}

TEST(StrategyFile, AServicesOperationsFallBackToItsOwnProbability) {
  const StrategyFile file = decode(R"({"service_strategies": [
    {"service": "a", "type": "probabilistic", "param": 0.8,
     "operation_strategies": [{"operation": "op", "type": "probabilistic", "param": 0.2}]},
    {"service": "b", "type": "ratelimiting", "param": 5,
     "operation_strategies": [{"operation": "op", "type": "probabilistic", "param": 0.2}]}]})");
  EXPECT_EQ(file.services.at("a"),
            with_operations(SamplingStrategy::probabilistic(0.8), 0.8, {{"op", 0.2}}));
  EXPECT_EQ(file.services.at("b"),
            with_operations(SamplingStrategy::rate_limiting(5), 0.001, {{"op", 0.2}}));
}

TEST(StrategyFile, TheDefaultsOperationsHoldForEveryServiceThatDoesNotNameThem) {
  const StrategyFile file = decode(R"({
    "default_strategy": {"type": "probabilistic", "param": 0.5, "operation_strategies": [
      {"operation": "health", "type": "probabilistic", "param": 0},
      {"operation": "shared", "type": "probabilistic", "param": 0.4}]},
    "service_strategies": [
      {"service": "none", "type": "probabilistic", "param": 0.9},
      {"service": "slow", "type": "ratelimiting", "param": 2},
      {"service": "own", "type": "probabilistic", "param": 0.7, "operation_strategies": [
        {"operation": "shared", "type": "probabilistic", "param": 1},
        {"operation": "mine", "type": "probabilistic", "param": 0.1}]}]})");
  EXPECT_EQ(file.default_strategy, with_operations(SamplingStrategy::probabilistic(0.5), 0.5,
                                                   {{"health", 0}, {"shared", 0.4}}));
  EXPECT_EQ(file.services.at("none"), with_operations(SamplingStrategy::probabilistic(0.9), 0.9,
                                                      {{"health", 0}, {"shared", 0.4}}));
  EXPECT_EQ(file.services.at("slow"), with_operations(SamplingStrategy::rate_limiting(2), 0.5,
                                                      {{"health", 0}, {"shared", 0.4}}));
  EXPECT_EQ(file.services.at("own"),
            with_operations(SamplingStrategy::probabilistic(0.7), 0.7,
                            {{"shared", 1}, {"mine", 0.1}, {"health", 0}}));
}

TEST(StrategyFile, LeavesAnOperationWithARateLimitToItsDefaultAndSaysSo) {
  const StrategyFile file = decode(R"({"default_strategy": {"type": "probabilistic", "param": 0.5,
    "operation_strategies": [
      {"operation": "busy", "type": "ratelimiting", "param": 5}]}})");
  EXPECT_EQ(file.default_strategy, with_operations(SamplingStrategy::probabilistic(0.5), 0.5, {}));
  EXPECT_THAT(file.warnings,
              ElementsAre("line 3: an operation can only be sampled by probability: 'busy' is left "
                          "to its service's default, 0.5"));
}

TEST(StrategyFile, SaysWhatItReadDifferentlyThanItIsWritten) {
  const StrategyFile file = decode(
      "{\"defaultStrategy\": {\"param\": 0.5},\n"
      " \"services\": [],\n"
      " \"service_strategies\": [\n"
      "  {\"service\": \"a\", \"type\": \"ratelimiting\", \"param\": 2.5},\n"
      "  {\"service\": \"a\", \"type\": \"probabilistic\"},\n"
      "  {\"service\": \"b\", \"operation_strategies\": [\n"
      "    {\"operation\": \"x\", \"type\": \"probabilistic\", \"param\": 0.1},\n"
      "    {\"operation\": \"x\", \"type\": \"probabilistic\", \"param\": 0.2}]}]}");
  EXPECT_THAT(file.warnings, ElementsAre("line 2: 'services' is not known here and is ignored",
                                         "line 1: no type: probability 0.001 is used",
                                         "line 4: traces per second are whole numbers: 2 is used",
                                         "line 5: no param: 0 is used",
                                         "line 5: service 'a' again: this one counts",
                                         "line 8: operation 'x' again: this one counts"));
  EXPECT_EQ(file.services.at("a"), SamplingStrategy::probabilistic(0));
  EXPECT_EQ(file.services.at("b"),
            with_operations(SamplingStrategy::probabilistic(0.001), 0.001, {{"x", 0.2}}));
}

TEST(StrategyFile, SaysWhereItIsWrong) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "Empty"},
      {"[]", "line 1, column 1: the file must be one object"},
      {"\"text\"", "line 1, column 1: the file must be one object"},
      {"{\n \"default_strategy\": 7}", "line 2, column 22: must be an object"},
      {"{\n \"service_strategies\": {}}", "line 2, column 24: must be a list"},
      {"{\"service_strategies\": [\n{}, 1]}", "line 2, column 5: must be an object"},
      {"{\"service_strategies\": [\n  {\"type\": \"probabilistic\", \"param\": 1}]}",
       "line 2, column 3: a service needs a name"},
      {"{\"default_strategy\": {\"type\":\n \"probabilstic\"}}",
       "line 2, column 2: type must be probabilistic or ratelimiting, not 'probabilstic'"},
      {"{\"default_strategy\": {\"type\": 3}}", "line 1, column 31: type must be a string"},
      {"{\"default_strategy\":\n{\"type\": \"probabilistic\",\n\"param\": 1.5}}",
       "line 3, column 10: a probability lies between 0 and 1, not at 1.5"},
      {"{\"default_strategy\":\n{\"type\": \"probabilistic\",\n\"param\": -0.1}}",
       "line 3, column 10: "},
      {"{\"default_strategy\": {\"type\": \"probabilistic\", \"param\": \"1\"}}",
       "line 1, column 57: param must be a number"},
      {"{\"default_strategy\": {\"type\": \"ratelimiting\", \"param\": 3000000000}}",
       "line 1, column 56: not a number of traces per second: 3000000000"},
      {"{\"default_strategy\": {\"operation_strategies\": [\n{\"type\": \"probabilistic\"}]}}",
       "line 2, column 1: an operation needs a name"},
      {"{} {}", "line 1, column 4: text after the end of the object"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_THAT(error_of(text), HasSubstr(std::string(expected))) << text;
  }
}

TEST(StrategyFile, NamesTheLineOfBrokenJson) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"{\"default_strategy\": {\"type\": \"probabilistic\",\n\"param\": 0.5\n\n", "line "},
      {"{\n\"default_strategy\": {\n\"type\" \"probabilistic\"}}", "line 3, "},
      {"{\n\"default_strategy\": {},\n}", "line 3, "},
      {"{\n\"default_strategy\":\n{\"type\": nul}}", "line 3, "},
      {"{\n\"default_strategy\":\n{\"param\": 0.5.5}}", "line 3, "},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_THAT(error_of(text), HasSubstr(std::string(expected))) << text;
  }
}

TEST(StrategyFile, RefusesMoreThanItIsWillingToHold) {
  const std::string big(kMaxStrategyFileBytes + 1, ' ');
  EXPECT_THAT(error_of(big), HasSubstr("more than 4194304 bytes"));

  std::string many = R"({"default_strategy": {"operation_strategies": [)";
  for (int i = 0; i < 500; ++i) {
    many += (i > 0 ? "," : "") + std::string(R"({"operation": "o)") + std::to_string(i) + R"("})";
  }
  many += R"(]}, "service_strategies": [)";
  for (int i = 0; i < 500; ++i) {
    many += (i > 0 ? "," : "") + std::string(R"({"service": "s)") + std::to_string(i) + R"("})";
  }
  many += "]}";
  EXPECT_THAT(error_of(many), HasSubstr("more than 200000 operations over all services"));
}

}  // namespace
}  // namespace cairn::wire::sampling
