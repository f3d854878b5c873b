// SPDX-License-Identifier: Apache-2.0
#include "net/connection/address.h"

#include <string_view>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace cairn::net {
namespace {

namespace asio = boost::asio;

std::string where(const Address& address) {
  return "listener \"" + address.listener + "\": port " + std::to_string(address.port) + " on " +
         address.host;
}

}  // namespace

Result<asio::ip::address> resolve_host(const Address& address) {
  boost::system::error_code error;
  std::string_view host = address.host;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto literal = asio::ip::make_address(host, error);
  if (!error) return literal;
  asio::io_context context;
  asio::ip::tcp::resolver resolver(context);
  const auto found = resolver.resolve(address.host, std::to_string(address.port), error);
  if (error || found.empty()) {
    return invalid_argument(where(address) + " has no address: " + error.message());
  }
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) return entry.endpoint().address();
  }
  return found.begin()->endpoint().address();
}

Error bind_error(const Address& address, const boost::system::error_code& error) {
  const std::string move_it = "; " + address.setting + " moves it";
  if (error == asio::error::address_in_use) {
    return unavailable(where(address) + " is taken by another process" + move_it);
  }
  if (error == asio::error::access_denied) {
    return {ErrorCode::kPermissionDenied,
            where(address) + " may not be opened by this user" + move_it};
  }
  return unavailable(where(address) + " cannot be opened: " + error.message() + move_it);
}

}  // namespace cairn::net
