// SPDX-License-Identifier: Apache-2.0
#include "base/size_text.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(SizeTextTest, ReadsAndWritesUnits) {
  EXPECT_EQ(*parse_size("20MiB"), std::size_t{20} << 20);
  EXPECT_EQ(*parse_size("1000"), 1000u);
  EXPECT_EQ(*parse_size("1KB"), 1000u);
  EXPECT_FALSE(parse_size("MiB"));
  EXPECT_FALSE(parse_size("-1"));
  EXPECT_FALSE(parse_size("99999999999GiB"));
  EXPECT_EQ(size_text(std::size_t{20} << 20), "20MiB");
  EXPECT_EQ(size_text(1000), "1000B");
  EXPECT_EQ(size_text(0), "0B");
}

}  // namespace
}  // namespace cairn
