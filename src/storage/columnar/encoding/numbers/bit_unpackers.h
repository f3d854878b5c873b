// SPDX-License-Identifier: Apache-2.0
//
// The ways to unpack numbers of w bits (bit_packing.h) that this processor can run. Eight numbers
// take exactly w bytes: every group of eight starts on a byte, and where its numbers lie is known
// when compiled, so that there is one function for each width.
// Thread rule: any thread; chosen once, never changed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cairn::storage::columnar {

constexpr std::size_t kGroupValues = 8;

// What unpacking may read behind the bytes of its last group.
constexpr std::size_t kUnpackReadAhead = 16;

// Writes the numbers of `groups` groups, plus `base` modulo 2^64, to `to`.
// Shape: reads up to kUnpackReadAhead bytes behind groups * w; nothing needs to be aligned.
using UnpackGroups = void (*)(const std::byte* from, std::size_t groups, std::uint64_t base,
                              std::uint64_t* to);

struct BitUnpacker {
  std::string_view name;
  std::array<UnpackGroups, 65> of_width;  // [0] fills with `base`
};

// What this processor can run: portable code first, the fastest last.
std::span<const BitUnpacker> bit_unpackers();

// For bit_unpackers() alone: what was compiled for another architecture, or what this processor
// lacks, is not there.
BitUnpacker portable_unpacker();
bool has_avx2();
// REQUIRES: has_avx2(). Widths that do not pay are those of `portable`.
BitUnpacker avx2_unpacker(const BitUnpacker& portable);

}  // namespace cairn::storage::columnar
