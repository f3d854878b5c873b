// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/texts/text_fields.h"

#include <array>
#include <charconv>

namespace cairn::storage::columnar {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::uint8_t kNoDigit = 0x80;

constexpr std::array<std::uint8_t, 256> kDigitValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<std::uint8_t>(kDigits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

// Both digits of every byte.
constexpr std::array<std::array<char, 2>, 256> kPairs = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {kDigits[i / 16], kDigits[i % 16]};
  return pairs;
}();

// The groups of a uuid: bytes each, a dash between.
constexpr std::array<std::size_t, 5> kUuidGroups = {4, 2, 2, 2, 6};

}  // namespace

bool parse_hex(std::string_view digits, std::byte* to) {
  unsigned all = 0;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const unsigned high = kDigitValues[static_cast<std::uint8_t>(digits[i])];
    const unsigned low = kDigitValues[static_cast<std::uint8_t>(digits[i + 1])];
    all |= high | low;
    *to++ = static_cast<std::byte>(high << 4 | low);
  }
  return (all & kNoDigit) == 0;
}

char* print_hex(ByteView bytes, char* to) {
  for (const std::byte byte : bytes) {
    const auto& pair = kPairs[static_cast<std::size_t>(byte)];
    *to++ = pair[0];
    *to++ = pair[1];
  }
  return to;
}

bool parse_uuid(std::string_view text, std::byte* to) {
  if (text.size() != kUuidText) return false;
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
  bool digits = true;
  for (const std::size_t bytes : kUuidGroups) {
    digits &= parse_hex(text.substr(0, 2 * bytes), to);
    to += bytes;
    text.remove_prefix(text.size() > 2 * bytes ? 2 * bytes + 1 : text.size());
  }
  return digits;
}

char* print_uuid(ByteView bytes, char* to) {
  for (const std::size_t size : kUuidGroups) {
    to = print_hex(bytes.first(size), to);
    bytes = bytes.subspan(size);
    if (!bytes.empty()) *to++ = '-';
  }
  return to;
}

bool parse_decimal(std::string_view text, std::uint64_t& number) {
  if (text.empty() || text.size() > kLongestDecimal) return false;
  if (text[0] == '0' && text.size() > 1) return false;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

char* print_decimal(std::uint64_t number, char* to) {
  return std::to_chars(to, to + kLongestDecimal, number).ptr;
}

bool parse_ipv4(std::string_view text, std::uint64_t& number) {
  if (text.size() > kLongestIpv4) return false;
  number = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t end = part == 3 ? text.size() : text.find('.');
    if (end == std::string_view::npos) return false;
    std::uint64_t value = 0;
    if (!parse_decimal(text.substr(0, end), value) || value > 255) return false;
    number = number << 8 | value;
    text.remove_prefix(part == 3 ? end : end + 1);
  }
  return true;
}

char* print_ipv4(std::uint64_t number, char* to) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    to = print_decimal(number >> shift & 0xff, to);
    if (shift != 0) *to++ = '.';
  }
  return to;
}

}  // namespace cairn::storage::columnar
