// SPDX-License-Identifier: Apache-2.0
//
// Hashes for the tables of a head. What they hash is chosen by peers, so every head has a seed of
// its own that nobody can know: collisions cannot be prepared.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#ifndef XXH_INLINE_ALL
#define XXH_INLINE_ALL
#endif
#include <xxhash.h>

namespace cairn::storage::columnar {

inline std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}
// Of a record without padding.
template <typename T>
std::uint64_t hash_record(const T& record, std::uint64_t seed) {
  static_assert(std::has_unique_object_representations_v<T>);
  return XXH3_64bits_withSeed(&record, sizeof(T), seed);
}

// Whether two records without padding have the same bytes. (The == of a std::array of bytes is a
// loop over them.)
template <typename T>
bool same_record(const T& a, const T& b) {
  static_assert(std::has_unique_object_representations_v<T>);
  return std::memcmp(&a, &b, sizeof(T)) == 0;
}

// Two numbers become one: the product of both, each hidden by the seed, folded.
inline std::uint64_t hash_pair(std::uint64_t a, std::uint64_t b, std::uint64_t seed) {
  return XXH3_mul128_fold64(a ^ seed, b ^ (seed * 0x9e37'79b9'7f4a'7c15 + 1));
}

// Two texts compared in line, in steps of eight bytes: most are short and equal.
inline bool same_text(const char* a, const char* b, std::size_t size) {
  const auto differ = [&](std::size_t at) {
    std::uint64_t x = 0;
    std::uint64_t y = 0;
    std::memcpy(&x, a + at, 8);
    std::memcpy(&y, b + at, 8);
    return x ^ y;
  };
  if (size < 8) {
    if (size >= 4) {
      std::uint32_t x[2];
      std::uint32_t y[2];
      std::memcpy(&x[0], a, 4);
      std::memcpy(&y[0], b, 4);
      std::memcpy(&x[1], a + size - 4, 4);
      std::memcpy(&y[1], b + size - 4, 4);
      return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
    }
    for (std::size_t i = 0; i < size; ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  }
  if (size <= 16) return (differ(0) | differ(size - 8)) == 0;
  if (size <= 32) return (differ(0) | differ(8) | differ(size - 16) | differ(size - 8)) == 0;
  return std::memcmp(a, b, size) == 0;
}
inline bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && same_text(a.data(), b.data(), a.size());
}

}  // namespace cairn::storage::columnar
