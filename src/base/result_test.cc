// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <memory>

#include <gtest/gtest.h>

namespace cairn {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return invalid_argument("odd");
  return n / 2;
}

Result<int> quarter(int n) {
  ASSIGN_OR_RETURN(const int once, half(n));
  ASSIGN_OR_RETURN(const int twice, half(once));
  return twice;
}

Result<void> refuse_odd(int n) {
  RETURN_IF_ERROR(half(n));
  return {};
}

TEST(ResultTest, HoldsAValueOrAnError) {
  EXPECT_EQ(*half(4), 2);
  EXPECT_EQ(half(3).error(), invalid_argument("odd"));
}

TEST(ResultTest, PassesErrorsUp) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_FALSE(quarter(6));
  EXPECT_TRUE(refuse_odd(2));
  EXPECT_EQ(refuse_odd(1).error().message, "odd");
}

TEST(ResultTest, CarriesMoveOnlyValues) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 7);
}

TEST(ResultTest, AnnotatePutsTheCallersViewInFront) {
  EXPECT_EQ(annotate(not_found("no such file"), "read config").message,
            "read config: no such file");
}

TEST(ResultDeathTest, AskingForTheMissingSideIsOurBug) {
  EXPECT_DEATH((void)half(3).value(), "has_value");
}

}  // namespace
}  // namespace cairn
