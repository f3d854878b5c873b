// SPDX-License-Identifier: Apache-2.0
#include "net/connection/acceptor.h"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>

#include "base/log.h"

namespace cairn::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// After a failed accept, of which too many open files is the usual cause.
constexpr auto kPause = std::chrono::milliseconds(100);

Result<tcp::acceptor> open(const Address& address, asio::io_context& context) {
  ASSIGN_OR_RETURN(const asio::ip::address host, resolve_host(address));
  const tcp::endpoint endpoint(host, address.port);
  tcp::acceptor acceptor(context);
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  // A restart need not wait for old connections to be forgotten; two listeners stay impossible.
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return bind_error(address, error);
  return acceptor;
}

}  // namespace

Result<std::unique_ptr<Acceptor>> Acceptor::bind(const Address& address, Site& site, Census& census,
                                                 std::vector<std::unique_ptr<IoThread>>& threads) {
  ASSIGN_OR_RETURN(tcp::acceptor acceptor, open(address, threads.front()->context()));
  return std::unique_ptr<Acceptor>(new Acceptor(std::move(acceptor), site, census, threads));
}

Acceptor::Acceptor(tcp::acceptor acceptor, Site& site, Census& census,
                   std::vector<std::unique_ptr<IoThread>>& threads)
    : acceptor_(std::move(acceptor)),
      pause_(acceptor_.get_executor()),
      site_(site),
      census_(census),
      threads_(threads) {
  boost::system::error_code ignored;  // it is bound, so it has a port
  port_ = acceptor_.local_endpoint(ignored).port();
}

void Acceptor::start() {
  asio::post(acceptor_.get_executor(), [this] { accept_next(); });
}

void Acceptor::stop() {
  asio::post(acceptor_.get_executor(), [this] {
    stopped_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  });
}

void Acceptor::accept_next() {
  if (stopped_) return;
  IoThread& thread = *threads_[next_thread_++ % threads_.size()];
  acceptor_.async_accept(thread.context(), [this, &thread](const boost::system::error_code& error,
                                                           tcp::socket socket) {
    if (stopped_) return;
    if (error == asio::error::connection_aborted || !error) {
      if (!error) take(std::move(socket), thread);
      accept_next();
      return;
    }
    log_warn("cannot accept a connection",
             {{"listener", site_.name()}, {"error", error.message()}});
    pause();
  });
}

void Acceptor::take(tcp::socket socket, IoThread& thread) {
  if (!census_.try_enter()) {
    site_.count_refused("connections");
    return;  // closes it
  }
  thread.post_connection(std::move(socket), site_);
}

void Acceptor::pause() {
  pause_.expires_after(kPause);
  pause_.async_wait([this](const boost::system::error_code&) { accept_next(); });
}

}  // namespace cairn::net
