// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/testing/http_server.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sdk/export/http/no_sigpipe.h"

namespace cairn::trace::transport::testing {
namespace {

using std::chrono::seconds;

int listen_on_any_port(int& port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (bind(socket, any, size) != 0 || listen(socket, 16) != 0 ||
      getsockname(socket, any, &size) != 0) {
    ADD_FAILURE() << "no port to listen on";
  }
  port = ntohs(address.sin_port);
  return socket;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

SSL_CTX* make_tls(const ServerTls& files) {
  SSL_CTX* tls = SSL_CTX_new(TLS_server_method());
  EXPECT_EQ(SSL_CTX_use_certificate_file(tls, files.certificate_file.c_str(), SSL_FILETYPE_PEM), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey_file(tls, files.key_file.c_str(), SSL_FILETYPE_PEM), 1);
  if (!files.client_ca_file.empty()) {
    EXPECT_EQ(SSL_CTX_load_verify_locations(tls, files.client_ca_file.c_str(), nullptr), 1);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return tls;
}

}  // namespace

Answer reply(int status, const std::string& body, const std::string& headers) {
  return {"HTTP/1.1 " + std::to_string(status) + " Said\r\n" + headers +
              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
          Answer::Then::kKeep};
}

// A connection, with TLS or without.
class HttpServer::Channel {
 public:
  Channel(int socket, SSL_CTX* tls) : socket_(socket) {
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, socket);
    failed_ = SSL_accept(ssl_) != 1;
  }
  ~Channel() { SSL_free(ssl_); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Bytes read; none at the end.
  std::size_t read(char* to, std::size_t room) {
    if (failed_) return 0;
    const auto size = ssl_ ? SSL_read(ssl_, to, static_cast<int>(room))
                           : static_cast<int>(recv(socket_, to, room, 0));
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }
  bool write(const std::string& bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
      const std::size_t left = bytes.size() - at;
      const auto size =
          ssl_ ? SSL_write(ssl_, bytes.data() + at, static_cast<int>(left))
               : static_cast<int>(send(socket_, bytes.data() + at, left, MSG_NOSIGNAL));
      if (size <= 0) return false;
      at += static_cast<std::size_t>(size);
    }
    return true;
  }
  // Whether the client went (or the server is stopped) within the time.
  bool gone_within(int milliseconds) {
    pollfd wait{socket_, POLLIN, 0};
    char byte = 0;
    return poll(&wait, 1, milliseconds) > 0 && read(&byte, 1) == 0;
  }

 private:
  int socket_;
  SSL* ssl_ = nullptr;
  bool failed_ = false;
};

HttpServer::HttpServer(std::vector<Answer> answers, const ServerTls* tls)
    : answers_(std::move(answers)), tls_(tls == nullptr ? nullptr : make_tls(*tls)) {
  listener_ = listen_on_any_port(port_);
  accepting_ = std::thread([this] { accept_all(); });
}

HttpServer::~HttpServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int socket : open_) shutdown(socket, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  for (std::thread& thread : serving_) thread.join();
  close(listener_);
  SSL_CTX_free(tls_);
}

std::string HttpServer::url(const std::string& path) const {
  return (tls_ == nullptr ? "http://localhost:" : "https://localhost:") + std::to_string(port_) +
         path;
}

std::vector<Request> HttpServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool HttpServer::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, seconds(10), [&] { return requests_.size() >= count; });
}

bool HttpServer::wait_for_no_connections() const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, seconds(10), [&] { return open_.empty(); });
}

int HttpServer::connections() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

void HttpServer::accept_all() {
  for (;;) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      if (socket >= 0) close(socket);
      return;
    }
    if (socket < 0) continue;
    open_.push_back(socket);
    const int number = ++accepted_;
    serving_.emplace_back([this, number, socket] { serve(number, socket); });
  }
}

void HttpServer::serve(int number, int socket) {
  const NoSigpipe guard;  // OpenSSL writes to clients that have gone
  {
    Channel channel(socket, tls_);
    std::string buffer;
    Request request;
    request.connection = number;
    while (read_request(channel, buffer, request)) {
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      changed_.notify_all();
      if (!answer(channel)) break;
    }
  }
  {
    const std::lock_guard lock(mutex_);
    std::erase(open_, socket);
    close(socket);
  }
  changed_.notify_all();
}

// Whether a DATA frame that ends its stream has come, whole. `head` is the first half of the
// client's preface.
static bool has_message(const std::string& bytes, std::size_t head) {
  constexpr std::size_t kRestOfPreface = 6, kFrameHead = 9;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  for (std::size_t at = head + kRestOfPreface; at + kFrameHead <= bytes.size();) {
    const std::size_t size = std::size_t{byte(at)} << 16 | byte(at + 1) << 8 | byte(at + 2);
    const bool ends = byte(at + 3) == 0 && (byte(at + 4) & 1) != 0;
    at += kFrameHead + size;
    if (ends && at <= bytes.size()) return true;
  }
  return false;
}

bool HttpServer::read_request(Channel& channel, std::string& buffer, Request& request) {
  char bytes[64 * 1024];
  const auto more = [&] {
    const std::size_t size = channel.read(bytes, sizeof bytes);
    buffer.append(bytes, size);
    return size != 0;
  };
  while (buffer.find("\r\n\r\n") == std::string::npos) {
    if (!more()) return false;
  }
  const std::size_t head = buffer.find("\r\n\r\n") + 4;
  request.headers.clear();
  request.start = buffer.substr(0, buffer.find("\r\n"));
  for (std::size_t at = request.start.size() + 2; at < head - 2;) {
    const std::size_t end = buffer.find("\r\n", at);
    const std::size_t colon = buffer.find(':', at);
    const std::size_t value = std::min(buffer.find_first_not_of(' ', colon + 1), end);
    request.headers[lower(buffer.substr(at, colon - at))] = buffer.substr(value, end - value);
    at = end + 2;
  }
  // Of HTTP/2 all is read up to the end of the first message: an answer before it is a mistake.
  if (request.start.compare(0, 4, "PRI ") == 0) {
    while (!has_message(buffer, head)) {
      if (!more()) return false;
    }
    buffer.clear();
    return true;
  }
  const std::size_t size = std::strtoull(request.headers["content-length"].c_str(), nullptr, 10);
  while (buffer.size() < head + size) {
    if (!more()) return false;
  }
  request.body = buffer.substr(head, size);
  buffer.erase(0, head + size);
  return true;
}

// False: the connection is done with.
bool HttpServer::answer(Channel& channel) {
  Answer answer;
  {
    const std::lock_guard lock(mutex_);
    answer = answers_[std::min(answered_++, answers_.size() - 1)];
  }
  if (!channel.write(answer.bytes)) return false;
  if (answer.then == Answer::Then::kKeep) return true;
  if (answer.then == Answer::Then::kClose) return false;
  const bool dribbles = answer.then == Answer::Then::kDribble;
  while (!channel.gone_within(dribbles ? 5 : 10'000)) {
    if (dribbles && !channel.write("x")) break;
  }
  return false;
}

int closed_port() {
  int port = 0;
  close(listen_on_any_port(port));
  return port;
}

}  // namespace cairn::trace::transport::testing
