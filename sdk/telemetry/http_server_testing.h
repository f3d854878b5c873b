// SPDX-License-Identifier: Apache-2.0
//
// A small HTTP server on a free port of the loopback, for tests: one connection after the other,
// the answer by a function of the request (its head and body).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cairn::telemetry::telemetry_testing {

class HttpServer {
 public:
  using Answer = std::function<std::string(const std::string& request)>;

  // `answer` gives the body of a 200, or a whole answer when it begins with "HTTP/".
  explicit HttpServer(Answer answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listener_, 16);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~HttpServer() {
    stop_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Waits until `count` requests have come; false after 30 s.
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, std::chrono::seconds(30),
                          [&] { return requests_.size() >= count; });
  }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void run() {
    while (!stop_) {
      const int peer = ::accept(listener_, nullptr, nullptr);
      if (peer < 0) continue;
      serve(peer);
      ::close(peer);
    }
  }

  void serve(int peer) {
    const std::string request = read_request(peer);
    if (request.empty()) return;
    std::string answer = answer_(request);
    if (answer.compare(0, 5, "HTTP/") != 0) {
      answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer.size()) +
               "\r\nConnection: close\r\n\r\n" + answer;
    }
    (void)::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    came_.notify_all();
  }

  // Head and body; empty when the peer goes away or the server stops.
  std::string read_request(int peer) {
    std::string request;
    for (;;) {
      const std::size_t head = request.find("\r\n\r\n");
      if (head != std::string::npos && request.size() >= head + 4 + body_size(request)) {
        return request;
      }
      pollfd ready{peer, POLLIN, 0};
      if (::poll(&ready, 1, 50) == 0) {
        if (stop_) return {};
        continue;
      }
      char part[4096];
      const auto size = ::recv(peer, part, sizeof part, 0);
      if (size <= 0) return {};
      request.append(part, static_cast<std::size_t>(size));
    }
  }

  static std::size_t body_size(const std::string& request) {
    const char* found = ::strcasestr(request.c_str(), "\r\ncontent-length:");
    return found == nullptr ? 0 : std::strtoul(found + 17, nullptr, 10);
  }

  const Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace cairn::telemetry::telemetry_testing
