// SPDX-License-Identifier: Apache-2.0
#include "base/hex.h"

#include <array>

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(HexTest, WritesLowerCase) {
  EXPECT_EQ(to_hex(as_bytes("\x01\xab\xff")), "01abff");
}

TEST(HexTest, ReadsEitherCase) {
  std::array<std::byte, 2> out{};
  ASSERT_TRUE(from_hex("aBC0", out));
  EXPECT_EQ(to_hex(out), "abc0");
}

TEST(HexTest, RefusesWrongLengthAndDigits) {
  std::array<std::byte, 2> out{};
  EXPECT_FALSE(from_hex("abc", out));
  EXPECT_FALSE(from_hex("abcdef", out));
  EXPECT_FALSE(from_hex("abcg", out));
  EXPECT_FALSE(from_hex("ab c", out));
}

}  // namespace
}  // namespace cairn
