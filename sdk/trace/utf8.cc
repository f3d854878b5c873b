// SPDX-License-Identifier: Apache-2.0
#include "sdk/trace/utf8.h"

#include <cstring>

namespace cairn::trace {
namespace {

// The length of the well-formed character at `at`, 0 when there is none.
std::size_t character(const unsigned char* at, const unsigned char* end) noexcept {
  const unsigned char lead = *at;
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (static_cast<std::size_t>(end - at) < size) return 0;
  unsigned char low = 0x80, high = 0xBF;  // of the second byte: no overlong forms, no surrogates
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  if (at[1] < low || at[1] > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((at[i] & 0xC0) != 0x80) return 0;
  }
  return size;
}

}  // namespace

std::string_view cut_at_character(std::string_view text, std::size_t size) noexcept {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

bool is_utf8(std::string_view text) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while (at < end) {
    const std::size_t size = character(at, end);
    if (size == 0) return false;
    at += size;
  }
  return true;
}

std::size_t repair_utf8(std::string_view text, std::uint8_t* to) noexcept {
  static constexpr std::uint8_t kReplacement[3] = {0xEF, 0xBF, 0xBD};
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  std::uint8_t* out = to;
  while (at < end) {
    const std::size_t size = character(at, end);
    if (size == 0) {
      std::memcpy(out, kReplacement, 3);
      out += 3;
      ++at;
    } else {
      std::memcpy(out, at, size);
      out += size;
      at += size;
    }
  }
  return static_cast<std::size_t>(out - to);
}

std::string repaired(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out(3 * text.size(), '\0');
  out.resize(repair_utf8(text, reinterpret_cast<std::uint8_t*>(out.data())));
  return out;
}

SentKey::SentKey(std::string_view key) noexcept : text_(key) {
  if (is_utf8(key)) return;
  const std::size_t size = repair_utf8(key.substr(0, kMost), room_);
  text_ = {reinterpret_cast<const char*>(room_), size};
}

}  // namespace cairn::trace
