// SPDX-License-Identifier: Apache-2.0
//
// Servers in the test's own process, each on a port of its own, stopped when they go.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <cairn/adapters/httplib.h>

namespace cairn::trace::testing {

// A cpp-httplib server, traced or not: add the handlers, then run().
template <class Server>
class HttplibService {
 public:
  // Of what `Server` is made of.
  template <class... Args>
  explicit HttplibService(Args&&... args)
      : server_(std::forward<Args>(args)...), port_(server_.bind_to_any_port("127.0.0.1")) {
    server_.set_keep_alive_timeout(1);  // stopping waits for it
  }
  ~HttplibService() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }
  HttplibService(const HttplibService&) = delete;
  HttplibService& operator=(const HttplibService&) = delete;

  Server* operator->() { return &server_; }
  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Back when the server answers.
  void run() {
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }

 private:
  Server server_;
  int port_;
  std::thread thread_;
};

// An untraced server that answers 200 and keeps the headers of the last request.
class Recorder {
 public:
  Recorder();
  int port() const { return service_.port(); }
  std::string url() const { return service_.url(); }
  httplib::Headers headers() const;
  // All values of a header, joined by " | ".
  std::string header(const std::string& name) const;

 private:
  mutable std::mutex mutex_;
  httplib::Headers headers_;
  HttplibService<httplib::Server> service_;
};

// One GET with the Beast client in a CLIENT span; returns the status, or 0 without an answer.
int beast_get(int port, const std::string& target);

}  // namespace cairn::trace::testing
