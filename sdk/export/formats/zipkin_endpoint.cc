// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/formats/zipkin_endpoint.h"

#include <charconv>
#include <iterator>
#include <string_view>

#include <arpa/inet.h>

#include "sdk/export/formats/json/value_text.h"

namespace cairn::trace::formats {
namespace {

// Longest address in text, with room for one that is none.
constexpr std::size_t kAddressSize = INET6_ADDRSTRLEN + 1;

struct Source {
  std::string_view key;
  std::string_view port_key;  // not empty: `key` is an IP address
  bool of_servers;            // also on a server's span it names the other side
};

// In the order of preference. net.peer.ip is of the conventions before 1.13.
constexpr Source kSources[] = {
    {"peer.service", {}, true},
    {"server.address", {}, false},
    {"net.peer.name", {}, true},
    {"network.peer.address", "network.peer.port", true},
    {"server.socket.domain", {}, false},
    {"server.socket.address", "server.socket.port", false},
    {"net.sock.peer.name", {}, true},
    {"net.sock.peer.addr", "net.sock.peer.port", true},
    {"net.peer.ip", "net.peer.port", true},
    {"peer.hostname", {}, true},
    {"peer.address", {}, true},
    {"db.name", {}, false},
};

// False, and nothing is set, when the text is not an IP address.
bool set_address(std::string_view text, ZipkinEndpoint& endpoint) {
  if (text.size() >= kAddressSize) return false;
  const std::string address(text);
  if (address.find('\0') != std::string::npos) return false;
  unsigned char bytes[sizeof(in6_addr)];
  if (inet_pton(AF_INET, address.c_str(), bytes) == 1) {
    endpoint.address = address;
    return true;
  }
  if (inet_pton(AF_INET6, address.c_str(), bytes) != 1) return false;
  endpoint.address = address;
  endpoint.is_ipv6 = true;
  return true;
}

// A port as a number or as text; 0 when it is neither.
std::uint16_t port_of(const AnyValueView& value) {
  std::string text;
  append_text(value, text);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() ? port : std::uint16_t{0};
}

bool take(const Source& source, const SpanView& span, ZipkinEndpoint& endpoint) {
  AnyValueView value;
  if (!span.find(source.key, value)) return false;
  if (value.type != AnyValueView::Type::kString || value.text.empty()) return false;
  if (source.port_key.empty()) {
    endpoint.service_name = value.text;
    return true;
  }
  if (!set_address(value.text, endpoint)) return false;
  if (span.find(source.port_key, value)) endpoint.port = port_of(value);
  return true;
}

// Whether the span has any of the keys, in one pass: most have none.
bool has_source(const SpanView& span) {
  AttributeCursor cursor = span.attributes();
  for (AttributeView attribute; cursor.next(attribute);) {
    for (const Source& source : kSources) {
      if (attribute.key == source.key) return true;
    }
  }
  return false;
}

}  // namespace

ZipkinEndpoint remote_endpoint(const SpanView& span) {
  ZipkinEndpoint endpoint;
  if (span.kind == SpanKind::kInternal || !has_source(span)) return endpoint;
  for (const Source& source : kSources) {
    if (span.kind == SpanKind::kServer && !source.of_servers) continue;
    if (take(source, span, endpoint)) break;
  }
  return endpoint;
}

}  // namespace cairn::trace::formats
