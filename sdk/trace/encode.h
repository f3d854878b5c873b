// SPDX-License-Identifier: Apache-2.0
//
// The few protobuf moves a span is made of. Every function writes at `to`, returns the end, and may
// overwrite up to kSlack bytes past it: callers keep that much room.
//
// Small copies are overlapping fixed-size moves: a call of memcpy costs more than most values.
// Source: protobuf encoding; opentelemetry-proto, trace/v1 and common/v1 (field numbers).
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace cairn::trace::encode {

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

// bytes() and is_ascii() in one pass. What was written is of no use when it says false.
__attribute__((always_inline)) inline bool copy_ascii(Byte* to, std::string_view value) noexcept {
  const char* const from = value.data();
  const std::size_t size = value.size();
  std::uint64_t seen;
  if (size >= 8) {
    const auto first = load<std::uint64_t>(from), last = load<std::uint64_t>(from + size - 8);
    seen = first | last;
    if (size > 16) {
      if (__builtin_expect(size > 32, 0)) return copy_long_ascii(to, value);
      const auto second = load<std::uint64_t>(from + 8),
                 third = load<std::uint64_t>(from + size - 16);
      seen |= second | third;
      std::memcpy(to + 8, &second, 8);
      std::memcpy(to + size - 16, &third, 8);
    }
    std::memcpy(to, &first, 8);
    std::memcpy(to + size - 8, &last, 8);
  } else if (size >= 4) {
    const auto first = load<std::uint32_t>(from), last = load<std::uint32_t>(from + size - 4);
    seen = first | last;
    std::memcpy(to, &first, 4);
    std::memcpy(to + size - 4, &last, 4);
  } else if (size >= 2) {
    const auto first = load<std::uint16_t>(from), last = load<std::uint16_t>(from + size - 2);
    seen = static_cast<std::uint64_t>(first | last);
    std::memcpy(to, &first, 2);
    std::memcpy(to + size - 2, &last, 2);
  } else {
    seen = size == 0 ? 0 : static_cast<Byte>(*from);
    if (size != 0) *to = static_cast<Byte>(seen);
  }
  return (seen & kHighBits) == 0;
}

inline Byte* fixed64(Byte* to, std::uint64_t value) noexcept {
  std::memcpy(to, &value, 8);
  return to + 8;
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
inline constexpr Byte kFlags[2] = {0x85, 0x01};  // field 16, fixed32

}  // namespace cairn::trace::encode
