// SPDX-License-Identifier: Apache-2.0
//
// What the header formats have in common: classes of characters, optional white space, and a buffer
// that a peer cannot make larger. Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cairn::trace::detail {

// Which grammars a byte belongs to.
enum HeaderChar : std::uint8_t {
  kTokenChar = 1,           // HTTP token (RFC 9110, "Tokens")
  kBaggageOctet = 2,        // a baggage value (W3C Baggage, "baggage-octet")
  kStateKeyStart = 4,       // W3C Trace Context level 2, "key"
  kStateKeyChar = 8,        // ... after its first character
  kStateValueChar = 16,     // W3C Trace Context, "chr"
  kBaggageProperties = 32,  // what may follow the value: baggage octets, `;`, white space
};

constexpr std::uint8_t header_char_classes(unsigned char c) noexcept {
  const bool lower = c >= 'a' && c <= 'z';
  const bool digit = c >= '0' && c <= '9';
  const bool alpha = lower || (c >= 'A' && c <= 'Z');
  const bool visible = c > ' ' && c < 0x7F;
  const bool octet = visible && c != '"' && c != ',' && c != ';' && c != '\\';
  const auto one_of = [c](std::string_view set) {
    return set.find(static_cast<char>(c)) != std::string_view::npos;
  };
  unsigned classes = 0;
  if (alpha || digit || (visible && one_of("!#$%&'*+-.^_`|~"))) classes |= kTokenChar;
  if (octet) classes |= kBaggageOctet;
  if (octet || c == ';' || c == ' ' || c == '\t') classes |= kBaggageProperties;
  if (lower || digit) classes |= kStateKeyStart;
  if (lower || digit || (visible && one_of("_-*/@"))) classes |= kStateKeyChar;
  if (c == ' ' || (visible && c != ',' && c != '=')) classes |= kStateValueChar;
  return static_cast<std::uint8_t>(classes);
}

inline constexpr auto kHeaderChars = [] {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = 0; c < 256; ++c) {
    classes[c] = header_char_classes(static_cast<unsigned char>(c));
  }
  return classes;
}();

inline bool is_a(char c, HeaderChar wanted) noexcept {
  return (kHeaderChars[static_cast<unsigned char>(c)] & wanted) != 0;
}

inline bool all_are(std::string_view text, HeaderChar wanted) noexcept {
  for (const char c : text) {
    if (!is_a(c, wanted)) return false;
  }
  return true;
}

// `text` without the spaces and tabs around it ("OWS").
inline std::string_view trim(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes the text before the next comma off the front of `rest`.
inline std::string_view take_member(std::string_view& rest) noexcept {
  const std::size_t comma = rest.find(',');
  const std::string_view member = rest.substr(0, comma);
  rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  return member;
}

// Text under construction, on the stack. An append that does not fit appends nothing.
class HeaderBuffer {
 public:
  static constexpr std::size_t kCapacity = 8192;

  HeaderBuffer() noexcept {}  // NOLINT(modernize-use-equals-default): `{}` would clear 8 KiB
  bool append(std::string_view text) noexcept {
    if (text.size() > kCapacity - size_) return false;
    if (!text.empty()) std::memcpy(data_ + size_, text.data(), text.size());
    size_ += text.size();
    return true;
  }
  bool append(char c) noexcept { return append(std::string_view(&c, 1)); }
  // Takes back what was appended after the buffer had `size` characters.
  void cut(std::size_t size) noexcept { size_ = size; }

  std::size_t size() const noexcept { return size_; }
  std::string_view view() const noexcept { return {data_, size_}; }

 private:
  std::size_t size_ = 0;
  char data_[kCapacity];
};

}  // namespace cairn::trace::detail
