// SPDX-License-Identifier: Apache-2.0
//
// BeastService: an asynchronous Beast server in the test's own process.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include <cairn/adapters/beast.h>

namespace cairn::trace::testing {

using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;
using BeastResponse = boost::beast::http::response<boost::beast::http::string_body>;

// An asynchronous Beast server with one thread; its handler runs in the scope of the request's
// span, whose route is the request's path without its last part, and `:id`.
class BeastService {
 public:
  using Handler = std::function<void(const BeastRequest&, BeastResponse&)>;
  explicit BeastService(Handler handler);
  ~BeastService();
  BeastService(const BeastService&) = delete;
  BeastService& operator=(const BeastService&) = delete;

  int port() const { return acceptor_.local_endpoint().port(); }

 private:
  struct Session;
  void accept();

  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  Handler handler_;
  std::thread thread_;
};

// One GET with the Beast client in a CLIENT span; returns the status, or 0 without an answer.
int beast_get(int port, const std::string& target);

}  // namespace cairn::trace::testing
