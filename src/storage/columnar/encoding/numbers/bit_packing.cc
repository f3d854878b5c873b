// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/numbers/bit_packing.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace cairn::storage::columnar {
namespace {

// Eight values of W bits take exactly W bytes, so that every group of eight starts on a byte and
// all shifts inside it are known when compiled: one function per width, without branches.
constexpr std::size_t kGroup = 8;

template <unsigned W>
constexpr std::uint64_t kMask = W == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (W % 64)) - 1;

std::uint64_t load_word(const std::byte* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

// Value J of a group. Reads 8 bytes from the value's first one, 9 when W > 57.
template <unsigned W, unsigned J>
std::uint64_t unpack_one(const std::byte* from) {
  constexpr unsigned kByte = J * W / 8;
  constexpr unsigned kShift = J * W % 8;
  std::uint64_t value = load_word(from + kByte) >> kShift;
  if constexpr (kShift + W > 64) {
    value |= static_cast<std::uint64_t>(from[kByte + 8]) << (64 - kShift);
  }
  return value & kMask<W>;
}

template <unsigned W>
void unpack_groups(const std::byte* from, std::size_t groups, std::uint64_t base,
                   std::uint64_t* to) {
  for (std::size_t group = 0; group < groups; ++group, from += W, to += kGroup) {
    [&]<unsigned... J>(std::integer_sequence<unsigned, J...>) {
      ((to[J] = unpack_one<W, J>(from) + base), ...);
    }(std::make_integer_sequence<unsigned, kGroup>());
  }
}

template <unsigned W, unsigned J>
void pack_one(std::uint64_t value, std::array<std::uint64_t, 9>& words) {
  constexpr unsigned kWord = J * W / 64;
  constexpr unsigned kShift = J * W % 64;
  words[kWord] |= (value & kMask<W>) << kShift;
  if constexpr (kShift + W > 64) words[kWord + 1] = (value & kMask<W>) >> (64 - kShift);
}

template <unsigned W>
void pack_groups(const std::uint64_t* from, std::size_t groups, std::byte* to) {
  for (std::size_t group = 0; group < groups; ++group, from += kGroup, to += W) {
    std::array<std::uint64_t, 9> words{};
    [&]<unsigned... J>(std::integer_sequence<unsigned, J...>) {
      (pack_one<W, J>(from[J], words), ...);
    }(std::make_integer_sequence<unsigned, kGroup>());
    std::memcpy(to, words.data(), W);
  }
}

using Unpack = void (*)(const std::byte*, std::size_t, std::uint64_t, std::uint64_t*);
using Pack = void (*)(const std::uint64_t*, std::size_t, std::byte*);

constexpr unsigned kWidths = 65;
constexpr std::array<Unpack, kWidths> kUnpack =
    []<unsigned... W>(std::integer_sequence<unsigned, W...>) {
      return std::array<Unpack, kWidths>{unpack_groups<W>...};
    }(std::make_integer_sequence<unsigned, kWidths>());
constexpr std::array<Pack, kWidths> kPack =
    []<unsigned... W>(std::integer_sequence<unsigned, W...>) {
      return std::array<Pack, kWidths>{pack_groups<W>...};
    }(std::make_integer_sequence<unsigned, kWidths>());

// What a group may read beyond its own bytes.
constexpr std::size_t kReadAhead = 8;

}  // namespace

void pack_bits(std::span<const std::uint64_t> values, unsigned width, Bytes& out) {
  if (width == 0 || values.empty()) return;
  const std::size_t at = out.size();
  const std::size_t groups = values.size() / kGroup;
  out.resize(at + packed_size(values.size(), width));
  kPack[width](values.data(), groups, out.data() + at);

  const std::span<const std::uint64_t> rest = values.subspan(groups * kGroup);
  if (rest.empty()) return;
  std::array<std::uint64_t, kGroup> padded{};
  std::ranges::copy(rest, padded.begin());
  std::array<std::byte, 64> packed;
  kPack[width](padded.data(), 1, packed.data());
  std::memcpy(out.data() + at + groups * width, packed.data(), packed_size(rest.size(), width));
}

void unpack_bits(ByteView packed, unsigned width, std::uint64_t base,
                 std::span<std::uint64_t> out) {
  if (out.empty()) return;
  if (width == 0) {
    std::ranges::fill(out, base);
    return;
  }
  const Unpack unpack = kUnpack[width];
  const std::size_t readable = packed.size() < kReadAhead ? 0 : packed.size() - kReadAhead;
  std::size_t groups = std::min(out.size() / kGroup, readable / width);
  unpack(packed.data(), groups, base, out.data());

  // The last few groups are read from a copy that has room behind it.
  ByteView left = packed.subspan(groups * width);
  std::span<std::uint64_t> to = out.subspan(groups * kGroup);
  while (!to.empty()) {
    std::array<std::byte, 64 + kReadAhead> padded{};
    std::array<std::uint64_t, kGroup> values;
    const std::size_t bytes = std::min<std::size_t>(left.size(), width);
    std::memcpy(padded.data(), left.data(), bytes);
    unpack(padded.data(), 1, base, values.data());
    const std::size_t count = std::min(to.size(), kGroup);
    std::copy_n(values.begin(), count, to.begin());
    to = to.subspan(count);
    left = left.subspan(bytes);
  }
}

}  // namespace cairn::storage::columnar
