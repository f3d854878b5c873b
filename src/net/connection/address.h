// SPDX-License-Identifier: Apache-2.0
//
// Where a port is opened, and how its failures are told: the same for TCP and UDP.
#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>

#include "base/result.h"

namespace cairn::net {

// Where a listener binds; the names are for its errors.
struct Address {
  std::string listener;
  std::string setting;
  std::string host;
  std::uint16_t port = 0;
};

// The address that `host` stands for; of several the first of IPv4. Blocks while it is looked up.
// Errors: kInvalidArgument that names the listener.
Result<boost::asio::ip::address> resolve_host(const Address& address);

// Names the port, the listener and the setting that moves it: kUnavailable when taken,
// kPermissionDenied when not allowed.
Error bind_error(const Address& address, const boost::system::error_code& error);

}  // namespace cairn::net
