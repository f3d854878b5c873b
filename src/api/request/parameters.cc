// SPDX-License-Identifier: Apache-2.0
#include "api/request/parameters.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/duration_text.h"

namespace cairn::api::request {
namespace {

constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "true", "TRUE", "True"};
constexpr std::array<std::string_view, 6> kFalse = {"0", "f", "F", "false", "FALSE", "False"};

Error unparsable(std::string_view name, std::string_view why) {
  return invalid_argument(fmt::format("unable to parse param '{}': {}", name, why));
}

}  // namespace

std::string text_parameter(const net::QueryString& query, std::string_view name) {
  return std::string(query.get(name).value_or(""));
}

Result<std::optional<std::int64_t>> int_parameter(const net::QueryString& query,
                                                  std::string_view name) {
  const std::string_view text = query.get(name).value_or("");
  if (text.empty()) return std::optional<std::int64_t>();
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) {
    return unparsable(name,
                      fmt::format("strconv.ParseInt: parsing \"{}\": value out of range", text));
  }
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return unparsable(name, fmt::format("strconv.ParseInt: parsing \"{}\": invalid syntax", text));
  }
  return std::optional<std::int64_t>(value);
}

Result<bool> bool_parameter(const net::QueryString& query, std::string_view name) {
  const std::string_view text = query.get(name).value_or("");
  if (text.empty() || std::ranges::find(kFalse, text) != kFalse.end()) return false;
  if (std::ranges::find(kTrue, text) != kTrue.end()) return true;
  return unparsable(name, fmt::format("strconv.ParseBool: parsing \"{}\": invalid syntax", text));
}

Result<std::optional<Duration>> duration_parameter(const net::QueryString& query,
                                                   std::string_view name) {
  const std::string_view text = query.get(name).value_or("");
  if (text.empty()) return std::optional<Duration>();
  const Result<Duration> duration = parse_duration(text);
  if (!duration) return unparsable(name, duration.error().message);
  return std::optional<Duration>(*duration);
}

Result<std::optional<model::Timestamp>> time_parameter(const net::QueryString& query,
                                                       std::string_view name, Duration unit) {
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> count, int_parameter(query, name));
  if (!count) return std::optional<model::Timestamp>();
  if (*count < 0) return unparsable(name, "a time before 1970");
  std::uint64_t nanos = 0;
  const bool too_large = __builtin_mul_overflow(static_cast<std::uint64_t>(*count),
                                                static_cast<std::uint64_t>(unit.count()), &nanos);
  return std::optional(too_large ? model::Timestamp::max() : model::Timestamp{nanos});
}

bool wants_pretty_print(const net::QueryString& query) {
  const std::string_view value = query.get("prettyPrint").value_or("");
  return !value.empty() && value != "false";
}

}  // namespace cairn::api::request
