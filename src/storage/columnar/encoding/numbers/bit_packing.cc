// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/numbers/bit_packing.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace cairn::storage::columnar {
namespace {

constexpr unsigned kWidest = 64;  // bits of a number, bytes of a group
constexpr unsigned kWidths = kWidest + 1;

template <unsigned W>
constexpr std::uint64_t kMask = W == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (W % 64)) - 1;

template <unsigned W, unsigned J>
void pack_one(std::uint64_t value, std::array<std::uint64_t, 9>& words) {
  constexpr unsigned kWord = J * W / 64;
  constexpr unsigned kShift = J * W % 64;
  words[kWord] |= (value & kMask<W>) << kShift;
  if constexpr (kShift + W > 64) words[kWord + 1] = (value & kMask<W>) >> (64 - kShift);
}

template <unsigned W>
void pack_groups(const std::uint64_t* from, std::size_t groups, std::byte* to) {
  for (std::size_t group = 0; group < groups; ++group, from += kGroupValues, to += W) {
    std::array<std::uint64_t, 9> words{};
    [&]<unsigned... J>(std::integer_sequence<unsigned, J...>) {
      (pack_one<W, J>(from[J], words), ...);
    }(std::make_integer_sequence<unsigned, kGroupValues>());
    std::memcpy(to, words.data(), W);
  }
}

using Pack = void (*)(const std::uint64_t*, std::size_t, std::byte*);

constexpr std::array<Pack, kWidths> kPack =
    []<unsigned... W>(std::integer_sequence<unsigned, W...>) {
      return std::array<Pack, kWidths>{pack_groups<W>...};
    }(std::make_integer_sequence<unsigned, kWidths>());

// What is left where groups may not be read in place: from a copy with room behind it.
void unpack_end(UnpackGroups unpack, ByteView packed, unsigned width, std::uint64_t base,
                std::span<std::uint64_t> out) {
  if (out.empty()) return;
  // Less than one group and what may be read ahead; then a last group that is not whole.
  constexpr std::size_t kMost = kWidest + kUnpackReadAhead;
  std::array<std::byte, kMost + kWidest + kUnpackReadAhead> copy{};
  CAIRN_CHECK(packed.size() < kMost);
  std::memcpy(copy.data(), packed.data(), packed.size());

  const std::size_t groups = out.size() / kGroupValues;
  unpack(copy.data(), groups, base, out.data());
  const std::span<std::uint64_t> rest = out.subspan(groups * kGroupValues);
  if (rest.empty()) return;
  std::array<std::uint64_t, kGroupValues> last;
  unpack(copy.data() + groups * width, 1, base, last.data());
  std::copy_n(last.begin(), rest.size(), rest.begin());
}

}  // namespace

void pack_bits(std::span<const std::uint64_t> values, unsigned width, Bytes& out) {
  if (width == 0 || values.empty()) return;
  const std::size_t at = out.size();
  const std::size_t groups = values.size() / kGroupValues;
  out.resize(at + packed_size(values.size(), width));
  kPack[width](values.data(), groups, out.data() + at);

  const std::span<const std::uint64_t> rest = values.subspan(groups * kGroupValues);
  if (rest.empty()) return;
  std::array<std::uint64_t, kGroupValues> padded{};
  std::ranges::copy(rest, padded.begin());
  std::array<std::byte, kWidest> packed;
  kPack[width](padded.data(), 1, packed.data());
  std::memcpy(out.data() + at + groups * width, packed.data(), packed_size(rest.size(), width));
}

void unpack_bits(ByteView packed, unsigned width, std::uint64_t base,
                 std::span<std::uint64_t> out) {
  static const BitUnpacker& fastest = bit_unpackers().back();
  unpack_bits(fastest, packed, width, base, out);
}

void unpack_bits(const BitUnpacker& unpacker, ByteView packed, unsigned width, std::uint64_t base,
                 std::span<std::uint64_t> out) {
  CAIRN_CHECK(width < kWidths && packed.size() == packed_size(out.size(), width));
  if (width == 0) {
    std::ranges::fill(out, base);
    return;
  }
  const UnpackGroups unpack = unpacker.of_width[width];
  const std::size_t readable = packed.size() - std::min(packed.size(), kUnpackReadAhead);
  const std::size_t groups = std::min(out.size() / kGroupValues, readable / width);
  unpack(packed.data(), groups, base, out.data());
  unpack_end(unpack, packed.subspan(groups * width), width, base,
             out.subspan(groups * kGroupValues));
}

}  // namespace cairn::storage::columnar
