// SPDX-License-Identifier: Apache-2.0
//
// How one row of the table of settings is made: a maker for each type that settings have.
//   table.push_back(size("net.header_bytes", "All headers of a request.", access));
// Each takes an accessor `[](auto& config) -> auto& { return config.member; }` and knows how its
// type is read and written.
#pragma once

#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/duration_text.h"
#include "base/size_text.h"
#include "server/config/settings.h"

namespace cairn::server {

Result<std::string> parse_text(std::string_view text);
Result<bool> parse_flag(std::string_view text);
Result<Duration> parse_positive_duration(std::string_view text);
// One item a line when there is a line end, else comma-separated; spaces around items are dropped,
// and so are empty ones.
Result<std::vector<std::string>> parse_list(std::string_view text);
// What parse_list() reads: comma-separated unless an item holds a comma.
std::string list_text(const std::vector<std::string>& items);
Result<std::size_t> parse_threads(std::string_view text);
// Neither negative nor infinite.
Result<double> parse_real(std::string_view text);
Result<double> parse_probability(std::string_view text);

template <typename Access, typename Parse, typename Print>
Setting make(std::string key, std::string help, Access access, Parse parse, Print print) {
  Setting setting;
  setting.key = std::move(key);
  setting.help = std::move(help);
  setting.set = [access, parse](Config& config, std::string_view text) -> Result<void> {
    ASSIGN_OR_RETURN(access(config), parse(text));
    return {};
  };
  setting.get = [access, print](const Config& config) { return print(access(config)); };
  return setting;
}

template <typename Number>
Result<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return invalid_argument(fmt::format("'{}' is not a whole number from 0 to {}", text,
                                        std::numeric_limits<Number>::max()));
  }
  return number;
}

template <typename Access>
Setting text(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_text,
              [](const std::string& value) { return value; });
}
template <typename Access>
Setting flag(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_flag,
              [](bool value) { return std::string(value ? "true" : "false"); });
}
template <typename Number, typename Access>
Setting number(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_number<Number>,
              [](Number value) { return fmt::format("{}", value); });
}
template <typename Access>
Setting threads(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_threads,
              [](std::size_t value) { return fmt::format("{}", value); });
}
template <typename Access>
Setting real(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_real,
              [](double value) { return fmt::format("{}", value); });
}
template <typename Access>
Setting probability(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_probability,
              [](double value) { return fmt::format("{}", value); });
}
template <typename Access>
Setting size(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_size, size_text);
}
template <typename Access>
Setting duration(std::string key, std::string help, Access access) {
  return make(std::move(key), std::move(help), access, parse_positive_duration, duration_text);
}
template <typename Access>
Setting list(std::string key, std::string help, Access access) {
  Setting made = make(std::move(key), std::move(help), access, parse_list, list_text);
  made.is_list = true;
  return made;
}

// Text that is never printed.
template <typename Access>
Setting secret(std::string key, std::string help, Access access) {
  Setting made = text(std::move(key), std::move(help), access);
  made.is_secret = true;
  return made;
}

// The three settings of one port.
template <typename Access>
void add_endpoint(std::vector<Setting>& table, const std::string& key, const std::string& what,
                  Access access) {
  table.push_back(flag(key + ".enabled", "Serve " + what + ".",
                       [access](auto& c) -> auto& { return access(c).enabled; }));
  table.push_back(text(key + ".listen", "Address for " + what + "; empty: `listen`.",
                       [access](auto& c) -> auto& { return access(c).listen; }));
  table.push_back(number<std::uint16_t>(key + ".port", "Port for " + what + "; 0: any free one.",
                                        [access](auto& c) -> auto& { return access(c).port; }));
}

template <typename Access>
void add_cors(std::vector<Setting>& table, const std::string& key, Access access) {
  table.push_back(
      list(key + ".allowed_origins",
           "Browser origins that may call, `https://*.example` and `*` included; empty: none.",
           [access](auto& c) -> auto& { return access(c).allowed_origins; }));
  table.push_back(list(key + ".allowed_headers",
                       "Request headers that browsers may send besides the safelisted ones.",
                       [access](auto& c) -> auto& { return access(c).allowed_headers; }));
  table.push_back(number<int>(key + ".max_age_seconds",
                              "How long browsers may keep the permission.",
                              [access](auto& c) -> auto& { return access(c).max_age_seconds; }));
}

// The sections of the table, in the order in which they are printed.
void add_general(std::vector<Setting>& table);
void add_receivers(std::vector<Setting>& table);
void add_kafka(std::vector<Setting>& table);
void add_sampling(std::vector<Setting>& table);
void add_self_tracing(std::vector<Setting>& table);
void add_ingest(std::vector<Setting>& table);
void add_storage(std::vector<Setting>& table);
void add_query(std::vector<Setting>& table);
void add_admin(std::vector<Setting>& table);
void add_net(std::vector<Setting>& table);

}  // namespace cairn::server
