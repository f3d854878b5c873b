// SPDX-License-Identifier: Apache-2.0
#include "net/http/query_string.h"

#include "net/http/percent.h"

namespace cairn::net {

Result<QueryString> QueryString::parse(std::string_view text) {
  QueryString parsed;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (pair.empty()) continue;
    if (parsed.parameters_.size() == kMaxParameters) {
      return invalid_argument("query string: more than 1000 parameters");
    }
    const std::size_t equals = pair.find('=');
    auto name = form_decode(pair.substr(0, equals));
    auto value = form_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (!name || !value) {
      return invalid_argument("query string: '%' without two hex digits after it");
    }
    parsed.parameters_.emplace_back(*std::move(name), *std::move(value));
  }
  return parsed;
}

std::optional<std::string_view> QueryString::get(std::string_view name) const {
  for (const auto& [key, value] : parameters_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> QueryString::get_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : parameters_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

}  // namespace cairn::net
