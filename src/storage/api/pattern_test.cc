// SPDX-License-Identifier: Apache-2.0
#include "storage/api/pattern.h"

#include <gtest/gtest.h>

#include "storage/api/condition.h"

namespace cairn::storage {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  return Pattern::compile(pattern).value().matches(text);
}

TEST(PatternTest, MatchesTheWholeText) {
  EXPECT_TRUE(matches("GET /[a-z]+", "GET /cart"));
  EXPECT_FALSE(matches("GET", "GET /cart"));
  EXPECT_FALSE(matches("a|ab", "abc"));
  EXPECT_TRUE(matches("a|ab", "ab"));
  EXPECT_TRUE(matches("", ""));
}

TEST(PatternTest, ADotMatchesANewline) {
  EXPECT_TRUE(matches("a.b", "a\nb"));
}

TEST(PatternTest, TextThatIsNotUtf8OnlyFailsToMatch) {
  EXPECT_FALSE(matches("a.", "a\xff"));
  EXPECT_TRUE(matches("a\\C", "a\xff"));
}

TEST(PatternTest, RefusesWhatDoesNotCompileOrIsTooBig) {
  EXPECT_EQ(Pattern::compile("(").error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(Pattern::compile("(?=look)"));
  EXPECT_FALSE(Pattern::compile("((a{100}){100}){100}"));
  EXPECT_FALSE(Pattern::compile(std::string(kMaxPatternBytes + 1, 'a')));
  EXPECT_TRUE(Pattern::compile(std::string(kMaxPatternBytes, 'a')));
}

TEST(PatternTest, ManyWaysToMatchTakeNoLonger) {
  const std::string text(20'000, 'a');
  EXPECT_FALSE(matches("(a*)*(a|aa)*b", text));
}

}  // namespace
}  // namespace cairn::storage
