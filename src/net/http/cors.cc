// SPDX-License-Identifier: Apache-2.0
#include "net/http/cors.h"

#include <algorithm>
#include <array>

namespace cairn::net {
namespace {

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == ':';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool origin_fits(std::string_view pattern, std::string_view origin) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return equals_ignoring_case(pattern, origin);
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  if (origin.size() <= before.size() + after.size()) return false;
  if (!equals_ignoring_case(origin.substr(0, before.size()), before)) return false;
  if (!equals_ignoring_case(origin.substr(origin.size() - after.size()), after)) return false;
  const std::string_view middle =
      origin.substr(before.size(), origin.size() - before.size() - after.size());
  return std::all_of(middle.begin(), middle.end(), is_host_char);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

bool allows_header(const CorsOptions& cors, std::string_view name) {
  // The safelist of the Fetch standard, and two that browsers and libraries send with it.
  static constexpr std::array<std::string_view, 6> kAlways = {
      "accept",       "accept-language", "content-language",
      "content-type", "origin",          "x-requested-with"};
  const auto fits = [&](std::string_view allowed) {
    return allowed == "*" || equals_ignoring_case(allowed, name);
  };
  return std::any_of(kAlways.begin(), kAlways.end(), fits) ||
         std::any_of(cors.allowed_headers.begin(), cors.allowed_headers.end(), fits);
}

bool allows_headers(const CorsOptions& cors, std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view name = trimmed(list.substr(0, comma));
    if (!name.empty() && !allows_header(cors, name)) return false;
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return true;
}

bool allows_method(std::string_view method) {
  static constexpr std::array<std::string_view, 5> kMethods = {"GET", "HEAD", "POST", "PUT",
                                                               "DELETE"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

}  // namespace

bool allows_origin(const CorsOptions& cors, std::string_view origin) {
  return std::any_of(
      cors.allowed_origins.begin(), cors.allowed_origins.end(),
      [&](const std::string& pattern) { return pattern == "*" || origin_fits(pattern, origin); });
}

bool is_preflight(const Request& request) {
  return request.method == "OPTIONS" && request.headers.get("origin") &&
         request.headers.get("access-control-request-method");
}

Response answer_preflight(const CorsOptions& cors, const Request& request) {
  Response answer = Response::of(204, "", "");
  answer.headers.add("vary",
                     "origin, access-control-request-method, access-control-request-headers");
  const std::string_view origin = request.headers.get("origin").value_or("");
  const std::string_view method = request.headers.get("access-control-request-method").value_or("");
  const std::string_view headers =
      request.headers.get("access-control-request-headers").value_or("");
  if (!allows_origin(cors, origin) || !allows_method(method) || !allows_headers(cors, headers)) {
    return answer;
  }
  answer.headers.add("access-control-allow-origin", std::string(origin));
  answer.headers.add("access-control-allow-methods", std::string(method));
  if (!headers.empty()) answer.headers.add("access-control-allow-headers", std::string(headers));
  answer.headers.add("access-control-max-age", std::to_string(cors.max_age_seconds));
  return answer;
}

Headers cors_headers(const CorsOptions& cors, const Headers& request_headers) {
  Headers fields;
  const auto origin = request_headers.get("origin");
  if (origin && allows_origin(cors, *origin)) {
    fields.add("access-control-allow-origin", std::string(*origin));
  }
  fields.add("vary", "origin");  // also without an origin: caches must not share across origins
  return fields;
}

}  // namespace cairn::net
