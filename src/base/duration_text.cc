// SPDX-License-Identifier: Apache-2.0
#include "base/duration_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace cairn {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanos;
};
// Longer names first where one is the beginning of another.
constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", 1'000},
                                      {"\xc2\xb5s", 1'000},
                                      {"\xce\xbcs", 1'000},
                                      {"ms", 1'000'000},
                                      {"s", 1'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"h", 3'600'000'000'000}}};

struct SizeUnit {
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array<SizeUnit, 8> kSizeUnits{{{"GiB", std::size_t{1} << 30},
                                              {"MiB", std::size_t{1} << 20},
                                              {"KiB", std::size_t{1} << 10},
                                              {"GB", 1'000'000'000},
                                              {"MB", 1'000'000},
                                              {"KB", 1'000},
                                              {"B", 1},
                                              {"", 1}}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes "12", "12.5" or ".5" off the front; nullopt when there is no digit.
std::optional<std::pair<std::string_view, std::string_view>> take_decimal(std::string_view& text) {
  std::size_t whole = 0;
  while (whole < text.size() && is_digit(text[whole])) ++whole;
  std::size_t end = whole;
  if (end < text.size() && text[end] == '.') {
    ++end;
    while (end < text.size() && is_digit(text[end])) ++end;
  }
  const std::string_view integer = text.substr(0, whole);
  const std::string_view fraction = end > whole ? text.substr(whole + 1, end - whole - 1) : "";
  if (integer.empty() && fraction.empty()) return std::nullopt;
  text.remove_prefix(end);
  return std::pair(integer, fraction);
}

std::optional<std::int64_t> take_unit(std::string_view& text) {
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.nanos;
  }
  return std::nullopt;
}

// integer.fraction * unit, in nanoseconds; nullopt on overflow.
std::optional<std::int64_t> scaled(std::string_view integer, std::string_view fraction,
                                   std::int64_t unit) {
  std::int64_t whole = 0;
  if (!integer.empty()) {
    const auto parsed = std::from_chars(integer.data(), integer.data() + integer.size(), whole);
    if (parsed.ec != std::errc()) return std::nullopt;
  }
  if (whole > std::numeric_limits<std::int64_t>::max() / unit) return std::nullopt;
  double part = 0;
  double weight = 0.1;
  for (const char digit : fraction.substr(0, 18)) {
    part += (digit - '0') * weight;
    weight /= 10;
  }
  const auto extra = static_cast<std::int64_t>(std::floor(part * static_cast<double>(unit) + 1e-6));
  const std::int64_t base = whole * unit;
  if (base > std::numeric_limits<std::int64_t>::max() - extra) return std::nullopt;
  return base + extra;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const auto bad = [text] {
    return invalid_argument(fmt::format("'{}' is not a duration like 300ms, 1.5s or 2h45m", text));
  };
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return Duration(0);
  if (rest.empty()) return bad();
  std::int64_t total = 0;
  while (!rest.empty()) {
    const auto number = take_decimal(rest);
    const auto unit = number ? take_unit(rest) : std::nullopt;
    if (!unit) return bad();
    const auto nanos = scaled(number->first, number->second, *unit);
    if (!nanos || total > std::numeric_limits<std::int64_t>::max() - *nanos) return bad();
    total += *nanos;
  }
  return Duration(negative ? -total : total);
}

std::string duration_text(Duration duration) {
  const std::int64_t nanos = duration.count();
  if (nanos == 0) return "0s";
  for (std::size_t i = kUnits.size(); i-- > 0;) {
    if (kUnits[i].name.size() > 2) continue;  // the two spellings of µs
    if (nanos % kUnits[i].nanos == 0) {
      return fmt::format("{}{}", nanos / kUnits[i].nanos, kUnits[i].name);
    }
  }
  return fmt::format("{}ns", nanos);
}

Result<std::size_t> parse_size(std::string_view text) {
  std::size_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit_name(parsed.ptr, text.data() + text.size());
  for (const SizeUnit& unit : kSizeUnits) {
    if (parsed.ec != std::errc() || unit_name != unit.name) continue;
    if (number > (std::numeric_limits<std::size_t>::max() >> 1) / unit.bytes) break;
    return number * unit.bytes;
  }
  return invalid_argument(fmt::format("'{}' is not a size like 512KiB, 20MiB or 1048576", text));
}

std::string size_text(std::size_t bytes) {
  for (const SizeUnit& unit : kSizeUnits) {
    if (bytes != 0 && unit.bytes % 1024 == 0 && bytes % unit.bytes == 0) {
      return fmt::format("{}{}", bytes / unit.bytes, unit.name);
    }
  }
  return fmt::format("{}B", bytes);
}

}  // namespace cairn
