// SPDX-License-Identifier: Apache-2.0
//
// HttpServer: a small HTTP/1.1 server for tests, which answers what it was told to, in order.
//
//   HttpServer server({reply(503, "", "Retry-After: 7\r\n"), reply(200)});
//   ... post to server.url("/v1/traces") ...
//   EXPECT_EQ(server.requests().at(0).body, ...);
//
// The last answer is given again and again. Threads: any; each connection has one of its own.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

namespace cairn::trace::transport::testing {

struct Request {
  int connection = 0;                          // counted from 1
  std::string start;                           // POST /v1/traces HTTP/1.1
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct Answer {
  std::string bytes;
  enum class Then {
    kKeep,
    kClose,
    kHang,    // nothing more, and the connection stays open
    kDribble  // a byte every few milliseconds until the client goes
  } then = Then::kKeep;
};
// A whole answer; `headers` are lines with their ends.
Answer reply(int status, const std::string& body = "", const std::string& headers = "");

// Certificates for a server that speaks TLS.
struct ServerTls {
  std::string certificate_file, key_file;
  std::string client_ca_file;  // not empty: clients must show a certificate of this CA
};

class HttpServer {
 public:
  explicit HttpServer(std::vector<Answer> answers, const ServerTls* tls = nullptr);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // With the host name localhost.
  std::string url(const std::string& path) const;
  int port() const { return port_; }
  std::vector<Request> requests() const;
  // Waits until `count` requests came in full, up to 10 s.
  bool wait_for_requests(std::size_t count) const;
  // Waits until all clients have closed their connections, up to 10 s.
  bool wait_for_no_connections() const;
  int connections() const;  // ever accepted

 private:
  class Channel;
  void accept_all();
  void serve(int number, int socket);
  bool read_request(Channel& channel, std::string& buffer, Request& request);
  bool answer(Channel& channel);

  const std::vector<Answer> answers_;
  SSL_CTX* tls_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool stopping_ = false;
  int accepted_ = 0;
  std::vector<Request> requests_;
  std::size_t answered_ = 0;
  std::vector<int> open_;
  std::vector<std::thread> serving_;
  std::thread accepting_;
};

// A port of 127.0.0.1 on which nothing listens.
int closed_port();

}  // namespace cairn::trace::transport::testing
