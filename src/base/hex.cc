// SPDX-License-Identifier: Apache-2.0
#include "base/hex.h"

#include <array>

namespace cairn {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

// 0–15 for a hex digit, 0xff for anything else.
constexpr std::array<std::uint8_t, 256> make_nibbles() {
  std::array<std::uint8_t, 256> table{};
  table.fill(0xff);
  for (std::uint8_t i = 0; i < 10; ++i) table['0' + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) {
    table['a' + i] = static_cast<std::uint8_t>(10 + i);
    table['A' + i] = static_cast<std::uint8_t>(10 + i);
  }
  return table;
}
constexpr auto kNibbles = make_nibbles();

}  // namespace

void append_hex(std::string& out, ByteView bytes) {
  const std::size_t start = out.size();
  out.resize(start + 2 * bytes.size());
  char* at = out.data() + start;
  for (const std::byte b : bytes) {
    *at++ = kDigits[std::to_integer<std::size_t>(b >> 4)];
    *at++ = kDigits[std::to_integer<std::size_t>(b & std::byte{15})];
  }
}

std::string to_hex(ByteView bytes) {
  std::string out;
  append_hex(out, bytes);
  return out;
}

bool from_hex(std::string_view hex, std::span<std::byte> out) {
  if (hex.size() != 2 * out.size()) return false;
  std::uint8_t bad = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint8_t high = kNibbles[static_cast<std::uint8_t>(hex[2 * i])];
    const std::uint8_t low = kNibbles[static_cast<std::uint8_t>(hex[2 * i + 1])];
    bad |= high | low;
    out[i] = static_cast<std::byte>((high << 4) | (low & 15));
  }
  return (bad & 0xf0) == 0;
}

}  // namespace cairn
