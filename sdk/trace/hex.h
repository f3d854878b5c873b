// SPDX-License-Identifier: Apache-2.0
//
// Bytes as lowercase hex digits and back, by table. Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace cairn::trace::detail {

inline constexpr std::uint8_t kNoHexDigit = 0xFF;

inline constexpr auto kHexPairs = [] {
  std::array<char, 512> pairs{};
  for (std::size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = "0123456789abcdef"[i >> 4];
    pairs[2 * i + 1] = "0123456789abcdef"[i & 15];
  }
  return pairs;
}();

// The value of a lowercase hex digit, kNoHexDigit for everything else.
inline constexpr auto kHexValues = [] {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = kNoHexDigit;
  for (std::size_t i = 0; i < 16; ++i) {
    const char digit = "0123456789abcdef"[i];
    values[static_cast<unsigned char>(digit)] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

inline std::uint8_t hex_value(char digit) noexcept {
  return kHexValues[static_cast<unsigned char>(digit)];
}

// Writes 2 * `count` digits, no terminator.
inline void write_hex(const std::uint8_t* bytes, std::size_t count, char* out) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    std::memcpy(out + 2 * i, kHexPairs.data() + 2 * std::size_t{bytes[i]}, 2);
  }
}

// Reads 2 * `count` digits. False, and `out` undefined, when one is not a lowercase hex digit.
inline bool read_hex(const char* digits, std::size_t count, std::uint8_t* out) noexcept {
  unsigned all = 0;  // one test at the end: valid digits are the rule
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned high = hex_value(digits[2 * i]);
    const unsigned low = hex_value(digits[2 * i + 1]);
    all |= high | low;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return all < 16;
}

}  // namespace cairn::trace::detail
