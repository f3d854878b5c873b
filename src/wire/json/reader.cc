// SPDX-License-Identifier: Apache-2.0
#include "wire/json/reader.h"

#include <bit>
#include <cctype>
#include <cstring>

#include <fmt/format.h>

namespace cairn::wire::json {
namespace {

// snake_case to lowerCamelCase.
std::string_view camel_case(std::string_view name, Arena& arena) {
  const std::span<char> room = arena.make<char>(name.size());
  std::size_t size = 0;
  bool starts_word = false;
  for (const char c : name) {
    if (c == '_') {
      starts_word = true;
      continue;
    }
    const auto upper = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    room[size++] = starts_word ? upper : c;
    starts_word = false;
  }
  return {room.data(), size};
}

// The number of bytes before the first quote or backslash, eight at a time.
// REQUIRES: there is one, and eight bytes follow it (the parser's padding).
std::size_t plain_prefix(const char* text) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  // The lowest set bit is in the first byte that is zero; above it there may be false ones.
  const auto zero_bytes = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  for (std::size_t at = 0;; at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text + at, sizeof(word));
    const std::uint64_t found =
        zero_bytes(word ^ (kOnes * '"')) | zero_bytes(word ^ (kOnes * '\\'));
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
  }
}

}  // namespace

// `raw` points behind the opening quote. The parser has seen that a closing one follows.
std::string_view Reader::key_of(const char* raw) {
  const char* end = raw + plain_prefix(raw);
  const bool has_escape = *end == '\\';
  for (; *end != '"'; ++end) {
    if (*end == '\\') ++end;
  }
  const std::string_view key(raw, static_cast<std::size_t>(end - raw));
  if (!has_escape) [[likely]]
    return key;
  // A key with a broken escape is none that anybody knows.
  return parse_string({raw - 1, key.size() + 2}, arena_).value_or("");
}

std::string_view Reader::name_of(const char* raw) {
  const std::string_view key = key_of(raw);
  return key.find('_') == std::string_view::npos ? key : camel_case(key, arena_);
}

bool Reader::wrong(simdjson::error_code error, std::string_view expected, Value& value) {
  if (error != simdjson::INCORRECT_TYPE) return fatal(error);
  expected_ = expected;
  failed_at_ = token(value).data();
  return false;
}

bool Reader::fatal(simdjson::error_code error) {
  if (!is_fatal()) fatal_ = error;
  return false;
}

bool Reader::fails_in(std::string_view name) {
  if (within_.empty()) within_ = name;
  return false;
}

Error Reader::error() const {
  if (is_fatal()) {
    return invalid_argument(fmt::format("{}: {}", format_, simdjson::error_message(fatal_)));
  }
  if (failed_at_ == nullptr) {
    return invalid_argument(
        fmt::format("{}: too many empty elements for the size of the request", format_));
  }
  return invalid_argument(fmt::format("{}: {} must be {}, at byte {}", format_,
                                      within_.empty() ? "the request" : within_, expected_,
                                      failed_at_ - document_.data()));
}

}  // namespace cairn::wire::json
