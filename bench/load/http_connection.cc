// SPDX-License-Identifier: Apache-2.0
//
// OTLP over HTTP/1.1: one request at a time, as HTTP/1.1 clients do.
#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <sys/socket.h>
#include <sys/uio.h>

#include "bench/load/connection.h"

namespace cairn::bench {
namespace {

namespace http = boost::beast::http;

// A response to an export is a few bytes; an error page may be some more.
constexpr std::size_t kMostResponse = 64_KiB;

std::string request_head(const ConnectionOptions& options) {
  std::string head = "POST /v1/traces HTTP/1.1\r\nHost: " + options.endpoint.authority() +
                     "\r\nContent-Type: application/x-protobuf\r\n";
  if (options.encoding != Encoding::kIdentity) {
    head += "Content-Encoding: " + std::string(to_text(options.encoding)) + "\r\n";
  }
  return head + "Content-Length: ";
}

class HttpConnection final : public Connection {
 public:
  HttpConnection(int fd, const ConnectionOptions& options, ReplySink& sink)
      : Connection(fd), sink_(sink), fixed_head_(request_head(options)) {}

  bool can_start() const override { return !busy_; }
  bool wants_write() const override { return request_ != nullptr; }
  std::size_t in_flight() const override { return busy_ ? 1 : 0; }

  void start(Request& request) override {
    busy_ = true;
    answered_ = false;
    request_ = &request;
    written_ = 0;
    head_ = fixed_head_ + std::to_string(request.body().size()) + "\r\n\r\n";
    reply_ = {};
    reply_.spans = request.spans();
    reply_.started = std::chrono::steady_clock::now();
    parser_.emplace();
    parser_->eager(true);
    parser_->body_limit(kMostResponse);
  }

  Result<void> write() override {
    while (request_ != nullptr) {
      const std::string_view body = request_->body();
      const std::size_t in_head = std::min(written_, head_.size());
      const std::size_t in_body = written_ - in_head;
      std::array<iovec, 2> parts = {
          iovec{head_.data() + in_head, head_.size() - in_head},
          // sendmsg only reads; iovec has no const form.
          iovec{const_cast<char*>(body.data()) + in_body, body.size() - in_body}};
      msghdr message{};
      message.msg_iov = parts.data();
      message.msg_iovlen = parts.size();
      const ssize_t sent = ::sendmsg(fd(), &message, MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) return {};
      if (sent < 0) return unavailable("send: " + std::generic_category().message(errno));
      written_ += static_cast<std::size_t>(sent);
      if (written_ < head_.size() + body.size()) continue;
      sink_.on_sent(*request_);
      request_ = nullptr;
      busy_ = !answered_;
    }
    return {};
  }

  Result<void> read() override {
    std::array<char, 16_KiB> buffer;
    const ssize_t size = ::recv(fd(), buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EAGAIN) return {};
    if (size < 0) return unavailable("receive: " + std::generic_category().message(errno));
    if (size == 0) return unavailable("connection closed");
    unread_.append(buffer.data(), static_cast<std::size_t>(size));
    return parse();
  }

 private:
  Result<void> parse() {
    while (!unread_.empty()) {
      if (!busy_ || answered_) return internal_error("response without a request");
      boost::system::error_code error;
      const std::size_t used =
          parser_->put(boost::asio::const_buffer(unread_.data(), unread_.size()), error);
      unread_.erase(0, used);
      if (error == http::error::need_more) return {};
      if (error) return internal_error("response: " + error.message());
      if (parser_->is_done()) finish();
    }
    return {};
  }

  void finish() {
    const auto& response = parser_->get();
    if (response.result_int() != 200) {
      reply_.error = "http " + std::to_string(response.result_int());
    } else {
      reply_.rejected_spans = rejected_spans(response.body());
    }
    answered_ = true;
    busy_ = request_ != nullptr;  // an early answer: the rest of the body is still to be sent
    sink_.on_reply(reply_);
  }

  ReplySink& sink_;
  std::string unread_;
  const std::string fixed_head_;
  std::string head_;
  std::optional<http::response_parser<http::string_body>> parser_;
  Reply reply_;
  Request* request_ = nullptr;  // until it is written
  std::size_t written_ = 0;     // of head and body
  bool answered_ = false;
  bool busy_ = false;  // until it is written and answered
};

}  // namespace

Result<std::unique_ptr<Connection>> open_http(const ConnectionOptions& options, ReplySink& sink) {
  ASSIGN_OR_RETURN(const int fd, connect_to(options.endpoint));
  return std::unique_ptr<Connection>(std::make_unique<HttpConnection>(fd, options, sink));
}

}  // namespace cairn::bench
