// SPDX-License-Identifier: Apache-2.0
//
// Compiled without automatic vectors: g++ 12 finds some for whole bytes that take up to 16 times as
// long (width 48).
#include <cstring>
#include <utility>

#include "storage/columnar/encoding/numbers/bit_unpackers.h"

namespace cairn::storage::columnar {
namespace {

template <unsigned W>
constexpr std::uint64_t kMask = W == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (W % 64)) - 1;

// Value J of a group. Reads 8 bytes from the value's first one, 9 when W > 57.
template <unsigned W, unsigned J>
std::uint64_t unpack_one(const std::byte* from) {
  constexpr unsigned kByte = J * W / 8;
  constexpr unsigned kShift = J * W % 8;
  std::uint64_t value;
  std::memcpy(&value, from + kByte, sizeof(value));
  value >>= kShift;
  if constexpr (kShift + W > 64) {
    value |= static_cast<std::uint64_t>(from[kByte + 8]) << (64 - kShift);
  }
  return value & kMask<W>;
}

template <unsigned W>
void unpack_groups(const std::byte* from, std::size_t groups, std::uint64_t base,
                   std::uint64_t* to) {
  for (std::size_t group = 0; group < groups; ++group, from += W, to += kGroupValues) {
    [&]<unsigned... J>(std::integer_sequence<unsigned, J...>) {
      ((to[J] = unpack_one<W, J>(from) + base), ...);
    }(std::make_integer_sequence<unsigned, kGroupValues>());
  }
}

}  // namespace

BitUnpacker portable_unpacker() {
  return []<unsigned... W>(std::integer_sequence<unsigned, W...>) {
    return BitUnpacker{"portable", {unpack_groups<W>...}};
  }(std::make_integer_sequence<unsigned, 65>());
}

}  // namespace cairn::storage::columnar
