// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/text_values.h"

#include <array>
#include <charconv>
#include <cmath>

namespace cairn::telemetry {
namespace {

constexpr double kLongestNanos = 100.0 * 365 * 24 * 3600 * 1e9;

// Takes a decimal number, with or without a fraction, off the front of `text`.
bool take_decimal(std::string_view& text, double& out) {
  if (text.empty() || (text[0] != '.' && (text[0] < '0' || text[0] > '9'))) return false;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), out, std::chars_format::fixed);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_unit(std::string_view& text, double& nanos) {
  struct Unit {
    std::string_view name;
    double nanos;
  };
  // Longer names first: "ms" is not minutes.
  static constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                                  {"us", 1e3},
                                                  {"\xC2\xB5s", 1e3},
                                                  {"\xCE\xBCs", 1e3},
                                                  {"ms", 1e6},
                                                  {"s", 1e9},
                                                  {"m", 60e9},
                                                  {"h", 3600e9}}};
  for (const Unit& unit : kUnits) {
    if (text.substr(0, unit.name.size()) != unit.name) continue;
    text.remove_prefix(unit.name.size());
    nanos = unit.nanos;
    return true;
  }
  return false;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool parse_duration(std::string_view text, std::chrono::nanoseconds& out) {
  if (text == "0") {
    out = std::chrono::nanoseconds(0);
    return true;
  }
  if (text.empty()) return false;
  double total = 0;
  while (!text.empty()) {
    double amount = 0;
    double unit = 0;
    if (!take_decimal(text, amount) || !take_unit(text, unit)) return false;
    total += amount * unit;
    if (!(total <= kLongestNanos)) return false;
  }
  out = std::chrono::nanoseconds(std::llround(total));
  return true;
}

bool parse_size(std::string_view text, std::uint64_t& out) {
  std::uint64_t unit = 1;
  struct Suffix {
    std::string_view name;
    int shift;
  };
  static constexpr std::array<Suffix, 3> kSuffixes = {{{"KiB", 10}, {"MiB", 20}, {"GiB", 30}}};
  for (const Suffix& suffix : kSuffixes) {
    if (text.size() <= suffix.name.size() ||
        text.substr(text.size() - suffix.name.size()) != suffix.name) {
      continue;
    }
    text.remove_suffix(suffix.name.size());
    unit = std::uint64_t{1} << suffix.shift;
    break;
  }
  std::uint64_t amount = 0;
  if (!parse_count(trimmed(text), amount) || amount > (std::uint64_t{1} << 50) / unit) return false;
  out = amount * unit;
  return true;
}

bool parse_count(std::string_view text, std::uint64_t& out) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return false;
  out = value;
  return true;
}

bool parse_number(std::string_view text, double& out) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  std::uint64_t count = 0;
  if (parse_count(text, count)) {
    out = static_cast<double>(count);
    return true;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return false;
  }
  out = value;
  return true;
}

bool parse_yes_no(std::string_view text, bool& out) {
  const std::string word = lowercase(text);
  if (word == "true" || word == "yes" || word == "on" || word == "y") {
    out = true;
    return true;
  }
  if (word == "false" || word == "no" || word == "off" || word == "n") {
    out = false;
    return true;
  }
  return false;
}

std::string lowercase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool percent_decode(std::string_view text, std::string& out) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return false;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return false;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  out = decoded;
  return true;
}

}  // namespace cairn::telemetry
