// SPDX-License-Identifier: Apache-2.0
// Boost.Beast: one request answered, one sent.
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <cairn/adapters/beast.h>

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = boost::asio::ip::tcp;

http::response<http::string_body> answer(const http::request<http::string_body>& request) {
  return {http::status::ok, request.version(), "hello"};
}

// [snippet: server]
void serve_one(tcp::socket& socket) {
  beast::flat_buffer buffer;
  http::request<http::string_body> request;
  http::read(socket, buffer, request);
  cairn::trace::BeastServerSpan span(request, socket, "/user/:id");
  http::response<http::string_body> response;
  {
    const auto scope = span.scope();  // while the handler runs
    response = answer(request);
  }
  span.respond(response);  // traceparent and the status, before the write
  http::write(socket, response);
}  // the span ends: after the write
// [end]

// [snippet: client]
http::response<http::string_body> get(beast::tcp_stream& stream,
                                      http::request<http::string_body>& request) {
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  beast::error_code error;
  cairn::trace::traced_exchange(stream, buffer, request, response, error);  // write, then read
  return response;
}
// [end]

}  // namespace

int main() {
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 8080});
  tcp::socket socket = acceptor.accept();
  serve_one(socket);
  beast::tcp_stream stream(io);
  stream.connect(acceptor.local_endpoint());
  http::request<http::string_body> request(http::verb::get, "/user/7", 11);
  get(stream, request);
}
