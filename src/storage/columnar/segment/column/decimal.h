// SPDX-License-Identifier: Apache-2.0
//
// Doubles that people wrote as decimals (19.99, 0.5) as whole numbers: value = number / 10^k, one k
// for a column, verified bit by bit.
// Source: Afroozeh, Kuffo, Boncz, "ALP: Adaptive Lossless floating-Point Compression" (2023).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cairn::storage::columnar {

// The least k up to `most` (at most 15) with which every double comes back, and the numbers after
// zigzag in `out`. Nothing, and anything in `out`, when there is none: -0, NaN and infinities too.
std::optional<std::uint8_t> as_decimals(std::span<const std::uint64_t> bits, std::uint8_t most,
                                        std::vector<std::uint64_t>& out);

// The bits of `number` (after zigzag) / 10^decimals. REQUIRES: decimals <= 15.
std::uint64_t decimal_bits(std::uint64_t number, std::uint8_t decimals);

}  // namespace cairn::storage::columnar
