// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/grpc/peer.h"

#include <charconv>
#include <cstdint>

namespace cairn::trace::grpc_adapter {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// `host:port` and `[v6]:port`. With neither a port nor doubt, the host alone.
Peer parse_host_port(const std::string& text) {
  if (text.empty() || text.find(',') != std::string::npos) return {};
  Peer peer;
  if (text[0] == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string::npos) return {};
    peer.host = text.substr(1, close - 1);
    if (close + 1 < text.size() && text[close + 1] == ':') peer.port = text.substr(close + 2);
    return peer;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || text.find(':') != colon) {
    peer.host = text;  // a name, or an IPv6 address without brackets
    return peer;
  }
  // As go-zero: a target like ":8080" is this machine.
  peer.host = colon == 0 ? "127.0.0.1" : text.substr(0, colon);
  peer.port = text.substr(colon + 1);
  return peer;
}

Peer unix_peer(std::string_view path) {
  Peer peer;
  peer.is_unix = true;
  peer.host = percent_decoded(path);
  return peer;
}

// `//authority/rest` is `rest`; what does not begin with slashes is all rest.
std::string_view without_authority(std::string_view text) {
  if (!starts_with(text, "//")) return text;
  const std::size_t slash = text.find('/', 2);
  return slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
}

}  // namespace

int Peer::port_number() const noexcept {
  std::uint16_t number = 0;
  const char* end = port.data() + port.size();
  const auto result = std::from_chars(port.data(), end, number);
  return result.ec == std::errc() && result.ptr == end ? number : 0;
}

Peer parse_peer(std::string_view uri) {
  if (starts_with(uri, "unix:")) return unix_peer(uri.substr(5));
  if (starts_with(uri, "unix-abstract:")) return unix_peer(uri.substr(14));
  if (!starts_with(uri, "ipv4:") && !starts_with(uri, "ipv6:")) return {};
  return parse_host_port(percent_decoded(uri.substr(5)));
}

Peer parse_target(std::string_view target) {
  for (const std::string_view scheme : {"unix:", "unix-abstract:", "ipv4:", "ipv6:"}) {
    if (!starts_with(target, scheme)) continue;
    // unix:///absolute/path is the only form of these with slashes that mean nothing.
    const std::string_view rest = target.substr(scheme.size());
    if (scheme == "unix:" && starts_with(rest, "///")) return unix_peer(rest.substr(2));
    return parse_peer(target);
  }
  if (starts_with(target, "dns:")) {
    return parse_host_port(percent_decoded(without_authority(target.substr(4))));
  }
  const std::size_t authority = target.find("://");
  if (authority == std::string_view::npos) return parse_host_port(std::string(target));
  // xds:///name and resolvers of the program's own: what they resolve is a name.
  return parse_host_port(percent_decoded(without_authority(target.substr(authority + 1))));
}

}  // namespace cairn::trace::grpc_adapter
