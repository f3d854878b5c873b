// SPDX-License-Identifier: Apache-2.0
#include "sdk/propagation/percent_encoding.h"

#include <utility>

#include "sdk/trace/utf8.h"

namespace cairn::trace::detail {
namespace {

// Senders write both cases.
int digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

DecodedByte decode_byte(std::string_view text, std::size_t at) noexcept {
  if (text[at] == '%' && text.size() - at >= 3) {
    const int high = digit_value(text[at + 1]);
    const int low = digit_value(text[at + 2]);
    if (high >= 0 && low >= 0) return {static_cast<char>(high * 16 + low), 3};
  }
  return {text[at], 1};
}

bool append_encoded(HeaderBuffer& out, char byte, HeaderChar keep) noexcept {
  if (byte != '%' && is_a(byte, keep)) return out.append(byte);
  const auto value = static_cast<unsigned char>(byte);
  const char encoded[3] = {'%', "0123456789ABCDEF"[value >> 4], "0123456789ABCDEF"[value & 15]};
  return out.append(std::string_view(encoded, sizeof encoded));
}

bool append_encoded(HeaderBuffer& out, std::string_view value, HeaderChar keep) noexcept {
  for (const char byte : value) {
    if (!append_encoded(out, byte, keep)) return false;
  }
  return true;
}

void decode_value(std::string_view encoded, std::string& value) {
  value.clear();
  for (std::size_t at = 0; at < encoded.size();) {
    const DecodedByte decoded = decode_byte(encoded, at);
    value += decoded.byte;
    at += decoded.size;
  }
  if (is_utf8(value)) return;
  std::string repaired(3 * value.size(), '\0');
  repaired.resize(repair_utf8(value, reinterpret_cast<std::uint8_t*>(repaired.data())));
  value = std::move(repaired);
}

}  // namespace cairn::trace::detail
