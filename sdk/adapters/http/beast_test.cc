// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/beast/core/flat_buffer.hpp>
#include <cairn/adapters/beast.h>
#include <gtest/gtest.h>

#include "sdk/adapters/http/testing/beast_service.h"
#include "sdk/adapters/http/testing/raw_http.h"
#include "sdk/adapters/http/testing/tracing.h"

namespace cairn::trace::testing {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::beast::error_code;

const std::string kParent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(BeastServerSpan, TellsWhatTheRequestSays) {
  Tracing tracing(go_zero());
  {
    BeastService service(
        [](const BeastRequest&, BeastResponse& response) { response.body() = "ok"; });
    const RawResponse response =
        get_raw(service.port(), "/user/7?full=1",
                {kParent, "User-Agent: raw", "X-Forwarded-For: 203.0.113.5"});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.header("traceparent").substr(3, 32), "0af7651916cd43dd8448eb211c80319c");
  }
  EXPECT_EQ(tracing.tree(),
            "/user/:id (server)\n"
            "  http.client_ip: 203.0.113.5\n"
            "  http.flavor: 1.1\n"
            "  http.host: shop.test\n"
            "  http.method: GET\n"
            "  http.route: /user/:id\n"
            "  http.scheme: http\n"
            "  http.server_name: shop\n"
            "  http.status_code: 200\n"
            "  http.target: /user/7?full=1\n"
            "  http.user_agent: raw\n");
}

TEST(BeastServerSpan, KnowsWhatTheHandlerThrew) {
  Tracing tracing;
  BeastService service(
      [](const BeastRequest&, BeastResponse&) { throw std::runtime_error("no stock"); });
  EXPECT_EQ(get_raw(service.port(), "/user/7", {}).status, 500);
  EXPECT_EQ(tracing.only_span().status, StatusCode::kError);
  EXPECT_EQ(tracing.only_span().status_message, "no stock");
  EXPECT_EQ(tracing.only_span().events.size(), 1u);
}

TEST(BeastServerSpan, DoesNotMindAClientThatHasGone) {
  Tracing tracing(stable());
  asio::io_context io;
  const asio::ip::tcp::socket gone(io);
  BeastServerSpan(BeastRequest(http::verb::get, "/user/7", 11), gone, "/user/:id").end();
  EXPECT_EQ(tracing.only_span().name, "GET /user/:id");
  EXPECT_EQ(tracing.only_span().attributes.count("network.peer.address"), 0u);
}

TEST(BeastServerSpan, CanBeMovedFromAndUsedNoMore) {
  Tracing tracing;
  asio::io_context io;
  const asio::ip::tcp::socket gone(io);
  BeastServerSpan from(BeastRequest(http::verb::get, "/user/7", 11), gone);
  BeastServerSpan to = std::move(from);
  BeastResponse response(http::status::ok, 11);
  const Scope scope = from.scope();  // NOLINT(bugprone-use-after-move): what is tested
  from.finish(response);
  to.finish(response);
  EXPECT_EQ(tracing.only_span().attributes.at("http.status_code"), "200");
}

TEST(BeastServerSpan, GivesHandlersTheBaggage) {
  Tracing tracing;
  std::string name;
  {
    BeastService service([&](const BeastRequest&, BeastResponse&) {
      Context::current().baggage().get("name", name);
    });
    get_raw(service.port(), "/", {"Baggage: name=a%2Cb"});
  }
  EXPECT_EQ(name, "a,b");
}

TEST(BeastServerSpan, IsNamedByThePathWithoutARoute) {
  Tracing tracing;
  BeastService service([](const BeastRequest&, BeastResponse& response) {
    response.result(http::status::not_found);
  });
  EXPECT_EQ(get_raw(service.port(), "/missing", {}).status, 404);
  EXPECT_EQ(tracing.only_span().name, "/missing");
}

TEST(BeastClientSpan, ReplacesTheHeadersOfAnEarlierTrace) {
  Tracing tracing;
  http::request<http::string_body> request(http::verb::post, "/x?sig=1", 11);
  request.set(http::field::host, "shop.test");
  request.insert("TraceParent", "old");
  request.insert("traceparent", "older");
  request.insert("tracestate", "old=1");
  request.body() = "body";
  request.prepare_payload();
  BeastClientSpan span(request, "https");
  EXPECT_EQ(request.count("traceparent"), 1u);
  EXPECT_EQ(request["traceparent"].size(), 55u);
  EXPECT_EQ(request.count("tracestate"), 0u);
  span.finish(http::response<http::empty_body>(http::status::created, 11));
  const FinishedSpan finished = tracing.only_span();
  EXPECT_EQ(finished.attributes.at("http.url"), "https://shop.test/x?sig=REDACTED");
  EXPECT_EQ(finished.attributes.at("http.request_content_length"), "4");
  EXPECT_EQ(finished.attributes.at("http.status_code"), "201");
}

TEST(BeastClientSpan, TellsWhyThereIsNoAnswer) {
  Tracing tracing(stable());
  EXPECT_EQ(beast_get(closed_port(), "/x"), 0);
  const FinishedSpan span = tracing.only_span();
  EXPECT_EQ(span.status, StatusCode::kError);
  ASSERT_EQ(span.events.size(), 1u);
  EXPECT_EQ(span.attributes.at("error.type").substr(0, 7), "system:");
}

// A GET whose every step is a completion handler; the span wanders through them.
struct AsyncGet : std::enable_shared_from_this<AsyncGet> {
  explicit AsyncGet(asio::io_context& io) : socket(io) {}

  void start(int port) {
    request = {http::verb::get, "/async", 11};
    request.set(http::field::host, "shop.test");
    socket.async_connect({asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(port)},
                         [self = shared_from_this(), span = BeastClientSpan(request)](
                             error_code) mutable { self->write(std::move(span)); });
  }
  void write(BeastClientSpan span) {
    http::async_write(socket, request,
                      [self = shared_from_this(), span = std::move(span)](
                          error_code, std::size_t) mutable { self->read(std::move(span)); });
  }
  void read(BeastClientSpan span) {
    http::async_read(
        socket, buffer, response,
        [self = shared_from_this(), span = std::move(span)](error_code error, std::size_t) mutable {
          if (error) return span.finish(error);
          span.finish(self->response);
        });
  }

  asio::ip::tcp::socket socket;
  http::request<http::empty_body> request;
  http::response<http::string_body> response;
  boost::beast::flat_buffer buffer;
};

TEST(BeastClientSpan, MovesThroughAsynchronousCode) {
  Tracing tracing;
  BeastService service(
      [](const BeastRequest&, BeastResponse& response) { response.body() = "ok"; });
  asio::io_context io;
  for (int i = 0; i < 3; ++i) std::make_shared<AsyncGet>(io)->start(service.port());
  io.run();
  const auto spans = tracing.spans();
  ASSERT_EQ(spans.size(), 6u);
  int clients = 0, children = 0;
  for (const FinishedSpan& span : spans) {
    EXPECT_EQ(span.attributes.at("http.status_code"), "200");
    clients += span.kind == SpanKind::kClient ? 1 : 0;
    children += span.parent_span_id.is_valid() ? 1 : 0;
  }
  EXPECT_EQ(clients, 3);
  EXPECT_EQ(children, 3);
  EXPECT_FALSE(current_span_context().is_valid());
}

}  // namespace
}  // namespace cairn::trace::testing
