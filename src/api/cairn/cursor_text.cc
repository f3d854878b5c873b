// SPDX-License-Identifier: Apache-2.0
#include "api/cairn/cursor_text.h"

#include <array>

#include "base/hex.h"

namespace cairn::api::cairn {
namespace {

constexpr char kNewest = 'n';
constexpr char kLongest = 'l';
constexpr std::size_t kValueDigits = 16;
constexpr std::size_t kIdDigits = 32;

}  // namespace

std::string to_text(const PageCursor& cursor) {
  std::array<std::byte, kValueDigits / 2> value{};
  auto rest = static_cast<std::uint64_t>(cursor.after.order_value);
  for (std::size_t i = value.size(); i-- > 0; rest >>= 8) {
    value[i] = static_cast<std::byte>(rest & 0xff);
  }
  std::string text(1, cursor.order == query::SearchOrder::kNewestFirst ? kNewest : kLongest);
  append_hex(text, value);
  append_hex(text, cursor.after.trace_id.bytes);
  return text;
}

Result<PageCursor> parse_cursor(std::string_view text) {
  const Error unknown = invalid_argument("'cursor' is not one that a search gave");
  if (text.size() != 1 + kValueDigits + kIdDigits) return unknown;
  if (text[0] != kNewest && text[0] != kLongest) return unknown;
  PageCursor cursor;
  if (text[0] == kLongest) cursor.order = query::SearchOrder::kLongestFirst;
  std::array<std::byte, kValueDigits / 2> value{};
  if (!from_hex(text.substr(1, kValueDigits), value)) return unknown;
  if (!from_hex(text.substr(1 + kValueDigits), cursor.after.trace_id.bytes)) return unknown;
  std::uint64_t whole = 0;
  for (const std::byte byte : value) whole = whole << 8 | static_cast<std::uint64_t>(byte);
  cursor.after.order_value = static_cast<std::int64_t>(whole);
  return cursor;
}

}  // namespace cairn::api::cairn
