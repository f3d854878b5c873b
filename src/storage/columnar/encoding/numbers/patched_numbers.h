// SPDX-License-Identifier: Apache-2.0
//
// A block of up to 1024 numbers: minimum, then value - minimum in w bits each, and the few values
// that need more bits (patches) with their high bits kept aside (PFOR).
//   width      1 byte: w (0 to 64); bit 7: there are patches
//   minimum    varint
//   low bits   packed_size(n, w) bytes (bit_packing.h)
//   patches    varint e; a block of e distances between patched places; a block of e high parts
// Both blocks have this form again; a block inside those has no patches.
// Thread rule: pure functions.
// Source: Zukowski et al., "Super-Scalar RAM-CPU Cache Compression" (ICDE 2006).
#pragma once

#include <cstdint>
#include <span>

#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {

inline constexpr std::size_t kBlockValues = 1024;

// Appends the smallest block this form has, or nearly. REQUIRES: 1 to kBlockValues values.
void encode_block(std::span<const std::uint64_t> values, Bytes& out);

// Fills `out` from a block; false when the block is damaged. REQUIRES: as encode_block.
bool decode_block(ByteReader& in, std::span<std::uint64_t> out);

// What a block consists of, for `cairn dump`; false when damaged.
struct BlockShape {
  unsigned width = 0;
  bool patched = false;
};
BlockShape block_shape(ByteView block);

}  // namespace cairn::storage::columnar
