// SPDX-License-Identifier: Apache-2.0
//
// HttplibInFlight: what is known of the request a cpp-httplib worker thread answers.
//
// cpp-httplib answers a request from its first hook to its last on one thread, and has no place to
// keep anything with a request: so it is a thread-local. Source: cpp-httplib 0.11, `Server`.
#pragma once

#include <charconv>
#include <chrono>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include <cairn/adapters/http_server_span.h>
#include <cairn/adapters/httplib_headers.h>

namespace cairn::trace {

namespace detail {

inline ServerSpan httplib_server_span(const httplib::Request& request, std::string_view route,
                                      Timestamp start) noexcept {
  const HttplibReader headers(request.headers);
  ServerRequest facts;
  facts.method = request.method;
  facts.target = request.target;
  facts.route = route;
#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
  if (request.ssl != nullptr) facts.scheme = "https";
#endif
  if (request.version.size() > 5) facts.flavor = std::string_view(request.version).substr(5);
  facts.host = headers.first("Host");
  facts.user_agent = headers.first("User-Agent");
  facts.forwarded_for = headers.first("X-Forwarded-For");
  facts.peer_ip = request.remote_addr;
  const std::string_view length = headers.first("Content-Length");
  std::from_chars(length.data(), length.data() + length.size(), facts.content_length);
  facts.start = start;
  return ServerSpan(facts, headers);
}

// The request this thread answers for a TracedServer.
class HttplibInFlight {
 public:
  static HttplibInFlight& of_this_thread() noexcept {
    thread_local HttplibInFlight state;
    return state;
  }

  bool is(const httplib::Request& request) const noexcept { return request_ == &request; }
  // A request has been read. The span starts with its route, as soon as that is known.
  void begin(const httplib::Request& request) noexcept {
    end(0);  // one whose connection broke before its last hook
    request_ = &request;
    start_ = std::chrono::system_clock::now();
  }
  void open(const httplib::Request& request, std::string_view route) noexcept {
    if (scope_) {
      span_.set_route(route, request.method);
      return;
    }
    span_ = httplib_server_span(request, route, start_);
    scope_.emplace(span_.context());
  }
  void thrown(std::exception_ptr error) noexcept { thrown_ = std::move(error); }
  // The response is about to be written.
  void respond(const httplib::Request& request, httplib::Response& response) noexcept {
    open(request, {});
    if (thrown_) record_thrown(response.status);
    HttplibWriter headers(response.headers);
    span_.inject(headers);
  }
  void end(int status) noexcept {
    scope_.reset();
    span_.finish(status);
    span_ = ServerSpan();
    thrown_ = nullptr;
    request_ = nullptr;
  }

 private:
  // An exception that was turned into an answer below 500 is no failure of the server.
  void record_thrown(int status) noexcept {
    try {
      std::rethrow_exception(thrown_);
    } catch (const std::exception& error) {
      if (status >= 500) {
        span_.record_exception(error);
      } else {
        span_.span().record_exception(error);
      }
    } catch (...) {
      if (status >= 500) span_.fail("unknown", "not a std::exception");
    }
  }

  const httplib::Request* request_ = nullptr;
  Timestamp start_;
  ServerSpan span_;
  std::optional<Scope> scope_;
  std::exception_ptr thrown_;
};

}  // namespace detail

}  // namespace cairn::trace
