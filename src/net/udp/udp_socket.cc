// SPDX-License-Identifier: Apache-2.0
#include "net/udp/udp_socket.h"

#include <array>
#include <cerrno>

#include <boost/asio/ip/v6_only.hpp>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "base/log.h"

namespace cairn::net {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

// What recvmmsg() fills in: a place for each datagram.
struct Round {
  explicit Round(ReceiveArea& area) {
    for (std::size_t i = 0; i < ReceiveArea::kDatagrams; ++i) {
      places[i] = {area.slot(i), ReceiveArea::kDatagramBytes};
      messages[i].msg_hdr.msg_iov = &places[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  }

  std::array<mmsghdr, ReceiveArea::kDatagrams> messages{};
  std::array<iovec, ReceiveArea::kDatagrams> places{};
};

// The socket's drops since it was opened; `before` where the system does not tell. Asked for rather
// than taken from SO_RXQ_OVFL, which tells with the next datagram: after a burst there may be none.
std::uint32_t lost_so_far(int fd, std::uint32_t before) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> told{};
  socklen_t size = sizeof(told);
  const bool tells = getsockopt(fd, SOL_SOCKET, SO_MEMINFO, told.data(), &size) == 0 &&
                     size > SK_MEMINFO_DROPS * sizeof(std::uint32_t);
  return tells ? told[SK_MEMINFO_DROPS] : before;
}

Result<udp::socket> open_socket(const Address& address, asio::io_context& context) {
  ASSIGN_OR_RETURN(const asio::ip::address host, resolve_host(address));
  const udp::endpoint endpoint(host, address.port);
  udp::socket socket(context);
  boost::system::error_code error;
  socket.open(endpoint.protocol(), error);
  if (!error && host.is_v6()) socket.set_option(asio::ip::v6_only(false), error);
  if (!error) socket.bind(endpoint, error);
  if (!error) socket.non_blocking(true, error);
  if (error) return bind_error(address, error);
  return socket;
}

}  // namespace

Result<std::unique_ptr<UdpSocket>> UdpSocket::open(const UdpOptions& options, UdpListener listener,
                                                   asio::io_context& context,
                                                   MetricsRegistry& metrics) {
  const Address address{listener.name, listener.setting, listener.host, listener.port};
  ASSIGN_OR_RETURN(udp::socket socket, open_socket(address, context));
  std::unique_ptr<UdpSocket> made(new UdpSocket(std::move(listener), std::move(socket), metrics));
  made->ask_for_room(options.receive_buffer_bytes);
  return made;
}

UdpSocket::UdpSocket(UdpListener listener, udp::socket socket, MetricsRegistry& metrics)
    : listener_(std::move(listener)),
      socket_(std::move(socket)),
      datagrams_(metrics.counter("cairn_udp_datagrams_total", "Datagrams read.",
                                 {{"listener", listener_.name}})),
      bytes_(metrics.counter("cairn_udp_bytes_total", "Bytes of the datagrams read.",
                             {{"listener", listener_.name}})),
      lost_(metrics.counter("cairn_udp_datagrams_lost_total",
                            "Datagrams that the kernel dropped because the buffer was full.",
                            {{"listener", listener_.name}})) {
  boost::system::error_code ignored;  // it is bound, so it has a port
  port_ = socket_.local_endpoint(ignored).port();
}

void UdpSocket::ask_for_room(std::size_t bytes) {
  const int wanted = static_cast<int>(std::min<std::size_t>(bytes, 1_GiB));
  const int fd = socket_.native_handle();
  // The first needs CAP_NET_ADMIN and may pass net.core.rmem_max.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)) != 0) {
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
  }
  int granted = 0;
  socklen_t size = sizeof(granted);
  (void)getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &size);
  granted /= 2;  // the kernel doubles it for its bookkeeping
  if (granted < wanted) {
    log_info("the UDP receive buffer is smaller than asked for; net.core.rmem_max raises it",
             {{"listener", listener_.name},
              {"bytes", std::to_string(granted)},
              {"asked", std::to_string(wanted)}});
  }
}

void UdpSocket::serve(ReceiveArea& area) {
  socket_.async_wait(udp::socket::wait_read, [this, &area](const boost::system::error_code& error) {
    if (error || !socket_.is_open()) return;
    // One round, then the other ports' turn.
    (void)read_round(area);
    serve(area);
  });
}

bool UdpSocket::read_round(ReceiveArea& area) {
  Round round(area);
  int count = -1;
  do {
    count = recvmmsg(socket_.native_handle(), round.messages.data(), round.messages.size(),
                     MSG_DONTWAIT, nullptr);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return false;

  const auto read = std::span(round.messages).first(static_cast<std::size_t>(count));
  std::size_t total = 0;
  for (const mmsghdr& message : read) total += message.msg_len;
  const std::uint32_t lost = lost_so_far(socket_.native_handle(), lost_before_);
  datagrams_.add(read.size());
  bytes_.add(total);
  lost_.add(lost - lost_before_);
  lost_before_ = lost;

  auto block = std::make_shared<Bytes>();
  block->reserve(total);
  std::array<ByteView, ReceiveArea::kDatagrams> datagrams;
  for (std::size_t i = 0; i < read.size(); ++i) {
    const ByteView datagram(area.slot(i), read[i].msg_len);
    const std::size_t at = block->size();
    block->insert(block->end(), datagram.begin(), datagram.end());
    datagrams[i] = ByteView(block->data() + at, datagram.size());
  }
  const ByteView all(*block);
  listener_.handler({std::move(block), all}, std::span(datagrams).first(read.size()));
  return true;
}

void UdpSocket::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace cairn::net
