// SPDX-License-Identifier: Apache-2.0
#include "server/config/setting_makers.h"

#include <algorithm>
#include <cmath>

namespace cairn::server {

Result<std::string> parse_text(std::string_view text) {
  return std::string(text);
}

Result<bool> parse_flag(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  return invalid_argument(fmt::format("'{}' is not true or false", text));
}

Result<Duration> parse_positive_duration(std::string_view text) {
  const Result<Duration> duration = parse_duration(text);
  if (duration && *duration >= Duration(0)) return *duration;
  return invalid_argument(fmt::format("'{}' is not a duration like 300ms, 1.5s or 2h45m", text));
}

Result<std::vector<std::string>> parse_list(std::string_view text) {
  std::vector<std::string> items;
  const char separator = text.find('\n') == std::string_view::npos ? ',' : '\n';
  while (!text.empty()) {
    const std::size_t end_of_item = text.find(separator);
    std::string_view item = text.substr(0, end_of_item);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
    text.remove_prefix(end_of_item == std::string_view::npos ? text.size() : end_of_item + 1);
  }
  return items;
}

std::string list_text(const std::vector<std::string>& items) {
  const bool has_commas = std::ranges::any_of(
      items, [](const std::string& item) { return item.find(',') != std::string::npos; });
  if (!has_commas) return fmt::format("{}", fmt::join(items, ","));
  std::string lines;
  for (const std::string& item : items) lines += item + '\n';
  return lines;
}

// Threads are cheap, but not free: more than this is a slip of the keyboard.
Result<std::size_t> parse_threads(std::string_view text) {
  constexpr std::size_t kMostThreads = 1024;
  const Result<std::size_t> threads = parse_number<std::size_t>(text);
  if (threads && *threads <= kMostThreads) return *threads;
  return invalid_argument(
      fmt::format("'{}' is not a whole number from 0 to {}", text, kMostThreads));
}

Result<double> parse_real(std::string_view text) {
  double value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value) &&
      value >= 0) {
    return value;
  }
  return invalid_argument(fmt::format("'{}' is not a number from 0 on", text));
}

Result<double> parse_probability(std::string_view text) {
  const auto value = parse_real(text);
  if (value && *value <= 1) return *value;
  return invalid_argument(fmt::format("'{}' is not a probability from 0 to 1", text));
}

}  // namespace cairn::server
