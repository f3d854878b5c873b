// SPDX-License-Identifier: Apache-2.0
//
// Where the load goes. Loopback only: this tool must not be able to flood somebody else's server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::bench {

enum class Protocol { kGrpc, kHttp };

struct Endpoint {
  Protocol protocol = Protocol::kGrpc;
  std::string host;  // 127.0.0.1 or ::1
  std::uint16_t port = 0;

  // "127.0.0.1:4317", "[::1]:4317": the authority of a request.
  std::string authority() const;
};

// grpc://HOST:PORT or http://HOST:PORT, where HOST is 127.0.0.1, localhost or [::1].
// Errors: kInvalidArgument for anything else, other hosts included.
Result<Endpoint> parse_endpoint(std::string_view text);

// A connected, non-blocking TCP socket with Nagle's delay off. Ownership: the caller closes it.
// Errors: kUnavailable with the system's reason.
Result<int> connect_to(const Endpoint& endpoint);

}  // namespace cairn::bench
