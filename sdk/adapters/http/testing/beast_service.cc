// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/http/testing/beast_service.h"

#include <memory>
#include <utility>

#include <boost/beast/core/flat_buffer.hpp>

namespace cairn::trace::testing {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::beast::error_code;

std::string route_of(const BeastRequest& request) {
  const std::string path(request.target().data(), request.target().size());
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "" : path.substr(0, slash) + "/:id";
}

}  // namespace

struct BeastService::Session : std::enable_shared_from_this<BeastService::Session> {
  Session(asio::ip::tcp::socket from, const Handler& with)
      : socket(std::move(from)), handler(with) {}

  void read() {
    http::async_read(socket, buffer, request,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                       if (!error) self->answer();
                     });
  }
  void answer() {
    BeastServerSpan span(request, socket, route_of(request));
    response.version(request.version());
    response.keep_alive(false);
    {
      const auto scope = span.scope();
      try {
        handler(request, response);
      } catch (const std::exception& error) {
        span.span().record_exception(error);
        response.result(http::status::internal_server_error);
      }
    }
    response.prepare_payload();
    span.respond(response);
    // The span moves on with the write.
    http::async_write(
        socket, response,
        [self = shared_from_this(), span = std::move(span)](const error_code&, std::size_t) {
          error_code ignored;
          self->socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        });
  }

  asio::ip::tcp::socket socket;
  const Handler& handler;
  boost::beast::flat_buffer buffer;
  BeastRequest request;
  BeastResponse response;
};

BeastService::BeastService(Handler handler)
    : acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}), handler_(std::move(handler)) {
  accept();
  thread_ = std::thread([this] { io_.run(); });
}

BeastService::~BeastService() {
  io_.stop();
  thread_.join();
}

void BeastService::accept() {
  acceptor_.async_accept([this](const error_code& error, asio::ip::tcp::socket socket) {
    if (error) return;
    std::make_shared<Session>(std::move(socket), handler_)->read();
    accept();
  });
}

int beast_get(int port, const std::string& target) {
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  error_code error;
  socket.connect({asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(port)}, error);
  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, "127.0.0.1:" + std::to_string(port));
  request.set(http::field::user_agent, "beast");
  if (error) {
    BeastClientSpan(request).finish(error);
    return 0;
  }
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  traced_exchange(socket, buffer, request, response, error);
  return error ? 0 : static_cast<int>(response.result_int());
}

}  // namespace cairn::trace::testing
