// SPDX-License-Identifier: Apache-2.0
#include "net/testing/raw_client.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http/fields.h"

namespace cairn::net::testing {

RawClient::RawClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval limit{10, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(descriptor_);
    descriptor_ = -1;
  }
}

RawClient::~RawClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void RawClient::end_sending() {
  ::shutdown(descriptor_, SHUT_WR);
}

void RawClient::abort() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  ::close(descriptor_);
  descriptor_ = -1;
}

void RawClient::shrink_receive_buffer() {
  const int bytes = 4096;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

bool RawClient::fill() {
  std::array<char, 16384> chunk{};
  const ssize_t got = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
  if (got <= 0) return false;
  buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::read_until(std::string_view text) {
  std::size_t found = 0;
  while ((found = buffer_.find(text)) == std::string::npos) {
    if (!fill()) return std::exchange(buffer_, {});
  }
  std::string taken = buffer_.substr(0, found + text.size());
  buffer_.erase(0, taken.size());
  return taken;
}

std::string RawClient::read_exactly(std::size_t bytes) {
  while (buffer_.size() < bytes) {
    if (!fill()) return std::exchange(buffer_, {});
  }
  std::string taken = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return taken;
}

std::string RawClient::read_to_end() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

bool RawClient::wait_closed() {
  std::array<char, 4096> chunk{};
  while (true) {
    const ssize_t got = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
    if (got == 0) return true;
    if (got < 0) return errno == ECONNRESET || errno == EPIPE;
  }
}

namespace {

std::string read_chunks(RawClient& client, bool& complete) {
  std::string body;
  while (true) {
    const std::string line = client.read_until("\r\n");
    if (!line.ends_with("\r\n")) return body;
    const std::size_t size = std::strtoul(line.c_str(), nullptr, 16);
    const std::string chunk = client.read_exactly(size + 2);
    if (chunk.size() < size + 2) return body;
    if (size == 0) {
      complete = true;
      return body;
    }
    body.append(chunk, 0, size);
  }
}

}  // namespace

HttpAnswer read_answer(RawClient& client, bool head_only) {
  HttpAnswer answer;
  std::string head = client.read_until("\r\n\r\n");
  if (!head.ends_with("\r\n\r\n")) return answer;
  answer.status = std::atoi(head.c_str() + sizeof("HTTP/1.1"));
  std::size_t at = head.find("\r\n") + 2;
  while (at < head.size() - 2) {
    const std::size_t end = head.find("\r\n", at);
    const std::string line = head.substr(at, end - at);
    const std::size_t colon = line.find(": ");
    answer.headers[lower_case(line.substr(0, colon))] = line.substr(colon + 2);
    at = end + 2;
  }
  answer.complete = true;
  if (head_only || answer.status == 204 || answer.status < 200) return answer;
  if (answer.headers.count("transfer-encoding") > 0) {
    answer.complete = false;
    answer.body = read_chunks(client, answer.complete);
  } else if (answer.headers.count("content-length") > 0) {
    const std::size_t size = std::strtoul(answer.headers["content-length"].c_str(), nullptr, 10);
    answer.body = client.read_exactly(size);
    answer.complete = answer.body.size() == size;
  } else {
    answer.body = client.read_to_end();
  }
  return answer;
}

}  // namespace cairn::net::testing
