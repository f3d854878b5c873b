// SPDX-License-Identifier: Apache-2.0
//
// One listening port: bound at once, accepting when told, spreading its sockets over the threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/result.h"
#include "net/connection/address.h"
#include "net/connection/io_thread.h"
#include "net/connection/site.h"

namespace cairn::net {

// Thread rule: made and started by the server's owner; runs on the first I/O thread; stop() posts.
class Acceptor {
 public:
  // Everything passed by reference outlives it. Errors: as Server::start.
  static Result<std::unique_ptr<Acceptor>> bind(const Address& address, Site& site, Census& census,
                                                std::vector<std::unique_ptr<IoThread>>& threads);

  std::uint16_t port() const { return port_; }
  Site& site() const { return site_; }
  void start();
  void stop();

 private:
  Acceptor(boost::asio::ip::tcp::acceptor acceptor, Site& site, Census& census,
           std::vector<std::unique_ptr<IoThread>>& threads);
  void accept_next();
  void take(boost::asio::ip::tcp::socket socket, IoThread& thread);
  void pause();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  Site& site_;
  Census& census_;
  std::vector<std::unique_ptr<IoThread>>& threads_;
  std::uint16_t port_ = 0;
  std::size_t next_thread_ = 0;
  bool stopped_ = false;
};

}  // namespace cairn::net
