// SPDX-License-Identifier: Apache-2.0
#include "sdk/telemetry/endpoint.h"

#include <algorithm>
#include <cstdint>

#include "sdk/telemetry/text_values.h"

namespace cairn::telemetry {
namespace {

constexpr std::string_view kSchemeEnd = "://";

// Where host and port end in a URL or a URL's rest.
std::size_t end_of_authority(std::string_view text, std::size_t from) {
  const std::size_t end = text.find_first_of("/?#", from);
  return end == std::string_view::npos ? text.size() : end;
}

// Splits `[user@]host[:port]`; false when host or port are none.
bool check_authority(std::string_view authority, bool& has_port) {
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  std::size_t colon = authority.rfind(':');
  if (!authority.empty() && authority[0] == '[') {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos || close < 2) return false;
    if (close + 1 == authority.size())
      colon = std::string_view::npos;
    else if (authority[close + 1] != ':')
      return false;
  } else if (colon != std::string_view::npos && authority.find(':') != colon) {
    return false;  // an IPv6 address without brackets
  }
  has_port = colon != std::string_view::npos;
  if (authority.substr(0, colon).empty()) return false;
  if (!has_port) return true;
  const std::string_view port = authority.substr(colon + 1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::uint64_t number = 0;
  return std::all_of(port.begin(), port.end(), is_digit) && parse_count(port, number) &&
         number > 0 && number <= 65535;
}

}  // namespace

bool complete_endpoint(std::string_view text, const EndpointDefaults& defaults, Endpoint& out,
                       std::string& error) {
  text = trimmed(text);
  const auto is_bad = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; };
  const std::string quoted = "`" + without_user(text) + "`";
  if (std::any_of(text.begin(), text.end(), is_bad)) {
    error = "the endpoint has spaces or control characters in it";
    return false;
  }
  const std::size_t scheme_end = text.find(kSchemeEnd);
  out.had_scheme = scheme_end != std::string_view::npos;
  std::string scheme(defaults.scheme);
  if (out.had_scheme) {
    scheme = lowercase(text.substr(0, scheme_end));
    text.remove_prefix(scheme_end + kSchemeEnd.size());
    if (defaults.schemes.find(scheme + " ") == std::string_view::npos) {
      error = quoted + " has a scheme that is not one of " + std::string(trimmed(defaults.schemes));
      return false;
    }
  }
  const std::size_t end = end_of_authority(text, 0);
  std::string authority(text.substr(0, end));
  const std::string_view rest = text.substr(end);
  bool has_port = false;
  if (!check_authority(authority, has_port)) {
    error = quoted + " is not host:port or a URL";
    return false;
  }
  if (!has_port && !out.had_scheme && !defaults.port.empty()) {
    authority += ":" + std::string(defaults.port);
  }
  out.had_path = !rest.empty() && rest != "/";
  out.url = scheme + "://" + authority + std::string(out.had_path ? rest : defaults.path);
  return true;
}

std::string with_path(std::string_view url, std::string_view path) {
  const std::size_t scheme_end = url.find(kSchemeEnd);
  const std::size_t start = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  std::string result(url.substr(0, end_of_authority(url, start)));
  if (path.empty() || path[0] != '/') result += '/';
  return result + std::string(path);
}

std::string under_path(std::string_view url, std::string_view path) {
  const std::size_t end = std::min(url.find_first_of("?#"), url.size());
  std::string result(url.substr(0, end));
  if (result.back() == '/') result.pop_back();
  return result + std::string(path) + std::string(url.substr(end));
}

std::string without_user(std::string_view url) {
  const std::size_t scheme_end = url.find(kSchemeEnd);
  const std::size_t start = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const std::size_t at = url.substr(0, end_of_authority(url, start)).rfind('@');
  if (at == std::string_view::npos || at < start) return std::string(url);
  return std::string(url.substr(0, start)) + std::string(url.substr(at + 1));
}

}  // namespace cairn::telemetry
