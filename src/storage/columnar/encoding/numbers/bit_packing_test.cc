// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/numbers/bit_packing.h"

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

using Numbers = std::vector<std::uint64_t>;

constexpr std::uint64_t kBase = 0xfedc'ba98'7654'3210;  // most sums overflow

// Bit by bit, as the format says it.
Numbers unpacked_slowly(ByteView packed, unsigned width, std::uint64_t base, std::size_t count) {
  Numbers values(count);
  for (std::size_t i = 0; i < count * width; ++i) {
    const auto bit = static_cast<std::uint64_t>(packed[i / 8] >> (i % 8) & std::byte{1});
    values[i / width] |= bit << (i % width);
  }
  for (auto& value : values) value += base;
  return values;
}

// Unpacks from `offset` bytes into memory that ends where `packed` does, into memory that ends
// with the last number: what is read or written beyond is found by the address sanitizer.
Numbers unpacked(const BitUnpacker& unpacker, ByteView packed, unsigned width, std::size_t count,
                 std::size_t offset) {
  const auto from = std::make_unique<std::byte[]>(offset + packed.size());
  if (!packed.empty()) std::memcpy(from.get() + offset, packed.data(), packed.size());
  Numbers to(count);
  unpack_bits(unpacker, {from.get() + offset, packed.size()}, width, kBase, to);
  return to;
}

Bytes random_bytes(std::size_t size) {
  std::mt19937_64 random(size);
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

TEST(BitPacking, PortableCodeIsAlwaysThere) {
  ASSERT_FALSE(bit_unpackers().empty());
  EXPECT_EQ(bit_unpackers().front().name, "portable");
}

TEST(BitPacking, EveryUnpackerReadsWhatTheFormatSays) {
  for (const BitUnpacker& unpacker : bit_unpackers()) {
    for (unsigned width = 0; width <= 64; ++width) {
      for (std::size_t count = 0; count <= 300; count += count < 40 ? 1 : 37) {
        const Bytes packed = random_bytes(packed_size(count, width));
        const Numbers expected = unpacked_slowly(packed, width, kBase, count);
        EXPECT_EQ(unpacked(unpacker, packed, width, count, count % 17), expected)
            << unpacker.name << ", " << width << " bits, " << count << " numbers";
      }
    }
  }
}

TEST(BitPacking, BytesThatNobodyPackedAreNumbersToo) {
  for (const BitUnpacker& unpacker : bit_unpackers()) {
    for (unsigned width = 1; width <= 64; ++width) {
      const Bytes ones(packed_size(1001, width), std::byte{0xff});
      const Numbers expected(1001, (~std::uint64_t{0} >> (64 - width)) + kBase);
      EXPECT_EQ(unpacked(unpacker, ones, width, 1001, 3), expected)
          << unpacker.name << ", " << width << " bits";
    }
  }
}

TEST(BitPacking, WhatIsPackedComesBackCutToItsWidth) {
  std::mt19937_64 random(1);
  for (unsigned width = 0; width <= 64; ++width) {
    Numbers values(77);
    for (auto& value : values) value = random();
    Bytes packed;
    pack_bits(values, width, packed);
    Numbers back(values.size());
    unpack_bits(packed, width, 5, back);
    for (auto& value : values) value = (width == 0 ? 0 : value << (64 - width) >> (64 - width)) + 5;
    EXPECT_EQ(back, values) << width;
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
