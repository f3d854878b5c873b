// SPDX-License-Identifier: Apache-2.0
//
// Which bytes of a text are characters. Source: The Unicode Standard, "Well-Formed UTF-8 Byte
// Sequences" and "U+FFFD Substitution of Maximal Subparts".
#pragma once

#include <cstddef>
#include <string_view>

namespace cairn::trace::formats {

struct Utf8Piece {
  std::size_t size = 1;
  bool is_character = false;
};

// The character that non-empty `text` begins with, or the longest run of bytes there that only
// begins one. Never longer than `text`, never 0.
constexpr Utf8Piece first_piece(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte: no overlong forms, no surrogates, nothing past U+10FFFF.
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return {1, false};
  for (std::size_t i = 2; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {i, false};
  }
  return {size, true};
}

}  // namespace cairn::trace::formats
