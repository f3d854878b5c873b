// SPDX-License-Identifier: Apache-2.0
#include "net/connection/transport.h"

#include <cerrno>

#include <sys/socket.h>

namespace cairn::net {
namespace {

class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(int descriptor) : descriptor_(descriptor) {}

  Outcome read(std::span<std::byte> to) override {
    while (true) {
      const ssize_t got = ::recv(descriptor_, to.data(), to.size(), MSG_DONTWAIT);
      if (got > 0) {
        const auto bytes = static_cast<std::size_t>(got);
        return {State::kMoved, bytes, bytes < to.size()};
      }
      if (got == 0) return {State::kEnd};
      if (errno == EINTR) continue;
      return {errno == EAGAIN || errno == EWOULDBLOCK ? State::kWantRead : State::kBroken};
    }
  }

  Outcome write(std::span<const iovec> from) override {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(from.data());  // NOLINT: sendmsg only reads it
    message.msg_iovlen = from.size();
    while (true) {
      const ssize_t put = ::sendmsg(descriptor_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (put >= 0) return {State::kMoved, static_cast<std::size_t>(put)};
      if (errno == EINTR) continue;
      return {errno == EAGAIN || errno == EWOULDBLOCK ? State::kWantWrite : State::kBroken};
    }
  }

  void end_writing() override { ::shutdown(descriptor_, SHUT_WR); }

 private:
  const int descriptor_;
};

}  // namespace

std::unique_ptr<Transport> make_tcp_transport(int descriptor) {
  return std::make_unique<TcpTransport>(descriptor);
}

}  // namespace cairn::net
