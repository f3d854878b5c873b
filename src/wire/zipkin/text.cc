// SPDX-License-Identifier: Apache-2.0
#include "wire/zipkin/text.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <span>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace cairn::wire::zipkin {
namespace {

constexpr std::array<std::int8_t, 256> kNibbles = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 10; ++i)
    values[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  for (int i = 0; i < 6; ++i)
    values[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
  return values;
}();

// Right-aligned in `to`. REQUIRES: at most two digits a byte of `to`.
bool read_lower_hex(std::string_view text, std::span<std::byte> to) {
  std::ranges::fill(to, std::byte{});
  std::size_t at = 2 * to.size() - text.size();  // the digit's place
  for (const char c : text) {
    const std::int8_t nibble = kNibbles[static_cast<unsigned char>(c)];
    if (nibble < 0) return false;
    to[at / 2] |= static_cast<std::byte>(nibble << (at % 2 == 0 ? 4 : 0));
    ++at;
  }
  return true;
}

std::string read_id(std::string_view field, std::string_view text, std::span<std::byte> to) {
  if (text.empty()) return fmt::format("{} is empty", field);
  if (text.size() > 2 * to.size()) return fmt::format("{}.length > {}", field, 2 * to.size());
  if (!read_lower_hex(text, to)) {
    return fmt::format("{} should be lower-hex encoded with no prefix", text);
  }
  return {};
}

// A letter's small form, for alphabets where both take two bytes of UTF-8.
std::uint32_t lower_letter(std::uint32_t code) {
  const auto within = [code](std::uint32_t first, std::uint32_t last) {
    return code >= first && code <= last;
  };
  if (within(0xc0, 0xde)) return code == 0xd7 ? code : code + 0x20;
  const bool capital_is_even = within(0x100, 0x12f) || within(0x132, 0x137) ||
                               within(0x14a, 0x177) || within(0x460, 0x481) ||
                               within(0x48a, 0x4bf) || within(0x4d0, 0x52f);
  if (capital_is_even) return code | 1;
  const bool capital_is_odd = within(0x139, 0x148) || within(0x179, 0x17e) || within(0x4c1, 0x4ce);
  if (capital_is_odd) return code + (code & 1);
  if (code == 0x178) return 0xff;
  if (within(0x391, 0x3ab) && code != 0x3a2) return code + 0x20;
  if (code == 0x386) return 0x3ac;
  if (within(0x388, 0x38a)) return code + 37;
  if (code == 0x38c) return 0x3cc;
  if (within(0x38e, 0x38f)) return code + 63;
  if (within(0x400, 0x40f)) return code + 0x50;
  if (within(0x410, 0x42f)) return code + 0x20;
  return code;
}

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
bool leads_two_bytes(char c) {
  return (static_cast<unsigned char>(c) & 0xe0) == 0xc0;
}

// A dotted quad without leading zeros, the one form that inet_ntop writes.
bool is_canonical_ipv4(std::string_view text) {
  int dots = 0;
  int digits = 0;
  int value = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0 || ++dots > 3) return false;
      digits = value = 0;
    } else if (c < '0' || c > '9' || (digits == 1 && value == 0)) {
      return false;
    } else {
      value = 10 * value + (c - '0');
      if (++digits > 3 || value > 255) return false;
    }
  }
  return dots == 3 && digits != 0;
}

template <std::size_t kSize>
std::optional<std::array<std::byte, kSize>> parse_address(int family, std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return {};
  std::ranges::copy(text, terminated.begin());
  std::array<std::byte, kSize> bytes{};
  if (inet_pton(family, terminated.data(), bytes.data()) != 1) return {};
  return bytes;
}

std::string_view ipv4_text(ByteView bytes, Arena& arena) {
  const std::span<char> text = arena.make<char>(INET_ADDRSTRLEN);
  char* to = text.data();
  for (const std::byte byte : bytes) {
    if (to != text.data()) *to++ = '.';
    to = std::to_chars(to, text.data() + text.size(), std::to_integer<unsigned>(byte)).ptr;
  }
  return {text.data(), static_cast<std::size_t>(to - text.data())};
}

std::string_view ipv6_text(ByteView bytes, Arena& arena) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, bytes.data(), text.data(), static_cast<socklen_t>(text.size()));
  return arena.copy(std::string_view(text.data()));
}

// ::ffff:1.2.3.4, and the old ::1.2.3.4; not :: and ::1.
bool holds_ipv4(ByteView ipv6) {
  const auto is_zero = [](std::byte b) { return b == std::byte{}; };
  if (!std::ranges::all_of(ipv6.first(10), is_zero)) return false;
  if (ipv6[10] == std::byte{0xff} && ipv6[11] == std::byte{0xff}) return true;
  return std::ranges::all_of(ipv6.subspan(10, 2), is_zero) &&
         !std::ranges::all_of(ipv6.subspan(12, 3), is_zero);
}

}  // namespace

std::string read_trace_id(std::string_view text, model::TraceId& to) {
  std::string wrong = read_id("traceId", text, to.bytes);
  if (wrong.empty() && !to.is_valid()) wrong = "traceId is all zeros";
  return wrong;
}

std::string read_span_id(std::string_view text, model::SpanId& to) {
  std::string wrong = read_id("id", text, to.bytes);
  if (wrong.empty() && !to.is_valid()) wrong = "id is all zeros";
  return wrong;
}

std::string read_parent_id(std::string_view text, model::SpanId& to) {
  return read_id("parentId", text, to.bytes);
}

std::string_view lower_case(std::string_view text, Arena& arena) {
  const auto may_change = [](char c) { return is_capital(c) || leads_two_bytes(c); };
  if (std::ranges::none_of(text, may_change)) [[likely]]
    return text;
  const std::span<char> lower = arena.copy(std::span<const char>(text.data(), text.size()));
  for (std::size_t i = 0; i < lower.size(); ++i) {
    if (is_capital(lower[i])) lower[i] = static_cast<char>(lower[i] + ('a' - 'A'));
    if (!leads_two_bytes(lower[i]) || i + 1 == lower.size()) continue;
    const auto lead = static_cast<unsigned char>(lower[i]);
    const auto next = static_cast<unsigned char>(lower[i + 1]);
    if ((next & 0xc0) != 0x80) continue;
    const std::uint32_t code = lower_letter((lead & 0x1fU) << 6 | (next & 0x3fU));
    lower[i] = static_cast<char>(0xc0 | code >> 6);
    lower[++i] = static_cast<char>(0x80 | (code & 0x3f));
  }
  return {lower.data(), lower.size()};
}

void read_address(std::string_view text, Arena& arena, Endpoint& to) {
  if (is_canonical_ipv4(text)) {
    to.ipv4 = text;
  } else if (const auto bytes = ipv6_bytes(text)) {
    read_address(ByteView(*bytes), arena, to);
  }
}

void read_address(ByteView bytes, Arena& arena, Endpoint& to) {
  if (bytes.size() == 4) {
    to.ipv4 = ipv4_text(bytes, arena);
  } else if (bytes.size() == 16) {
    if (holds_ipv4(bytes)) return read_address(bytes.last(4), arena, to);
    to.ipv6 = ipv6_text(bytes, arena);
  }
}

std::optional<std::array<std::byte, 4>> ipv4_bytes(std::string_view text) {
  return parse_address<4>(AF_INET, text);
}

std::optional<std::array<std::byte, 16>> ipv6_bytes(std::string_view text) {
  return parse_address<16>(AF_INET6, text);
}

}  // namespace cairn::wire::zipkin
