// SPDX-License-Identifier: Apache-2.0
//
// Numbers of w bits one behind the other, least significant bit first: value i takes the bits
// [i * w, (i + 1) * w) of the bytes read as one little-endian number. Unused bits of the last byte
// are zero. Thread rule: pure functions.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "storage/columnar/encoding/numbers/bit_unpackers.h"

namespace cairn::storage::columnar {

static_assert(std::endian::native == std::endian::little, "the formats are little-endian");

constexpr std::size_t packed_size(std::size_t count, unsigned width) {
  return (count * width + 7) / 8;
}

// Appends packed_size(values.size(), width) bytes. Bits above `width` (0 to 64) are cut off.
void pack_bits(std::span<const std::uint64_t> values, unsigned width, Bytes& out);

// Fills `out` with the packed values plus `base` (modulo 2^64).
// REQUIRES: packed.size() == packed_size(out.size(), width), width <= 64.
void unpack_bits(ByteView packed, unsigned width, std::uint64_t base, std::span<std::uint64_t> out);
// The same by one of bit_unpackers(); without, by the fastest.
void unpack_bits(const BitUnpacker& unpacker, ByteView packed, unsigned width, std::uint64_t base,
                 std::span<std::uint64_t> out);

}  // namespace cairn::storage::columnar
