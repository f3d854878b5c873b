// SPDX-License-Identifier: Apache-2.0
//
// The few protobuf moves a span is made of. Every function writes at `to`, returns the end, and may
// overwrite up to kSlack bytes past it: callers keep that much room.
//
// Small copies are overlapping fixed-size moves: a call of memcpy costs more than most values.
// Source: protobuf encoding; opentelemetry-proto, trace/v1 and common/v1 (field numbers).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace cairn::trace::encode {

// Numbers are written as they lie in memory.
static_assert(std::endian::native == std::endian::little);

inline constexpr std::size_t kSlack = 64;
inline constexpr std::size_t kMaxVarint = 10;

using Byte = std::uint8_t;

inline Byte* varint(Byte* to, std::uint64_t value) noexcept {
  if (__builtin_expect(value < 0x4000, 1)) {
    if (value < 0x80) {
      *to = static_cast<Byte>(value);
      return to + 1;
    }
    to[0] = static_cast<Byte>(value | 0x80);
    to[1] = static_cast<Byte>(value >> 7);
    return to + 2;
  }
  while (value >= 0x80) {
    *to++ = static_cast<Byte>(value | 0x80);
    value >>= 7;
  }
  *to++ = static_cast<Byte>(value);
  return to;
}

inline std::size_t varint_size(std::uint64_t value) noexcept {
  // ceil(bits / 7) without a division.
  return static_cast<std::size_t>((64 - __builtin_clzll(value | 1)) * 9 + 64) / 64;
}

template <std::size_t N>
inline void move_fixed(Byte* to, const void* from) noexcept {
  std::memcpy(to, from, N);
}

// The two ends of 8..16, 16..32 bytes overlap in the middle.
template <std::size_t N>
inline void move_ends(Byte* to, const char* from, std::size_t size) noexcept {
  Byte first[N], last[N];
  std::memcpy(first, from, N);
  std::memcpy(last, from + size - N, N);
  std::memcpy(to, first, N);
  std::memcpy(to + size - N, last, N);
}

// Never reads outside `from`; writes exactly `size` bytes.
inline Byte* bytes(Byte* to, const void* source, std::size_t size) noexcept {
  const char* from = static_cast<const char*>(source);
  if (size >= 16) {
    if (size <= 32) {
      move_ends<16>(to, from, size);
    } else {
      std::memcpy(to, from, size);
    }
  } else if (size >= 8) {
    move_ends<8>(to, from, size);
  } else if (size >= 4) {
    move_ends<4>(to, from, size);
  } else if (size != 0) {
    to[0] = static_cast<Byte>(from[0]);
    to[size >> 1] = static_cast<Byte>(from[size >> 1]);
    to[size - 1] = static_cast<Byte>(from[size - 1]);
  }
  return to + size;
}

inline Byte* text(Byte* to, std::string_view value) noexcept {
  return bytes(to, value.data(), value.size());
}

inline constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;

template <class Word>
inline Word load(const char* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// True when no byte has its high bit set: then it is UTF-8 without a further look.
inline bool is_ascii(std::string_view value) noexcept {
  const char* at = value.data();
  std::size_t left = value.size();
  std::uint64_t seen = 0;
  if (left >= 8) {
    seen = load<std::uint64_t>(at + left - 8);
    for (; left > 8; at += 8, left -= 8) seen |= load<std::uint64_t>(at);
  } else if (left >= 4) {
    seen = load<std::uint32_t>(at) | load<std::uint32_t>(at + left - 4);
  } else {
    for (; left > 0; ++at, --left) seen |= static_cast<Byte>(*at);
  }
  return (seen & kHighBits) == 0;
}

inline __attribute__((noinline)) bool copy_long_ascii(Byte* to, std::string_view value) noexcept {
  std::memcpy(to, value.data(), value.size());
  return is_ascii(value);
}

// 16 bytes in one register.
struct Sixteen {
#if defined(__SSE2__)
  __m128i all;
  friend Sixteen operator|(Sixteen a, Sixteen b) noexcept { return {_mm_or_si128(a.all, b.all)}; }
  unsigned high_bits() const noexcept { return static_cast<unsigned>(_mm_movemask_epi8(all)); }
#else
  std::uint64_t low, high;
  friend Sixteen operator|(Sixteen a, Sixteen b) noexcept {
    return {a.low | b.low, a.high | b.high};
  }
  unsigned high_bits() const noexcept { return ((low | high) & kHighBits) != 0 ? 1 : 0; }
#endif
};

// Copies both ends of a text, which overlap. 0: there are only ASCII characters in them.
template <class Word>
__attribute__((always_inline)) inline unsigned copy_ends(Byte* to,
                                                         std::string_view value) noexcept {
  const auto first = load<Word>(value.data());
  const auto last = load<Word>(value.data() + value.size() - sizeof(Word));
  std::memcpy(to, &first, sizeof first);
  std::memcpy(to + value.size() - sizeof last, &last, sizeof last);
  if constexpr (sizeof(Word) == sizeof(Sixteen)) {
    return (first | last).high_bits();
  } else {
    const auto high =
        static_cast<Word>(static_cast<Word>(first | last) & static_cast<Word>(kHighBits));
    return sizeof(Word) == 8 ? static_cast<unsigned>(high >> 32 | high)
                             : static_cast<unsigned>(high);
  }
}

// bytes() and is_ascii() in one pass: 0 when all is ASCII and no longer than `longest`, which is at
// least 32, otherwise what was written is of no use.
__attribute__((always_inline)) inline unsigned copy_text(Byte* to, std::string_view value,
                                                         std::size_t longest) noexcept {
  const std::size_t size = value.size();
  if (size < 8) {
    if (size >= 4) return copy_ends<std::uint32_t>(to, value);
    if (size >= 2) return copy_ends<std::uint16_t>(to, value);
    if (size == 0) return 0;
    *to = static_cast<Byte>(value[0]);
    return *to & 0x80U;
  }
  if (size <= 16) return copy_ends<std::uint64_t>(to, value);
  if (__builtin_expect(size <= 32, 1)) return copy_ends<Sixteen>(to, value);
  return size <= longest && copy_long_ascii(to, value) ? 0 : 1;
}
inline bool copy_ascii(Byte* to, std::string_view value) noexcept {
  return copy_text(to, value, SIZE_MAX) == 0;
}

inline Byte* fixed64(Byte* to, std::uint64_t value) noexcept {
  std::memcpy(to, &value, 8);
  return to + 8;
}

inline std::uint64_t bits_of(double value) noexcept {
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Two bytes, the lower first: a tag and a length in one move.
inline void fixed16(Byte* to, unsigned value) noexcept {
  const auto low = static_cast<std::uint16_t>(value);
  std::memcpy(to, &low, 2);
}

inline Byte* fixed32(Byte* to, std::uint32_t value) noexcept {
  std::memcpy(to, &value, 4);
  return to + 4;
}

// Field numbers, as tags.
enum SpanTag : Byte {
  kSpanEntry = 0x12,  // ScopeSpans.spans
  kTraceId = 0x0A,
  kSpanId = 0x12,
  kTraceState = 0x1A,
  kParentSpanId = 0x22,
  kName = 0x2A,
  kKind = 0x30,
  kStart = 0x39,
  kEnd = 0x41,
  kAttribute = 0x4A,
  kDroppedAttributes = 0x50,
  kEvent = 0x5A,
  kDroppedEvents = 0x60,
  kLink = 0x6A,
  kDroppedLinks = 0x70,
  kStatus = 0x7A,
};
inline constexpr unsigned kFlags = 0x0185;  // field 16, fixed32: two bytes

}  // namespace cairn::trace::encode
