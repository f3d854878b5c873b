// SPDX-License-Identifier: Apache-2.0
//
// Boost.Beast: spans for requests that are answered and sent with it. Link cairn::beast.
//
//   // a server, after http::read (or in async_read's handler)
//   cairn::trace::BeastServerSpan span(request, socket, "/user/:id");
//   { auto scope = span.scope();  response = handle(request); }
//   span.respond(response);          // headers and status, before the write
//   http::write(socket, response);   // the span ends when it is destroyed, or by span.end()
//
//   // a client
//   cairn::trace::BeastClientSpan span(request);   // puts the headers into the request
//   http::write(stream, request);  http::read(stream, buffer, response);
//   span.finish(response);                         // or span.finish(error_code)
//
// Asynchronous code moves the span into its completion handlers. A scope() belongs to one thread
// and must be gone before the code waits; take a new one when it goes on. What Beast throws passes
// through; nothing here throws of its own. Boost 1.74 and newer.
#pragma once

#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http.hpp>
#include <cairn/adapters/beast_fields.h>
#include <cairn/adapters/http_client_span.h>
#include <cairn/adapters/http_server_span.h>

namespace cairn::trace {

// The span of a request this server has read.
class BeastServerSpan {
 public:
  BeastServerSpan() noexcept = default;
  // `socket`: the TCP socket it came by (stream.next_layer() of TLS, tcp_stream.socket()). `route`:
  // the pattern your router matched; empty when none did. `scheme`: "https" behind TLS.
  template <class Body, class Fields, class Executor>
  BeastServerSpan(const boost::beast::http::request<Body, Fields>& request,
                  const boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>& socket,
                  std::string_view route = {}, std::string_view scheme = "http")
      : BeastServerSpan(request, detail::beast_remote(socket), route, scheme) {}
  // The same for an address that is known otherwise; unspecified: it is not. Asking a socket for
  // its remote_endpoint() throws when the client has gone already.
  template <class Body, class Fields>
  BeastServerSpan(const boost::beast::http::request<Body, Fields>& request,
                  const boost::asio::ip::tcp::endpoint& remote, std::string_view route = {},
                  std::string_view scheme = "http") {
    namespace http = boost::beast::http;
    const Fields& fields = request;
    const std::string peer =
        remote.address().is_unspecified() ? std::string() : remote.address().to_string();
    const detail::BeastReader<Fields> headers(fields);
    ServerRequest facts;
    facts.method = detail::from_beast(request.method_string());
    facts.target = detail::from_beast(request.target());
    facts.route = route;
    facts.host = detail::beast_field(fields, http::field::host);
    facts.scheme = scheme;
    facts.flavor = detail::beast_flavor(request.version());
    headers.get("x-forwarded-for", 0, facts.forwarded_for);
    facts.peer_ip = peer;
    facts.user_agent = detail::beast_field(fields, http::field::user_agent);
    facts.content_length = detail::beast_content_length(fields);
    span_ = ServerSpan(facts, headers);
  }

  Scope scope() const noexcept { return span_.scope(); }
  const Context& context() const noexcept { return span_.context(); }
  // Its route, exceptions and attributes.
  ServerSpan& span() noexcept { return span_; }

  // Puts the span's context into the response's headers and notes its status. Before the write.
  template <class Body, class Fields>
  void respond(boost::beast::http::response<Body, Fields>& response) noexcept {
    detail::BeastWriter<Fields> headers(response);
    span_.inject(headers);
    span_.set_status_code(static_cast<int>(response.result_int()));
  }
  // The same, and ends the span.
  template <class Body, class Fields>
  void finish(boost::beast::http::response<Body, Fields>& response) noexcept {
    respond(response);
    end();
  }
  void end() noexcept { span_.finish(); }

 private:
  ServerSpan span_;
};

// The span of a request this client is about to write.
class BeastClientSpan {
 public:
  BeastClientSpan() noexcept = default;
  // Puts the span's context into the request's headers, over what is there of an earlier request.
  template <class Body, class Fields>
  explicit BeastClientSpan(boost::beast::http::request<Body, Fields>& request,
                           std::string_view scheme = "http",
                           const Context& parent = Context::current()) noexcept {
    namespace http = boost::beast::http;
    Fields& fields = request;
    ClientRequest facts;
    facts.method = detail::from_beast(request.method_string());
    facts.scheme = scheme;
    facts.host = detail::beast_field(fields, http::field::host);
    facts.target = detail::from_beast(request.target());
    facts.flavor = detail::beast_flavor(request.version());
    facts.user_agent = detail::beast_field(fields, http::field::user_agent);
    facts.content_length = detail::beast_content_length(fields);
    span_ = ClientSpan(facts, parent);
    ClientSpan::fields(
        [](void* user, std::string_view name) {
          static_cast<Fields*>(user)->erase(detail::to_beast(name));
        },
        &fields);
    detail::BeastWriter<Fields> headers(fields);
    span_.inject(headers);
  }

  ClientSpan& span() noexcept { return span_; }

  // The answer is there: notes its status and ends the span.
  template <class Body, class Fields>
  void finish(const boost::beast::http::response<Body, Fields>& response) noexcept {
    span_.finish(static_cast<int>(response.result_int()));
  }
  // There is no answer.
  void finish(const boost::beast::error_code& error) noexcept {
    try {
      const std::string type =
          std::string(error.category().name()) + ':' + std::to_string(error.value());
      span_.fail(type, error.message());
    } catch (...) {  // no memory for the text
      span_.fail("error", "");
    }
  }

 private:
  ClientSpan span_;
};

// http::write and http::read of one request with its span.
template <class Stream, class Buffer, class RequestBody, class RequestFields, class ResponseBody,
          class ResponseFields>
void traced_exchange(Stream& stream, Buffer& buffer,
                     boost::beast::http::request<RequestBody, RequestFields>& request,
                     boost::beast::http::response<ResponseBody, ResponseFields>& response,
                     boost::beast::error_code& error, std::string_view scheme = "http") {
  BeastClientSpan span(request, scheme);
  boost::beast::http::write(stream, request, error);
  if (!error) boost::beast::http::read(stream, buffer, response, error);
  if (error) {
    span.finish(error);
  } else {
    span.finish(response);
  }
}

}  // namespace cairn::trace
