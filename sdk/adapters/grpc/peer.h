// SPDX-License-Identifier: Apache-2.0
//
// Peer: the other side of a call, out of gRPC's addresses and targets.
#pragma once

#include <string>
#include <string_view>

namespace cairn::trace::grpc_adapter {

struct Peer {
  std::string host;  // an address without brackets, a name, or the path of a unix socket
  std::string port;  // decimal digits; empty when unknown
  bool is_unix = false;

  bool is_known() const noexcept { return !host.empty(); }
  // The port as a number; 0 when it is none.
  int port_number() const noexcept;
};

// What ServerContext::peer() says: `ipv4:1.2.3.4:5`, `ipv6:%5B::1%5D:5`, `unix:/path`.
Peer parse_peer(std::string_view uri);
// What a channel is made for: `host:port`, `dns:///host:port`, `unix:path`, `xds:///name`. Unknown
// for lists of addresses. Source: gRPC, "Name Resolution".
Peer parse_target(std::string_view target);

}  // namespace cairn::trace::grpc_adapter
