// SPDX-License-Identifier: Apache-2.0
#include "base/duration_text.h"

#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace cairn {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanos;
};
constexpr std::array kUnits = {
    Unit{"ns", 1},
    Unit{"us", 1'000},
    Unit{"\u00b5s", 1'000},  // micro sign
    Unit{"\u03bcs", 1'000},  // Greek letter mu
    Unit{"ms", 1'000'000},
    Unit{"s", 1'000'000'000},
    Unit{"m", 60'000'000'000},
    Unit{"h", 3'600'000'000'000},
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the leading characters for which `wanted` holds.
template <typename Predicate>
std::string_view take_while(std::string_view& text, Predicate wanted) {
  std::size_t length = 0;
  while (length < text.size() && wanted(text[length])) ++length;
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

// Nullopt when the sum leaves 63 bits.
std::optional<std::int64_t> times_plus(std::int64_t value, std::int64_t factor, std::int64_t more) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(value, factor, &result)) return std::nullopt;
  if (__builtin_add_overflow(result, more, &result)) return std::nullopt;
  return result;
}

std::optional<std::int64_t> integer(std::string_view digits) {
  std::optional<std::int64_t> value = 0;
  for (const char c : digits) {
    if (value) value = times_plus(*value, 10, c - '0');
  }
  return value;
}

// `unit` times 0.digits, cut off to nanoseconds.
std::int64_t fraction(std::string_view digits, std::int64_t unit) {
  double value = 0;
  double scale = static_cast<double>(unit);
  for (const char c : digits) {
    scale /= 10;
    value += scale * (c - '0');
  }
  // A nudge, since 0.3 of a unit must not come out one nanosecond short.
  return static_cast<std::int64_t>(std::floor(value + 1e-6));
}

// One "1.5s" off the front of `text`.
Result<std::int64_t> take_term(std::string_view& text, std::string_view whole) {
  const std::string_view before = take_while(text, is_digit);
  std::string_view after;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    after = take_while(text, is_digit);
  }
  const auto invalid = [&] {
    return invalid_argument(fmt::format("time: invalid duration \"{}\"", whole));
  };
  if (before.empty() && after.empty()) return invalid();
  const std::string_view name = take_while(text, [](char c) { return c != '.' && !is_digit(c); });
  if (name.empty()) {
    return invalid_argument(fmt::format("time: missing unit in duration \"{}\"", whole));
  }
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    const std::optional<std::int64_t> count = integer(before);
    const auto nanos =
        count ? times_plus(*count, unit.nanos, fraction(after, unit.nanos)) : std::nullopt;
    if (!nanos) return invalid();
    return *nanos;
  }
  return invalid_argument(fmt::format("time: unknown unit \"{}\" in duration \"{}\"", name, whole));
}

}  // namespace

Result<Duration> parse_duration(std::string_view whole) {
  std::string_view text = whole;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return Duration(0);
  std::int64_t sum = 0;
  do {
    ASSIGN_OR_RETURN(const std::int64_t term, take_term(text, whole));
    const std::optional<std::int64_t> more = times_plus(sum, 1, term);
    if (!more) return invalid_argument(fmt::format("time: invalid duration \"{}\"", whole));
    sum = *more;
  } while (!text.empty());
  return Duration(negative ? -sum : sum);
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

}  // namespace cairn
