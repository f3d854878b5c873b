// SPDX-License-Identifier: Apache-2.0
#include "wire/json/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/base64.h"
#include "base/hex.h"

namespace cairn::wire::json {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

bool is_quoted(std::string_view token) {
  return token.size() >= 2 && token.front() == '"' && token.back() == '"';
}
std::string_view unquoted(std::string_view token) {
  return is_quoted(token) ? token.substr(1, token.size() - 2) : token;
}

char* append_utf8(char* to, std::uint32_t code) {
  const auto put = [&to](std::uint32_t byte) { *to++ = static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
  return to;
}

// The four digits of a \u escape.
std::optional<std::uint32_t> code_unit(std::string_view digits) {
  std::byte bytes[2];
  if (!from_hex(digits.substr(0, 4), bytes)) return std::nullopt;
  return std::to_integer<std::uint32_t>(bytes[0]) << 8 | std::to_integer<std::uint32_t>(bytes[1]);
}

// Removes one \uXXXX, or two that form a surrogate pair, from the front of `rest`, which begins
// after the "\u". Nothing when the digits are wrong.
std::optional<std::uint32_t> take_code_point(std::string_view& rest) {
  const std::optional<std::uint32_t> first = code_unit(rest);
  if (!first) return std::nullopt;
  rest.remove_prefix(4);
  if (*first < 0xd800 || *first > 0xdfff) return first;
  if (*first > 0xdbff || !rest.starts_with("\\u")) return kReplacement;
  const std::optional<std::uint32_t> second = code_unit(rest.substr(2));
  if (!second) return std::nullopt;
  if (*second < 0xdc00 || *second > 0xdfff) return kReplacement;
  rest.remove_prefix(6);
  return 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00);
}

std::optional<char> simple_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return std::nullopt;
  }
}

// An escape is never shorter than what it stands for, so the token's size is room enough.
std::optional<std::string_view> unescape(std::string_view rest, Arena& arena) {
  const std::span<char> room = arena.make<char>(rest.size());
  char* to = room.data();
  while (!rest.empty()) {
    const std::size_t plain = std::min(rest.find('\\'), rest.size());
    to = std::copy_n(rest.begin(), plain, to);
    rest.remove_prefix(plain);
    if (rest.size() < 2) break;
    const char letter = rest[1];
    rest.remove_prefix(2);
    if (letter == 'u') {
      const std::optional<std::uint32_t> code = take_code_point(rest);
      if (!code) return std::nullopt;
      to = append_utf8(to, *code);
    } else {
      const std::optional<char> plain_char = simple_escape(letter);
      if (!plain_char) return std::nullopt;
      *to++ = *plain_char;
    }
  }
  return std::string_view(room.data(), static_cast<std::size_t>(to - room.data()));
}

// std::from_chars also reads "inf" and "nan", which are not JSON.
bool looks_like_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

std::optional<double> parse_decimal(std::string_view text) {
  double value = 0;
  const char* start = text.data();
  const char* end = start + text.size();
  const auto [stop, error] = std::from_chars(start, end, value);
  if (!looks_like_number(text) || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

template <typename Int>
std::optional<Int> parse_integer(std::string_view token) {
  const std::string_view text = unquoted(token);
  Int value = 0;
  const char* start = text.data();
  const char* end = start + text.size();
  const auto [stop, error] = std::from_chars(start, end, value);
  if (error == std::errc() && stop == end) return value;
  const std::optional<double> decimal = parse_decimal(text);
  if (!decimal || std::trunc(*decimal) != *decimal) return std::nullopt;
  // 2^digits is the first double past the range, at either end.
  const double limit = std::ldexp(1.0, std::numeric_limits<Int>::digits);
  const double least = std::is_signed_v<Int> ? -limit : 0.0;
  if (*decimal < least || *decimal >= limit) return std::nullopt;
  return static_cast<Int>(*decimal);
}

}  // namespace

std::optional<std::string_view> parse_string(std::string_view token, Arena& arena) {
  if (!is_quoted(token)) return std::nullopt;
  const std::string_view text = unquoted(token);
  if (text.find('\\') == std::string_view::npos) [[likely]]
    return text;
  return unescape(text, arena);
}

std::optional<std::int64_t> parse_int64(std::string_view token) {
  return parse_integer<std::int64_t>(token);
}
std::optional<std::uint64_t> parse_uint64(std::string_view token) {
  return parse_integer<std::uint64_t>(token);
}
std::optional<std::uint32_t> parse_uint32(std::string_view token) {
  return parse_integer<std::uint32_t>(token);
}
std::optional<std::int32_t> parse_int32(std::string_view token) {
  return parse_integer<std::int32_t>(token);
}

std::optional<double> parse_double(std::string_view token) {
  if (token == "\"NaN\"") return std::numeric_limits<double>::quiet_NaN();
  if (token == "\"Infinity\"") return std::numeric_limits<double>::infinity();
  if (token == "\"-Infinity\"") return -std::numeric_limits<double>::infinity();
  return parse_decimal(unquoted(token));
}

std::optional<bool> parse_bool(std::string_view token) {
  if (token == "true") return true;
  if (token == "false") return false;
  return std::nullopt;
}

std::optional<ByteView> parse_base64(std::string_view token, Arena& arena) {
  const std::optional<std::string_view> text = parse_string(token, arena);
  if (!text) return std::nullopt;
  const std::optional<Bytes> bytes = from_base64(*text);
  if (!bytes) return std::nullopt;
  return arena.copy(std::span<const std::byte>(*bytes));
}

bool parse_hex(std::string_view token, std::span<std::byte> to) {
  return is_quoted(token) && from_hex(unquoted(token), to);
}

}  // namespace cairn::wire::json
