// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/column/decimal.h"

#include <array>
#include <bit>
#include <cmath>

#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::array<double, 16> kPowers = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
constexpr double kMostExact = 9'007'199'254'740'992.0;  // 2^53: whole numbers beyond have gaps

// After zigzag, or nothing when the value does not come back.
std::optional<std::uint64_t> scaled(std::uint64_t bits, std::uint8_t decimals) {
  const double value = std::bit_cast<double>(bits) * kPowers[decimals];
  if (!(std::fabs(value) < kMostExact)) return std::nullopt;
  const auto number = static_cast<std::int64_t>(value + std::copysign(0.5, value));
  const std::uint64_t result = zigzag(number);
  if (decimal_bits(result, decimals) != bits) return std::nullopt;
  return result;
}

}  // namespace

std::uint64_t decimal_bits(std::uint64_t number, std::uint8_t decimals) {
  return std::bit_cast<std::uint64_t>(static_cast<double>(unzigzag(number)) / kPowers[decimals]);
}

std::optional<std::uint8_t> as_decimals(std::span<const std::uint64_t> bits, std::uint8_t most,
                                        std::vector<std::uint64_t>& out) {
  std::uint8_t decimals = 0;
  bool again = true;
  while (again) {
    again = false;
    out.clear();
    for (const std::uint64_t value : bits) {
      const std::uint8_t before = decimals;
      std::optional<std::uint64_t> number = scaled(value, decimals);
      while (!number && decimals < most) number = scaled(value, ++decimals);
      if (!number) return std::nullopt;
      // More decimals than the values before had: those once more. At most `most` rounds.
      again = again || (decimals != before && !out.empty());
      out.push_back(*number);
    }
  }
  return decimals;
}

}  // namespace cairn::storage::columnar
