// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/column/decimal.h"

#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

std::vector<std::uint64_t> bits_of(std::initializer_list<double> values) {
  std::vector<std::uint64_t> bits;
  for (const double value : values) bits.push_back(std::bit_cast<std::uint64_t>(value));
  return bits;
}

TEST(Decimal, GivesBackWhatPeopleWrite) {
  const auto bits = bits_of({19.99, 0.0, -3.5, 120.0, 0.007});
  std::vector<std::uint64_t> numbers;
  const auto decimals = as_decimals(bits, 15, numbers);
  ASSERT_TRUE(decimals);
  EXPECT_EQ(*decimals, 3);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    EXPECT_EQ(decimal_bits(numbers[i], *decimals), bits[i]);
  }
}

TEST(Decimal, RefusesWhatWouldNotComeBack) {
  std::vector<std::uint64_t> numbers;
  EXPECT_FALSE(as_decimals(bits_of({1.5, -0.0}), 15, numbers));
  EXPECT_FALSE(as_decimals(bits_of({std::nan("")}), 15, numbers));
  EXPECT_FALSE(as_decimals(bits_of({std::numeric_limits<double>::infinity()}), 15, numbers));
  EXPECT_FALSE(as_decimals(bits_of({1e300}), 15, numbers));
  EXPECT_FALSE(as_decimals(bits_of({1.0 / 3, std::sqrt(2.0) * 1e-9}), 15, numbers));
}

}  // namespace
}  // namespace cairn::storage::columnar
