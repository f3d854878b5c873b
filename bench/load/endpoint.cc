// SPDX-License-Identifier: Apache-2.0
#include "bench/load/endpoint.h"

#include <cerrno>
#include <charconv>
#include <system_error>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cairn::bench {
namespace {

bool strip_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Error system_error(std::string_view doing) {
  return unavailable(std::string(doing) + ": " + std::generic_category().message(errno));
}

// Blocking while it connects, which on loopback is at once.
Result<int> open_socket(int family, const sockaddr* address, socklen_t size) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return system_error("socket");
  if (::connect(fd, address, size) != 0) {
    Error error = system_error("connect");
    ::close(fd);
    return error;
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

}  // namespace

std::string Endpoint::authority() const {
  return (host == "::1" ? "[::1]" : host) + ':' + std::to_string(port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  std::string_view rest = text;
  Endpoint endpoint;
  if (strip_prefix(rest, "grpc://")) {
    endpoint.protocol = Protocol::kGrpc;
  } else if (strip_prefix(rest, "http://")) {
    endpoint.protocol = Protocol::kHttp;
  } else {
    return invalid_argument("endpoint starts with neither grpc:// nor http://");
  }
  if (strip_prefix(rest, "127.0.0.1:") || strip_prefix(rest, "localhost:")) {
    endpoint.host = "127.0.0.1";
  } else if (strip_prefix(rest, "[::1]:")) {
    endpoint.host = "::1";
  } else {
    return invalid_argument(
        "endpoint is not HOST:PORT with a host of 127.0.0.1, localhost or [::1]");
  }
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), endpoint.port);
  if (error != std::errc() || end != rest.data() + rest.size() || endpoint.port == 0) {
    return invalid_argument("endpoint's port is not a number from 1 to 65535");
  }
  return endpoint;
}

Result<int> connect_to(const Endpoint& endpoint) {
  if (endpoint.host == "::1") {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    address.sin6_addr = in6addr_loopback;
    return open_socket(AF_INET6, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return open_socket(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

}  // namespace cairn::bench
