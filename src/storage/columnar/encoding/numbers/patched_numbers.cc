// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/numbers/patched_numbers.h"

#include <algorithm>
#include <array>
#include <bit>

#include "storage/columnar/encoding/numbers/bit_packing.h"

namespace cairn::storage::columnar {
namespace {

constexpr unsigned kPatchedBit = 0x80;
constexpr int kDeepest = 2;  // a block of patches of patches has none

unsigned bits_of(std::uint64_t value) {
  return static_cast<unsigned>(std::bit_width(value));
}

using WidthCounts = std::array<std::uint32_t, 65>;

WidthCounts count_widths(std::span<const std::uint64_t> values, std::uint64_t minimum) {
  // Two tables, since neighbours often have the same width and would wait for each other.
  WidthCounts even{};
  WidthCounts odd{};
  std::size_t i = 0;
  for (; i + 1 < values.size(); i += 2) {
    ++even[bits_of(values[i] - minimum)];
    ++odd[bits_of(values[i + 1] - minimum)];
  }
  if (i < values.size()) ++even[bits_of(values[i] - minimum)];
  for (std::size_t width = 0; width < even.size(); ++width) even[width] += odd[width];
  return even;
}

// The width with the least estimated size. A patch costs its distance (about log2 of the mean
// distance, and two more bits) and its high bits (and one more).
unsigned choose_width(const WidthCounts& counts, std::size_t count, unsigned widest) {
  constexpr std::uint64_t kPatchHeaderBits = 40;
  unsigned best = widest;
  std::uint64_t best_bits = count * widest;
  std::uint64_t patches = 0;
  std::uint64_t high_bits = 0;
  for (unsigned width = widest; width-- > 0;) {
    patches += counts[width + 1];
    high_bits += patches;
    if (patches * 2 > count) break;
    const std::uint64_t distance_bits = bits_of(count / (patches + 1)) + 2;
    const std::uint64_t bits =
        count * width + kPatchHeaderBits + patches * (distance_bits + 1) + high_bits;
    if (bits < best_bits) {
      best_bits = bits;
      best = width;
    }
  }
  return best;
}

void encode_at_depth(std::span<const std::uint64_t> values, int depth, Bytes& out);

void encode_patches(std::span<const std::uint64_t> values, std::uint64_t minimum, unsigned width,
                    int depth, Bytes& out) {
  std::array<std::uint64_t, kBlockValues> distances;
  std::array<std::uint64_t, kBlockValues> highs;
  std::size_t patches = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint64_t high = (values[i] - minimum) >> width;
    distances[patches] = i - next;
    highs[patches] = high;
    // Without a branch: most places are no patch, but which ones nobody can predict.
    const bool patched = high != 0;
    patches += patched ? 1 : 0;
    next = patched ? i + 1 : next;
  }
  put_varint(out, patches);
  encode_at_depth({distances.data(), patches}, depth + 1, out);
  encode_at_depth({highs.data(), patches}, depth + 1, out);
}

void encode_at_depth(std::span<const std::uint64_t> values, int depth, Bytes& out) {
  std::uint64_t minimum = values[0];
  std::uint64_t maximum = values[0];
  for (const std::uint64_t value : values) {
    minimum = std::min(minimum, value);
    maximum = std::max(maximum, value);
  }
  const unsigned widest = bits_of(maximum - minimum);
  unsigned width = widest;
  if (widest > 0 && depth < kDeepest) {
    width = choose_width(count_widths(values, minimum), values.size(), widest);
  }
  const bool patched = width < widest;
  out.push_back(static_cast<std::byte>(width | (patched ? kPatchedBit : 0)));
  put_varint(out, minimum);
  if (minimum == 0) {
    pack_bits(values, width, out);
  } else {
    std::array<std::uint64_t, kBlockValues> low;
    for (std::size_t i = 0; i < values.size(); ++i) low[i] = values[i] - minimum;
    pack_bits({low.data(), values.size()}, width, out);
  }
  if (patched) encode_patches(values, minimum, width, depth, out);
}

bool decode_at_depth(ByteReader& in, int depth, std::span<std::uint64_t> out);

bool decode_patches(ByteReader& in, unsigned width, int depth, std::span<std::uint64_t> out) {
  const std::uint64_t patches = in.varint_up_to(out.size());
  if (patches == 0) return false;
  std::array<std::uint64_t, kBlockValues> distances;
  std::array<std::uint64_t, kBlockValues> highs;
  const std::size_t count = static_cast<std::size_t>(patches);
  if (!decode_at_depth(in, depth + 1, {distances.data(), count})) return false;
  if (!decode_at_depth(in, depth + 1, {highs.data(), count})) return false;
  std::size_t next = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (distances[i] >= out.size() - next) return false;
    next += static_cast<std::size_t>(distances[i]);
    out[next++] += highs[i] << width;
  }
  return true;
}

bool decode_at_depth(ByteReader& in, int depth, std::span<std::uint64_t> out) {
  const auto first = static_cast<unsigned>(in.fixed<std::uint8_t>());
  const bool patched = (first & kPatchedBit) != 0;
  const unsigned width = first & ~kPatchedBit;
  const std::uint64_t minimum = in.varint();
  if (width > 64 || (patched && (depth >= kDeepest || width == 64))) return false;
  const ByteView packed = in.raw(packed_size(out.size(), width));
  if (in.failed()) return false;
  unpack_bits(packed, width, minimum, out);
  return !patched || decode_patches(in, width, depth, out);
}

}  // namespace

void encode_block(std::span<const std::uint64_t> values, Bytes& out) {
  encode_at_depth(values, 0, out);
}

bool decode_block(ByteReader& in, std::span<std::uint64_t> out) {
  return decode_at_depth(in, 0, out);
}

BlockShape block_shape(ByteView block) {
  if (block.empty()) return {};
  const auto first = static_cast<unsigned>(block[0]);
  return {.width = first & ~kPatchedBit, .patched = (first & kPatchedBit) != 0};
}

}  // namespace cairn::storage::columnar
