// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include "sdk/sampling/sampling_testing.h"
#include "sdk/sampling/wildcard.h"

namespace cairn::trace {
namespace {

using namespace sampling_testing;  // NOLINT(google-build-using-namespace): the tests' own words

SamplingRule rule(std::string name, SpanKind kind = {}, std::string key = {},
                  std::string value = {}) {
  return {std::move(name), kind, std::move(key), std::move(value), always_off()};
}

TEST(Wildcard, MatchesAsShellsDoWithStarsOnly) {
  struct Case {
    const char* pattern;
    const char* text;
    bool matches;
  };
  static constexpr Case kCases[] = {{"", "", true},
                                    {"", "a", false},
                                    {"*", "", true},
                                    {"*", "abc", true},
                                    {"abc", "abc", true},
                                    {"abc", "abd", false},
                                    {"abc", "abcd", false},
                                    {"a*", "abc", true},
                                    {"*c", "abc", true},
                                    {"a*c", "abcbc", true},
                                    {"a*c", "abcb", false},
                                    {"**a**", "bab", true},
                                    {"a?c", "abc", false},
                                    {"*ab*ab*", "abab", true},
                                    {"*ab*ab*", "aab", false},
                                    {"GET /*", "GET /a", true},
                                    {"GET /*", "POST /a", false}};
  for (const Case& c : kCases) {
    EXPECT_EQ(matches_wildcard(c.pattern, c.text), c.matches) << c.pattern << " ~ " << c.text;
  }
}

TEST(Wildcard, IsNotSlowOnManyStars) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "*a";
  EXPECT_FALSE(matches_wildcard(pattern + "*b", std::string(10'000, 'a')));
}

TEST(RuleSampler, LetsTheFirstRuleThatFitsDecide) {
  SamplingRule keep = rule("GET /health/deep");
  keep.sampler = always_on();
  const SamplerPtr sampler = by_rules({keep, rule("GET /health*")}, always_on());
  EXPECT_TRUE(samples(sampler, {.name = "GET /health/deep"}));
  EXPECT_FALSE(samples(sampler, {.name = "GET /health"}));
  EXPECT_TRUE(samples(sampler, {.name = "GET /users"}));
}

TEST(RuleSampler, AsksTheOtherSamplerWhenNoRuleFits) {
  EXPECT_FALSE(samples(by_rules({}, always_off())));
  EXPECT_TRUE(samples(by_rules({}, nullptr)));
}

TEST(RuleSampler, FitsByKind) {
  const SamplerPtr sampler = by_rules({rule("", SpanKind::kServer)}, always_on());
  EXPECT_FALSE(samples(sampler, {.kind = SpanKind::kServer}));
  EXPECT_TRUE(samples(sampler, {.kind = SpanKind::kClient}));
}

TEST(RuleSampler, FitsByTheTextOfAnAttribute) {
  const SamplerPtr sampler = by_rules({rule("", {}, "http.target", "/internal/*")}, always_on());
  const auto drops = [&](Attributes attributes) {
    return !samples(sampler, {.attributes = attributes});
  };
  const Attribute inside[] = {{"http.method", "GET"}, {"http.target", "/internal/metrics"}};
  const Attribute outside[] = {{"http.target", "/users"}};
  const Attribute number[] = {{"http.target", 7}};
  const Attribute last_wins[] = {{"http.target", "/internal/x"}, {"http.target", "/users"}};
  EXPECT_TRUE(drops(Attributes(inside, 2)));
  EXPECT_FALSE(drops(Attributes(outside, 1)));
  EXPECT_FALSE(drops(Attributes(number, 1)));
  EXPECT_FALSE(drops(Attributes(last_wins, 2)));
  EXPECT_FALSE(drops({}));
}

TEST(RuleSampler, FitsByThePresenceOfAnAttribute) {
  const SamplerPtr sampler = by_rules({rule("", {}, "debug")}, always_on());
  const Attribute number[] = {{"debug", 7}};
  EXPECT_FALSE(samples(sampler, {.attributes = Attributes(number, 1)}));
  EXPECT_TRUE(samples(sampler));
}

TEST(RuleSampler, DescribesItsRules) {
  EXPECT_EQ(by_rules({rule("GET /*", SpanKind::kServer, "a", "b*")}, always_on())->description(),
            "Rules{{name:GET /*,kind:server,a:b*}:AlwaysOffSampler,otherwise:AlwaysOnSampler}");
}

}  // namespace
}  // namespace cairn::trace
