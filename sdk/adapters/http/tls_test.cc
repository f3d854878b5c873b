// SPDX-License-Identifier: Apache-2.0
// HTTPS: the same spans, one trace, and "https" in them.
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cairn/adapters/beast.h>
#include <cairn/adapters/curl.h>
#include <gtest/gtest.h>

#include "sdk/adapters/http/testing/servers.h"
#include "sdk/adapters/http/testing/tracing.h"
#include "sdk/export/testing/certificates.h"

namespace cairn::trace::testing {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::beast::error_code;
using SecureStream = asio::ssl::stream<asio::ip::tcp::socket>;

class Https : public ::testing::Test {
 protected:
  // A client's span and its server's, as they are with go-zero's names.
  void expect_one_trace(const Tracing& tracing, const std::string& url) const {
    const auto spans = tracing.spans();
    ASSERT_EQ(spans.size(), 2u) << tracing.tree();
    EXPECT_EQ(spans[0].kind, SpanKind::kClient);
    EXPECT_EQ(spans[0].attributes.at("http.url"), url);
    EXPECT_EQ(spans[0].attributes.at("http.scheme"), "https");
    EXPECT_EQ(spans[1].kind, SpanKind::kServer);
    EXPECT_EQ(spans[1].name, "/user/:id");
    EXPECT_EQ(spans[1].attributes.at("http.scheme"), "https");
    EXPECT_TRUE(spans[1].parent_span_id == spans[0].context.span_id);
    for (const FinishedSpan& span : spans) {
      EXPECT_EQ(span.attributes.at("http.status_code"), "200");
      EXPECT_EQ(span.status, StatusCode::kUnset);
    }
  }
  static void expect_no_answer(const Tracing& tracing) {
    const FinishedSpan span = tracing.only_span();
    EXPECT_EQ(span.kind, SpanKind::kClient);
    EXPECT_EQ(span.status, StatusCode::kError);
    EXPECT_EQ(span.attributes.count("http.status_code"), 0u);
    ASSERT_EQ(span.events.size(), 1u);
    EXPECT_EQ(span.events[0].name, "exception");
  }

  const transport::testing::Certificates files;
};

using SecureServer = BasicTracedServer<httplib::SSLServer>;

// A traced server of cpp-httplib, for both clients.
class HttplibHttps : public Https {
 protected:
  HttplibHttps()
      : service_(files.certificate("server").c_str(), files.key("server").c_str()),
        url_("https://localhost:" + std::to_string(service_.port())) {
    service_->Get("/user/7",
                  traced("/user/:id", [](const httplib::Request&, httplib::Response& response) {
                    response.set_content("ok", "text/plain");
                  }));
    service_.run();
  }
  CURLcode curl_get(const std::string& ca) const {
    CURL* const curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, (url_ + "/user/7").c_str());
    curl_easy_setopt(curl, CURLOPT_CAINFO, files.certificate(ca).c_str());
    curl_easy_setopt(
        curl, CURLOPT_WRITEFUNCTION,
        +[](char*, std::size_t size, std::size_t count, void*) { return size * count; });
    const CURLcode code = curl_perform(curl, nullptr);
    curl_easy_cleanup(curl);
    return code;
  }

  HttplibService<SecureServer> service_;
  const std::string url_;
};

TEST_F(HttplibHttps, CurlToServer) {
  const Tracing tracing;
  EXPECT_EQ(curl_get("ca"), CURLE_OK);
  expect_one_trace(tracing, url_ + "/user/7");
}

TEST_F(HttplibHttps, CurlDoesNotTrustAnother) {
  const Tracing tracing;
  EXPECT_EQ(curl_get("other"), CURLE_PEER_FAILED_VERIFICATION);
  expect_no_answer(tracing);
}

TEST_F(HttplibHttps, ClientToServer) {
  const Tracing tracing;
  TracedClient client(url_);
  client->set_ca_cert_path(files.certificate("ca").c_str());
  const auto result = client.Get("/user/7");
  ASSERT_TRUE(result) << httplib::to_string(result.error());
  EXPECT_EQ(result->body, "ok");
  expect_one_trace(tracing, url_ + "/user/7");
}

TEST_F(HttplibHttps, ClientDoesNotTrustAnother) {
  const Tracing tracing;
  TracedClient client(url_);
  client->set_ca_cert_path(files.certificate("other").c_str());
  EXPECT_FALSE(client.Get("/user/7"));
  expect_no_answer(tracing);
}

// Answers one request.
void serve_beast(SecureStream stream) {
  error_code error;
  stream.handshake(asio::ssl::stream_base::server, error);
  if (error) return;  // the client did not trust us
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;
  http::read(stream, buffer, request);
  BeastServerSpan span(request, stream.next_layer(), "/user/:id", "https");
  http::response<http::string_body> response(http::status::ok, request.version());
  response.body() = "ok";
  response.prepare_payload();
  span.respond(response);
  http::write(stream, response);
  span.end();
  stream.shutdown(error);
}

class BeastHttps : public Https {
 protected:
  BeastHttps() : acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}) {
    server_.use_certificate_chain_file(files.certificate("server"));
    server_.use_private_key_file(files.key("server"), asio::ssl::context::pem);
    thread_ = std::thread([this] { serve_beast({acceptor_.accept(), server_}); });
  }
  ~BeastHttps() override { thread_.join(); }

  // A GET in a CLIENT span; false when there was no answer.
  bool get(const std::string& ca) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.load_verify_file(files.certificate(ca));
    context.set_verify_mode(asio::ssl::verify_peer);
    SecureStream stream(io_, context);
    stream.set_verify_callback(asio::ssl::host_name_verification("localhost"));
    stream.next_layer().connect(acceptor_.local_endpoint());
    http::request<http::empty_body> request(http::verb::get, "/user/7", 11);
    request.set(http::field::host, "localhost");
    error_code error;
    stream.handshake(asio::ssl::stream_base::client, error);
    if (error) {
      BeastClientSpan(request, "https").finish(error);
      return false;
    }
    boost::beast::flat_buffer buffer;
    http::response<http::string_body> response;
    traced_exchange(stream, buffer, request, response, error, "https");
    EXPECT_EQ(response.body(), "ok");
    error_code ignored;
    stream.shutdown(ignored);
    return !error;
  }

  asio::io_context io_;
  asio::ssl::context server_{asio::ssl::context::tls_server};
  asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

TEST_F(BeastHttps, ClientToServer) {
  const Tracing tracing;
  EXPECT_TRUE(get("ca"));
  expect_one_trace(tracing, "https://localhost/user/7");
}

TEST_F(BeastHttps, ClientDoesNotTrustAnother) {
  const Tracing tracing;
  EXPECT_FALSE(get("other"));
  expect_no_answer(tracing);
}

}  // namespace
}  // namespace cairn::trace::testing
