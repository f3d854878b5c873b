// SPDX-License-Identifier: Apache-2.0
#include "net/udp/udp_server.h"

#include <algorithm>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "base/check.h"
#include "base/thread.h"
#include "net/udp/udp_socket.h"

namespace cairn::net {
namespace {

class OneThreadUdpServer final : public UdpServer {
 public:
  ~OneThreadUdpServer() override { stop(); }

  Result<void> listen(const UdpOptions& options, std::vector<UdpListener> listeners,
                      MetricsRegistry& metrics) {
    for (UdpListener& listener : listeners) {
      ASSIGN_OR_RETURN(auto socket,
                       UdpSocket::open(options, std::move(listener), context_, metrics));
      sockets_.push_back(std::move(socket));
    }
    for (const auto& socket : sockets_) socket->serve(area_);
    thread_ = start_thread("udp", [this](const std::stop_token&) { context_.run(); });
    return {};
  }

  std::uint16_t port_of(const std::string& listener_name) const override {
    const auto found = std::ranges::find_if(
        sockets_, [&](const auto& socket) { return socket->name() == listener_name; });
    CAIRN_CHECK(found != sockets_.end());
    return (*found)->port();
  }

  void stop() override {
    if (!thread_.joinable()) return;
    boost::asio::post(context_, [this] {
      for (const auto& socket : sockets_) {
        // What has arrived by now; a sender that goes on for ever does not keep us.
        for (int round = 0; round < kLastRounds && socket->read_round(area_); ++round) {
        }
        socket->close();
      }
    });
    thread_.join();
  }

 private:
  static constexpr int kLastRounds = 1000;

  boost::asio::io_context context_{1};
  ReceiveArea area_;
  std::vector<std::unique_ptr<UdpSocket>> sockets_;
  std::jthread thread_;
};

}  // namespace

Result<std::unique_ptr<UdpServer>> UdpServer::start(const UdpOptions& options,
                                                    std::vector<UdpListener> listeners,
                                                    MetricsRegistry& metrics) {
  auto server = std::make_unique<OneThreadUdpServer>();
  RETURN_IF_ERROR(server->listen(options, std::move(listeners), metrics));
  return std::unique_ptr<UdpServer>(std::move(server));
}

}  // namespace cairn::net
