// SPDX-License-Identifier: Apache-2.0
//
// OpenSockets: the sockets libcurl has open, so that the child of a fork() can let go of them.
//
// A child that kept them would keep the collector waiting after the parent is gone. Slots are
// single words: a fork in the middle of a change finds the old or the new one. Programs that are
// exec()ed do not inherit the sockets.
#pragma once

#include <array>
#include <atomic>

#include <sys/socket.h>
#include <unistd.h>

namespace cairn::trace::transport {

class OpenSockets {
 public:
  OpenSockets() {
    for (auto& slot : slots_) slot = kNone;
  }
  // -1 when the system gives none, or when they are refused.
  int open(int family, int type, int protocol) noexcept {
    if (refusing_) {
      refused_ = true;
      return -1;
    }
    const int socket = ::socket(family, type | SOCK_CLOEXEC, protocol);
    if (socket >= 0) replace(kNone, socket);
    return socket;
  }
  void close(int socket) noexcept {
    replace(socket, kNone);
    ::close(socket);
  }
  bool any() const noexcept {
    for (const auto& slot : slots_) {
      if (slot.load(std::memory_order_relaxed) != kNone) return true;
    }
    return false;
  }
  // From now on: no new sockets, or new ones again.
  void refuse(bool refusing) noexcept {
    refusing_ = refusing;
    refused_ = false;
  }
  bool refused() const noexcept { return refused_; }  // since refuse()
  void close_all() noexcept {
    for (auto& slot : slots_) {
      const int socket = slot.exchange(kNone);
      if (socket != kNone) ::close(socket);
    }
  }

 private:
  static constexpr int kNone = -1;

  // One connection and its successor, each tried over IPv4 and IPv6. What finds no slot is only not
  // closed in a child.
  void replace(int from, int to) noexcept {
    for (auto& slot : slots_) {
      if (slot.load(std::memory_order_relaxed) != from) continue;
      slot.store(to, std::memory_order_relaxed);
      return;
    }
  }

  std::array<std::atomic<int>, 8> slots_;
  bool refusing_ = false, refused_ = false;
};

}  // namespace cairn::trace::transport
