// SPDX-License-Identifier: Apache-2.0
#include "net/http/fields.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace cairn::net {

std::string lower_case(std::string_view text) {
  std::string made(text);
  for (char& c : made) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return made;
}

std::string media_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.starts_with(' ')) type.remove_prefix(1);
  while (type.ends_with(' ')) type.remove_suffix(1);
  return lower_case(type);
}

void append_clean(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte >= 0x20 && byte != 0x7f) || c == '\t') out.push_back(c);
  }
}

bool is_connection_header(std::string_view lower_case_name) {
  static constexpr std::array<std::string_view, 7> kOurs = {
      "connection",     "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
      "content-length", "date"};
  return std::find(kOurs.begin(), kOurs.end(), lower_case_name) != kOurs.end();
}

const std::string& http_date() {
  thread_local std::time_t second = -1;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now == second) return text;
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> buffer{};
  text.assign(buffer.data(),
              std::strftime(buffer.data(), buffer.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts));
  second = now;
  return text;
}

}  // namespace cairn::net
