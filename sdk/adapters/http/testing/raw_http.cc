// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/http/testing/raw_http.h"

#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace cairn::trace::testing {
namespace {

class Connection {
 public:
  explicit Connection(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool send_all(const std::string& text) const {
    std::size_t sent = 0;
    while (connected_ && sent < text.size()) {
      const auto count = send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return false;
      sent += static_cast<std::size_t>(count);
    }
    return connected_;
  }
  std::string read_all() const {
    std::string text;
    char buffer[4096];
    for (;;) {
      const auto count = recv(fd_, buffer, sizeof buffer, 0);
      if (count <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(count));
    }
  }

 private:
  int fd_;
  bool connected_ = false;
};

}  // namespace

std::string RawResponse::header(const std::string& name) const {
  for (const auto& [key, value] : headers) {
    if (strcasecmp(key.c_str(), name.c_str()) == 0) return value;
  }
  return "";
}

int closed_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

RawResponse send_raw(int port, const std::string& request) {
  RawResponse response;
  const Connection connection(port);
  if (!connection.send_all(request)) return response;
  const std::string text = connection.read_all();
  const std::size_t head_end = text.find("\r\n\r\n");
  if (head_end == std::string::npos || text.size() < 12) return response;
  response.status = std::atoi(text.c_str() + 9);  // HTTP/1.1 200 OK
  response.body = text.substr(head_end + 4);
  for (std::size_t at = text.find("\r\n") + 2; at < head_end;) {
    const std::size_t end = text.find("\r\n", at);
    const std::size_t colon = text.find(": ", at);
    if (colon < end) {
      response.headers.emplace_back(text.substr(at, colon - at),
                                    text.substr(colon + 2, end - colon - 2));
    }
    at = end + 2;
  }
  return response;
}

RawResponse get_raw(int port, const std::string& path, const std::vector<std::string>& headers) {
  std::string request = "GET " + path + " HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n";
  for (const std::string& header : headers) request += header + "\r\n";
  return send_raw(port, request + "\r\n");
}

}  // namespace cairn::trace::testing
