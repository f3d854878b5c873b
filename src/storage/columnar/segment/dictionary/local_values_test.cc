// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/dictionary/local_values.h"

#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

TEST(LocalValues, TheMostFrequentComesFirst) {
  const std::vector<std::uint64_t> values = {5, 9, 9, 7, 9, 7};
  std::vector<std::uint64_t> distinct;
  std::vector<std::uint32_t> indexes;
  ASSERT_TRUE(find_local_values(std::span<const std::uint64_t>(values), 3, distinct, indexes));
  EXPECT_EQ(distinct, (std::vector<std::uint64_t>{9, 7, 5}));
  EXPECT_EQ(indexes, (std::vector<std::uint32_t>{2, 0, 0, 1, 0, 1}));
}

TEST(LocalValues, RefusesOneTooMany) {
  const std::vector<std::uint32_t> values = {1, 2, 3};
  std::vector<std::uint64_t> distinct;
  std::vector<std::uint32_t> indexes;
  EXPECT_FALSE(find_local_values(std::span<const std::uint32_t>(values), 2, distinct, indexes));
}

}  // namespace
}  // namespace cairn::storage::columnar
