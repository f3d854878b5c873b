// SPDX-License-Identifier: Apache-2.0
//
// Calls a Router's routes without any connection, and waits for the answer.
//   const Answer answer = test_call(router, "GET", "/api/traces?limit=1");
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "net/http/router.h"

namespace cairn::api::request {

struct Answer {
  int status = 0;
  net::Headers headers;
  std::string body;
  std::size_t pieces = 0;  // of a stream; 0: sent at once
  bool broken = false;     // the stream ended with an Error

  std::string header(std::string_view name) const {
    return std::string(headers.get(name).value_or(""));
  }
};

class FakeStream final : public net::ResponseStream {
 public:
  // Takes `accepted` pieces, then the reader is gone.
  FakeStream(std::promise<Answer> done, const net::Response& head, std::size_t accepted)
      : done_(std::move(done)), accepted_(accepted) {
    answer_.status = head.status;
    answer_.headers = head.headers;
  }
  bool write(PinnedBytes message) override {
    if (answer_.pieces == accepted_) return false;
    ++answer_.pieces;
    answer_.body += message.text();
    return true;
  }
  void finish(Result<void> outcome) override {
    answer_.broken = !outcome;
    done_.set_value(std::move(answer_));
  }

 private:
  std::promise<Answer> done_;
  Answer answer_;
  std::size_t accepted_;
};

class FakeChannel final : public net::Responder::Channel {
 public:
  FakeChannel(std::promise<Answer> done, std::size_t accepted)
      : done_(std::move(done)), accepted_(accepted) {}
  void send(net::Response response) override {
    Answer answer;
    answer.status = response.status;
    answer.headers = response.headers;
    answer.body = response.body.text();
    done_.set_value(std::move(answer));
  }
  std::unique_ptr<net::ResponseStream> start_stream(net::Response head) override {
    return std::make_unique<FakeStream>(std::move(done_), head, accepted_);
  }

 private:
  std::promise<Answer> done_;
  std::size_t accepted_;
};

// `target` is path and query. Status 0 when no route matches.
inline Answer test_call(const net::Router& router, const std::string& method,
                        const std::string& target, const Deadline& deadline = {},
                        std::size_t accepted_pieces = 1'000'000) {
  net::Request request;
  request.method = method;
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) request.query = target.substr(mark + 1);
  request.deadline = deadline;
  auto match = router.match(method, request.path, false);
  if (match.route == nullptr) return {};
  request.path_parameters = std::move(match.path_parameters);
  std::promise<Answer> done;
  std::future<Answer> answer = done.get_future();
  match.route->handler(std::move(request), net::Responder(std::make_unique<FakeChannel>(
                                               std::move(done), accepted_pieces)));
  return answer.get();
}

}  // namespace cairn::api::request
