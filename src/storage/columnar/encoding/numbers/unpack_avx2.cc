// SPDX-License-Identifier: Apache-2.0
//
// Four numbers at a time: a shuffle brings the bytes of each into its own 64 bits, where they are
// shifted and masked. Only functions marked with CAIRN_AVX2 hold such instructions; they are
// called when the processor has them.
#include "storage/columnar/encoding/numbers/bit_unpackers.h"

#if defined(__x86_64__)
#include <utility>

#include <immintrin.h>

#define CAIRN_AVX2 __attribute__((target("avx2")))

namespace cairn::storage::columnar {
namespace {

// Where the numbers J to J + 3 of a group lie. A shuffle moves bytes within 16, hence two sources
// of 16 bytes: one for each pair of numbers, or the same one for both while it holds all four.
template <unsigned W, unsigned J>
struct Four {
  static constexpr bool kOneSource = W <= 32;
  static constexpr unsigned kFirst = J * W / 8;
  static constexpr unsigned kSecond = kOneSource ? kFirst : (J + 2) * W / 8;

  // 8 bytes for each number; beyond the source: zeros, that the mask would remove anyway.
  static constexpr std::array<std::uint8_t, 32> shuffle() {
    std::array<std::uint8_t, 32> from{};
    for (unsigned i = 0; i < from.size(); ++i) {
      const unsigned byte = (J + i / 8) * W / 8 + i % 8 - (i < 16 ? kFirst : kSecond);
      from[i] = static_cast<std::uint8_t>(byte < 16 ? byte : 0x80);
    }
    return from;
  }
  static constexpr std::array<std::uint64_t, 4> shifts() {
    return {J * W % 8, (J + 1) * W % 8, (J + 2) * W % 8, (J + 3) * W % 8};
  }
  alignas(32) static constexpr std::array<std::uint8_t, 32> kShuffle = shuffle();
  alignas(32) static constexpr std::array<std::uint64_t, 4> kShifts = shifts();
};

// Whether no number of a group lies in nine bytes.
template <unsigned W>
constexpr bool fits_eight_bytes() {
  for (unsigned j = 0; j < kGroupValues; ++j) {
    if (j * W % 8 + W > 64) return false;
  }
  return true;
}

CAIRN_AVX2 inline __m128i load16(const std::byte* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
template <typename T, std::size_t N>
CAIRN_AVX2 inline __m256i load_constant(const std::array<T, N>& from) {
  static_assert(sizeof(from) == sizeof(__m256i));
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(from.data()));
}

template <unsigned W, unsigned J>
CAIRN_AVX2 inline void unpack_four(const std::byte* from, __m256i mask, __m256i base,
                                   std::uint64_t* to) {
  using Lie = Four<W, J>;
  __m256i values = _mm256_broadcastsi128_si256(load16(from + Lie::kFirst));
  if constexpr (!Lie::kOneSource) {
    values = _mm256_inserti128_si256(values, load16(from + Lie::kSecond), 1);
  }
  values = _mm256_shuffle_epi8(values, load_constant(Lie::kShuffle));
  values = _mm256_srlv_epi64(values, load_constant(Lie::kShifts));
  values = _mm256_add_epi64(_mm256_and_si256(values, mask), base);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + J), values);
}

template <unsigned W>
CAIRN_AVX2 void unpack_groups(const std::byte* from, std::size_t groups, std::uint64_t base,
                              std::uint64_t* to) {
  const __m256i mask = _mm256_set1_epi64x(static_cast<long long>(~std::uint64_t{0} >> (64 - W)));
  const __m256i bases = _mm256_set1_epi64x(static_cast<long long>(base));
  for (std::size_t group = 0; group < groups; ++group, from += W, to += kGroupValues) {
    unpack_four<W, 0>(from, mask, bases, to);
    unpack_four<W, 4>(from, mask, bases, to);
  }
}

template <unsigned W>
void take(BitUnpacker& into) {
  if constexpr (fits_eight_bytes<W>()) into.of_width[W] = unpack_groups<W>;
}

}  // namespace

bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0;
}

BitUnpacker avx2_unpacker(const BitUnpacker& portable) {
  BitUnpacker unpacker = portable;
  unpacker.name = "avx2";
  [&]<unsigned... W>(std::integer_sequence<unsigned, W...>) {
    (take<W + 1>(unpacker), ...);
  }(std::make_integer_sequence<unsigned, 64>());
  return unpacker;
}

}  // namespace cairn::storage::columnar

#else

namespace cairn::storage::columnar {

bool has_avx2() {
  return false;
}
BitUnpacker avx2_unpacker(const BitUnpacker& portable) {
  return portable;
}

}  // namespace cairn::storage::columnar

#endif
