// SPDX-License-Identifier: Apache-2.0
// nginx, which knows nothing of us, as the upstream of our clients and as the proxy of our servers.
#include "sdk/adapters/http/testing/nginx.h"

#include <string>

#include <boost/beast/core/flat_buffer.hpp>
#include <cairn/adapters/beast.h>
#include <cairn/adapters/curl.h>
#include <gtest/gtest.h>

#include "sdk/adapters/http/testing/raw_http.h"
#include "sdk/adapters/http/testing/servers.h"
#include "sdk/adapters/http/testing/tracing.h"

namespace cairn::trace::testing {
namespace {

// Answers with the headers it got.
constexpr const char* kEcho =
    "location / { return 200 \"$http_traceparent|$http_tracestate|$http_baggage|$http_x_mine\"; }";

Context caller() {
  SpanContext span;
  EXPECT_TRUE(TraceId::from_hex("0af7651916cd43dd8448eb211c80319c", span.trace_id));
  EXPECT_TRUE(SpanId::from_hex("b7ad6b7169203331", span.span_id));
  span.flags.bits = TraceFlags::kSampled;
  span.trace_state = TraceState::from_header("vendor=1,other=2");
  return Context(span).with(Baggage().with("user", "J\xC3\xBCrgen, 7"));
}

std::size_t keep(char* data, std::size_t size, std::size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

std::string by_curl(int port) {
  std::string body;
  CURL* const curl = curl_easy_init();
  curl_slist* const headers = curl_slist_append(nullptr, "X-Mine: yes");
  curl_easy_setopt(curl, CURLOPT_URL, ("http://127.0.0.1:" + std::to_string(port) + "/").c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  EXPECT_EQ(curl_perform(curl, headers), CURLE_OK);
  curl_easy_cleanup(curl);
  curl_slist_free_all(headers);
  return body;
}

std::string by_httplib(int port) {
  TracedClient client("127.0.0.1", port);
  const auto answer = client.Get("/", {{"X-Mine", "yes"}});
  return answer ? answer->body : "";
}

std::string by_beast(int port) {
  namespace http = boost::beast::http;
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket(io);
  boost::beast::error_code error;
  socket.connect({boost::asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(port)},
                 error);
  http::request<http::empty_body> request(http::verb::get, "/", 11);
  request.set(http::field::host, "127.0.0.1");
  request.set("X-Mine", "yes");
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  traced_exchange(socket, buffer, request, response, error);
  return error ? "" : response.body();
}

class NginxUpstream : public ::testing::TestWithParam<std::string (*)(int)> {};

TEST_P(NginxUpstream, GetsTheContext) {
  Nginx nginx(kEcho);
  if (!nginx.is_installed()) GTEST_SKIP() << "nginx is not installed";
  ASSERT_TRUE(nginx.is_running());
  Tracing tracing;
  std::string body;
  {
    const Scope scope(caller());
    body = GetParam()(nginx.port());
  }
  const FinishedSpan span = tracing.only_span();
  char id[SpanId::kHexSize];
  span.context.span_id.to_hex(id);
  EXPECT_EQ(body, "00-0af7651916cd43dd8448eb211c80319c-" + std::string(id, sizeof id) +
                      "-01|vendor=1,other=2|user=J%C3%BCrgen%2C%207|yes");
  EXPECT_EQ(span.attributes.at("http.status_code"), "200");
}

std::string client_name(const ::testing::TestParamInfo<std::string (*)(int)>& client) {
  static constexpr const char* kNames[] = {"Curl", "Httplib", "Beast"};
  return kNames[client.index];
}

INSTANTIATE_TEST_SUITE_P(Clients, NginxUpstream,
                         ::testing::Values(&by_curl, &by_httplib, &by_beast), client_name);

TEST(NginxProxy, PassesTheContextToTheServerBehindIt) {
  HttplibService<TracedServer> service;
  service->Get("/user/7", traced("/user/:id", [](const httplib::Request&, httplib::Response&) {}));
  service.run();
  Nginx nginx("location / { proxy_pass " + service.url() +
              "; proxy_set_header X-Forwarded-For \"198.51.100.7, $remote_addr\";"
              " proxy_set_header Host shop.test; }");
  if (!nginx.is_installed()) GTEST_SKIP() << "nginx is not installed";
  ASSERT_TRUE(nginx.is_running());
  Tracing tracing(stable());
  TracedClient client("127.0.0.1", nginx.port());
  ASSERT_TRUE(client.Get("/user/7"));
  const auto spans = tracing.spans();
  ASSERT_EQ(spans.size(), 2u);
  const FinishedSpan& server = spans[0].kind == SpanKind::kServer ? spans[0] : spans[1];
  const FinishedSpan& sent = spans[0].kind == SpanKind::kServer ? spans[1] : spans[0];
  EXPECT_EQ(server.parent_span_id, sent.context.span_id);
  EXPECT_EQ(server.name, "GET /user/:id");
  EXPECT_EQ(server.attributes.at("client.address"), "198.51.100.7");
  EXPECT_EQ(server.attributes.at("network.peer.address"), "127.0.0.1");
  EXPECT_EQ(server.attributes.at("server.address"), "shop.test");
  EXPECT_EQ(server.attributes.at("network.protocol.version"), "1.0");  // nginx's to its upstreams
}

}  // namespace
}  // namespace cairn::trace::testing
