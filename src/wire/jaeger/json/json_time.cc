// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/json/json_time.h"

#include <charconv>
#include <chrono>

namespace cairn::wire::jaeger {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes pieces off the front of a text; false as soon as one is not there.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_any(std::string_view of) {
    for (const char c : of) {
      if (take(c)) return true;
    }
    return false;
  }
  // Exactly `digits` digits.
  bool number(std::size_t digits, int& to) {
    if (rest_.size() < digits) return false;
    to = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (!is_digit(c)) return false;
      to = to * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return true;
  }
  // One digit or more, within 63 bits.
  bool number(std::int64_t& to) {
    if (rest_.empty() || !is_digit(rest_.front())) return false;
    const char* end = rest_.data() + rest_.size();
    const auto [stop, error] = std::from_chars(rest_.data(), end, to);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
    return true;
  }
  // Nothing, or a point and digits, as nanoseconds.
  bool fraction(std::int32_t& nanos) {
    nanos = 0;
    if (!take('.')) return true;
    std::int32_t worth = 100'000'000;
    std::size_t digits = 0;
    for (; digits < rest_.size() && is_digit(rest_[digits]); ++digits, worth /= 10) {
      nanos += worth * (rest_[digits] - '0');
    }
    rest_.remove_prefix(digits);
    return digits > 0;
  }

 private:
  std::string_view rest_;
};

// "Z" or ±hh:mm, as seconds.
bool take_offset(Scanner& in, std::int64_t& seconds) {
  seconds = 0;
  if (in.take_any("Zz")) return true;
  const bool is_west = in.take('-');
  int hours = 0;
  int minutes = 0;
  if (!is_west && !in.take('+')) return false;
  if (!in.number(2, hours) || !in.take(':') || !in.number(2, minutes)) return false;
  if (hours > 23 || minutes > 59) return false;
  seconds = (hours * 60 + minutes) * 60;
  if (is_west) seconds = -seconds;
  return true;
}

}  // namespace

std::optional<SecondsAndNanos> parse_timestamp_text(std::string_view text) {
  Scanner in(text);
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  SecondsAndNanos made;
  std::int64_t offset = 0;
  const bool read = in.number(4, year) && in.take('-') && in.number(2, month) && in.take('-') &&
                    in.number(2, day) && in.take_any("Tt ") && in.number(2, hour) && in.take(':') &&
                    in.number(2, minute) && in.take(':') && in.number(2, second) &&
                    in.fraction(made.nanos) && take_offset(in, offset) && in.done();
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!read || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  made.seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - offset;
  return made;
}

std::optional<SecondsAndNanos> parse_seconds_text(std::string_view text) {
  Scanner in(text);
  SecondsAndNanos made;
  const bool is_negative = in.take('-');
  if (!in.number(made.seconds) || !in.fraction(made.nanos) || !in.take('s') || !in.done()) {
    return std::nullopt;
  }
  if (is_negative) return SecondsAndNanos{-made.seconds, -made.nanos};
  return made;
}

}  // namespace cairn::wire::jaeger
