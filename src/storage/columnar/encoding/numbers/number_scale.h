// SPDX-License-Identifier: Apache-2.0
//
// What is done to the numbers of a column before they are packed: v = offset + factor * q, where q
// is what is packed. Clocks that tick in 100 or 1000 ns lose the digits that are always zero,
// prices written as doubles become cents. All arithmetic is modulo 2^64. Thread rule: pure
// functions.
#pragma once

#include <cstdint>
#include <span>

namespace cairn::storage::columnar {

enum class NumberSign : std::uint8_t {
  kUnsigned,  // q is as it is
  kSigned,    // v is two's complement, q goes through zigzag()
  kZigzag,    // v is a zigzag() already, of offset + factor * q, where q goes through zigzag()
  kDecimal,   // v is a double's bits, of q / factor, where q goes through zigzag(); offset is 0
};

struct NumberScale {
  NumberSign sign = NumberSign::kUnsigned;
  std::uint64_t factor = 1;  // never 0
  std::uint64_t offset = 0;  // below factor

  bool is_identity() const { return factor == 1 && sign == NumberSign::kUnsigned; }
};

// The scale that makes `values` smallest. REQUIRES: not empty.
template <typename T>
NumberScale find_scale(std::span<const T> values);

// out[i] = q of values[i]. REQUIRES: `scale` is find_scale's of a sequence that holds the values.
template <typename T>
void apply_scale(const NumberScale& scale, std::span<const T> values, std::span<std::uint64_t> out);

// The inverse, in place. Any scale is allowed, also one read from a damaged file.
void undo_scale(const NumberScale& scale, std::span<std::uint64_t> numbers);

}  // namespace cairn::storage::columnar
