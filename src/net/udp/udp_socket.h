// SPDX-License-Identifier: Apache-2.0
//
// One bound UDP port and what it counts. Thread rule: one thread at a time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include "net/connection/address.h"
#include "net/udp/udp_server.h"

namespace cairn::net {

// Where datagrams of any size the protocol allows are read to, a round at a time.
class ReceiveArea {
 public:
  static constexpr std::size_t kDatagrams = 32;          // of a round
  static constexpr std::size_t kDatagramBytes = 64_KiB;  // more than UDP carries

  std::byte* slot(std::size_t index) { return bytes_.get() + index * kDatagramBytes; }

 private:
  // Untouched pages of it take no memory.
  std::unique_ptr<std::byte[]> bytes_{new std::byte[kDatagrams * kDatagramBytes]};
};

class UdpSocket {
 public:
  // Errors: bind_error's. Ownership: `metrics` and `context` outlive it.
  static Result<std::unique_ptr<UdpSocket>> open(const UdpOptions& options, UdpListener listener,
                                                 boost::asio::io_context& context,
                                                 MetricsRegistry& metrics);

  const std::string& name() const { return listener_.name; }
  std::uint16_t port() const { return port_; }

  // Waits for datagrams and hands them over, until closed.
  void serve(ReceiveArea& area);
  // One round. False when nothing had arrived.
  bool read_round(ReceiveArea& area);
  void close();

 private:
  UdpSocket(UdpListener listener, boost::asio::ip::udp::socket socket, MetricsRegistry& metrics);
  void ask_for_room(std::size_t bytes);

  UdpListener listener_;
  boost::asio::ip::udp::socket socket_;
  std::uint16_t port_ = 0;
  std::uint32_t lost_before_ = 0;  // what the kernel had counted at the last round; wraps
  Counter& datagrams_;
  Counter& bytes_;
  Counter& lost_;
};

}  // namespace cairn::net
