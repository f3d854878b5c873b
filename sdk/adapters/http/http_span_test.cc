// SPDX-License-Identifier: Apache-2.0
// What the spans of HTTP requests say, without a server.
#include <map>
#include <stdexcept>
#include <string>

#include <cairn/adapters/http_client_span.h>
#include <cairn/adapters/http_server_span.h>
#include <gtest/gtest.h>

#include "sdk/adapters/http/http_text.h"
#include "sdk/adapters/http/testing/tracing.h"

namespace cairn::trace {
namespace {

using testing::Tracing;
using Headers = std::map<std::string, std::string>;

constexpr const char* kCaller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

ServerRequest user_request() {
  ServerRequest request;
  request.method = "GET";
  request.target = "/user/7?full=1";
  request.route = "/user/:id";
  request.host = "shop.test:8080";
  request.peer_ip = "10.0.0.9";
  request.user_agent = "test";
  return request;
}

void answer(const ServerRequest& request, int status, const Headers& headers = {}) {
  ServerSpan span(request, MapReader<Headers>(headers));
  span.finish(status);
}

TEST(HttpServerSpan, SaysWhatGoZeroSays) {
  Tracing tracing(testing::go_zero());
  ServerRequest request = user_request();
  request.forwarded_for = "203.0.113.5, 10.0.0.1";
  request.content_length = 12;
  answer(request, 200, {{"traceparent", kCaller}});
  EXPECT_EQ(tracing.tree(),
            "/user/:id (server)\n"
            "  http.client_ip: 203.0.113.5\n"
            "  http.flavor: 1.1\n"
            "  http.host: shop.test:8080\n"
            "  http.method: GET\n"
            "  http.request_content_length: 12\n"
            "  http.route: /user/:id\n"
            "  http.scheme: http\n"
            "  http.server_name: shop\n"
            "  http.status_code: 200\n"
            "  http.target: /user/7?full=1\n"
            "  http.user_agent: test\n");
}

TEST(HttpServerSpan, SaysWhatTheStableConventionsSay) {
  Tracing tracing(testing::stable());
  ServerRequest request = user_request();
  request.forwarded_for = "203.0.113.5, 10.0.0.1";
  request.content_length = 12;
  answer(request, 503);
  EXPECT_EQ(tracing.tree(),
            "GET /user/:id (server) ERROR\n"
            "  client.address: 203.0.113.5\n"
            "  error.type: 503\n"
            "  http.request.body.size: 12\n"
            "  http.request.method: GET\n"
            "  http.response.status_code: 503\n"
            "  http.route: /user/:id\n"
            "  network.peer.address: 10.0.0.9\n"
            "  network.protocol.version: 1.1\n"
            "  server.address: shop.test\n"
            "  server.port: 8080\n"
            "  url.path: /user/7\n"
            "  url.query: full=1\n"
            "  url.scheme: http\n"
            "  user_agent.original: test\n");
}

TEST(HttpServerSpan, ContinuesTheCallersTrace) {
  Tracing tracing;
  answer(user_request(), 200, {{"traceparent", kCaller}});
  const FinishedSpan span = tracing.only_span();
  char parent[SpanId::kHexSize];
  span.parent_span_id.to_hex(parent);
  EXPECT_EQ(std::string_view(parent, sizeof parent), "b7ad6b7169203331");
  EXPECT_EQ(span.context.trace_id.bytes[0], 0x0A);
}

TEST(HttpServerSpan, IsNoChildOfWhatHappensToBeCurrent) {
  Tracing tracing;
  {
    const Span other = tracer("test").start("other");
    const Scope scope(other);
    answer(user_request(), 200);
  }
  for (const FinishedSpan& span : tracing.spans()) {
    EXPECT_FALSE(span.parent_span_id.is_valid()) << span.name;
  }
}

TEST(HttpServerSpan, IsNamedByItsPathWithoutARoute) {
  {
    Tracing tracing;
    ServerRequest request = user_request();
    request.route = {};
    answer(request, 404);
    EXPECT_EQ(tracing.only_span().name, "/user/7");
    EXPECT_EQ(tracing.only_span().status, StatusCode::kUnset);
  }
  Tracing tracing(testing::stable());
  ServerRequest request = user_request();
  request.route = {};
  answer(request, 404);
  EXPECT_EQ(tracing.only_span().name, "GET");
  EXPECT_EQ(tracing.only_span().attributes.count("http.route"), 0u);
  EXPECT_EQ(tracing.only_span().attributes.count("error.type"), 0u);
}

TEST(HttpServerSpan, CallsStatusesErrorsAsGoZeroDoes) {
  struct Case {
    int status;
    StatusCode code;
    const char* message;
  };
  for (const Case& expected : {Case{200, StatusCode::kUnset, ""}, Case{302, StatusCode::kUnset, ""},
                               Case{404, StatusCode::kUnset, ""}, Case{500, StatusCode::kError, ""},
                               Case{511, StatusCode::kError, ""},
                               Case{600, StatusCode::kError, "Invalid HTTP status code 600"},
                               Case{-7, StatusCode::kError, "Invalid HTTP status code -7"},
                               Case{499, StatusCode::kError, "Invalid HTTP status code 499"}}) {
    Tracing tracing;
    answer(user_request(), expected.status);
    EXPECT_EQ(tracing.only_span().status, expected.code) << expected.status;
    EXPECT_EQ(tracing.only_span().status_message, expected.message);
  }
}

TEST(HttpServerSpan, KeepsTheMessageOfAnException) {
  Tracing tracing;
  ServerSpan span(user_request(), MapReader<Headers>({}));
  span.record_exception(std::runtime_error("no such shelf"));
  span.finish(500);
  const FinishedSpan finished = tracing.only_span();
  EXPECT_EQ(finished.status_message, "no such shelf");
  ASSERT_EQ(finished.events.size(), 1u);
  EXPECT_EQ(finished.events[0].attributes.at("exception.type"), "std::runtime_error");
}

TEST(HttpServerSpan, IgnoredPathsHaveNoSpanButPassTheContextOn) {
  InstrumentationSettings settings;
  settings.ignored_paths = {"/healthz"};
  Tracing tracing(settings);
  ServerRequest request = user_request();
  request.route = "/healthz";
  const Headers headers{{"traceparent", kCaller}};
  ServerSpan span(request, MapReader<Headers>(headers));
  {
    const Scope scope = span.scope();
    const Span work = tracer("test").start("work");
  }
  Headers response;
  MapWriter<Headers> writer(response);
  span.inject(writer);
  span.finish(200);
  EXPECT_TRUE(span.is_ignored());
  EXPECT_TRUE(response.empty());
  const FinishedSpan work = tracing.only_span();
  EXPECT_EQ(work.name, "work");
  EXPECT_EQ(work.parent_span_id.bytes[0], 0xB7);
}

TEST(HttpServerSpan, LooksOnlyForTheWholePathToIgnore) {
  InstrumentationSettings settings;
  settings.ignored_paths = {"/user"};
  Tracing tracing(settings);
  answer(user_request(), 200);
  EXPECT_EQ(tracing.only_span().name, "/user/:id");
}

TEST(HttpServerSpan, TakesARouteThatIsKnownLate) {
  Tracing tracing(testing::stable());
  ServerRequest request = user_request();
  request.route = {};
  ServerSpan span(request, MapReader<Headers>({}));
  span.set_route("/user/:id", request.method);
  span.finish(200);
  EXPECT_EQ(tracing.only_span().name, "GET /user/:id");
  EXPECT_EQ(tracing.only_span().attributes.at("http.route"), "/user/:id");
}

TEST(HttpServerSpan, CallsUnknownMethodsOther) {
  Tracing tracing(testing::stable());
  ServerRequest request = user_request();
  request.method = "BREW";
  answer(request, 418);
  EXPECT_EQ(tracing.only_span().name, "HTTP /user/:id");
  EXPECT_EQ(tracing.only_span().attributes.at("http.request.method"), "_OTHER");
  EXPECT_EQ(tracing.only_span().attributes.at("http.request.method_original"), "BREW");
}

TEST(HttpServerSpan, HidesSignaturesInTheQuery) {
  ServerRequest request = user_request();
  request.target = "/file?name=a&sig=abc%3D&X-Goog-Signature=9f&b=";
  {
    Tracing tracing(testing::stable());
    answer(request, 200);
    EXPECT_EQ(tracing.only_span().attributes.at("url.query"),
              "name=a&sig=REDACTED&X-Goog-Signature=REDACTED&b=");
  }
  Tracing tracing;
  answer(request, 200);
  EXPECT_EQ(tracing.only_span().attributes.at("http.target"),
            "/file?name=a&sig=REDACTED&X-Goog-Signature=REDACTED&b=");
}

TEST(HttpServerSpan, HidesPasswordsWhereverTheyStand) {
  for (const char* target :
       {"http://me:secret@shop.test/user/7?full=1", "me:secret@shop.test:80"}) {
    for (const auto& settings : {testing::go_zero(), testing::stable()}) {
      Tracing tracing(settings);
      ServerRequest request = user_request();
      request.route = {};
      request.target = target;
      request.host = "me:secret@shop.test";
      answer(request, 200);
      EXPECT_EQ(tracing.tree().find("secret"), std::string::npos) << tracing.tree();
      EXPECT_NE(tracing.tree().find("shop.test"), std::string::npos) << tracing.tree();
    }
  }
}

TEST(HttpServerSpan, TellsWhereTheResponseBelongs) {
  Tracing tracing;
  ServerSpan span(user_request(), MapReader<Headers>({}));
  Headers response;
  MapWriter<Headers> writer(response);
  span.inject(writer);
  const std::string sent = response["traceparent"];
  char id[SpanId::kHexSize];
  span.span().context().span_id.to_hex(id);
  EXPECT_EQ(sent.substr(36, 16), std::string(id, sizeof id));
}

TEST(HttpServerSpan, NeedsNoMemory) {
  for (const auto& settings : {testing::go_zero(), testing::stable()}) {
    Tracing tracing(settings);
    const Headers headers{{"traceparent", kCaller}};
    const MapReader<Headers> reader(headers);
    ServerSpan(user_request(), reader).finish(200);  // the thread's first span makes its buffers
    const std::uint64_t before = testing::allocations_of_this_thread();
    ServerSpan(user_request(), reader).finish(200);
    EXPECT_EQ(testing::allocations_of_this_thread(), before);
  }
}

TEST(HttpServerSpan, WorksWithoutTelemetry) {
  const Headers headers{{"traceparent", kCaller}};
  ServerSpan span(user_request(), MapReader<Headers>(headers));
  Headers out;
  inject(out, span.context());
  EXPECT_EQ(out["traceparent"], kCaller);
  span.finish(200);
  ServerSpan().finish(200);
}

// --- clients ---

void call(std::string_view url, int status) {
  ClientRequest request;
  request.method = "POST";
  request.url = url;
  ClientSpan span(request);
  span.finish(status);
}

TEST(HttpClientSpan, SaysWhatGoZeroSays) {
  Tracing tracing;
  ClientRequest request;
  request.method = "POST";
  request.url = "https://me:secret@shop.test/order/9?full=1#top";
  request.user_agent = "test";
  request.content_length = 3;
  ClientSpan(request).finish(404);
  EXPECT_EQ(tracing.tree(),
            "/order/9 (client) ERROR\n"
            "  http.flavor: 1.1\n"
            "  http.host: shop.test\n"
            "  http.method: POST\n"
            "  http.request_content_length: 3\n"
            "  http.scheme: https\n"
            "  http.status_code: 404\n"
            "  http.url: https://shop.test/order/9?full=1\n"
            "  http.user_agent: test\n");
}

TEST(HttpClientSpan, SaysWhatTheStableConventionsSay) {
  Tracing tracing(testing::stable());
  call("https://me:p@ss@[2001:db8::1]/order?sig=1", 503);
  EXPECT_EQ(tracing.tree(),
            "POST (client) ERROR\n"
            "  error.type: 503\n"
            "  http.request.method: POST\n"
            "  http.response.status_code: 503\n"
            "  network.protocol.version: 1.1\n"
            "  server.address: 2001:db8::1\n"
            "  server.port: 443\n"
            "  url.full: https://[2001:db8::1]/order?sig=REDACTED\n");
}

TEST(HttpClientSpan, TellsWhyThereIsNoAnswer) {
  Tracing tracing(testing::stable());
  ClientRequest request;
  request.url = "shop.test:99";
  ClientSpan span(request);
  span.fail("timeout", "no answer in 3 s");
  EXPECT_EQ(tracing.tree(),
            "GET (client) ERROR no answer in 3 s\n"
            "  error.type: timeout\n"
            "  http.request.method: GET\n"
            "  network.protocol.version: 1.1\n"
            "  server.address: shop.test\n"
            "  server.port: 99\n"
            "  url.full: http://shop.test:99\n"
            "  * exception\n"
            "    exception.message: no answer in 3 s\n"
            "    exception.type: timeout\n");
}

// libcurl takes one, two or three slashes.
TEST(HttpClientSpan, HidesPasswordsAndSignaturesOfOddUrls) {
  for (const char* url : {"http:/me:secret@shop.test/x", "http:///me:secret@shop.test/x",
                          "me:secret@shop.test/x", "http://shop.test/x?X-Amz-Signature=secret",
                          "http://shop.test/x?a=1&X-Amz-Security-Token=secret",
                          "http://shop.test/x?X-Amz-Credential=secret&b=2"}) {
    for (const auto& settings : {testing::go_zero(), testing::stable()}) {
      Tracing tracing(settings);
      call(url, 200);
      EXPECT_EQ(tracing.tree().find("secret"), std::string::npos) << tracing.tree();
      EXPECT_NE(tracing.tree().find("shop.test/x"), std::string::npos) << tracing.tree();
    }
  }
}

TEST(HttpClientSpan, FitsUrlsOfAnyLength) {
  Tracing tracing;
  const std::string rest(9000, 'x');
  call("http://me@shop.test/" + rest, 200);
  EXPECT_EQ(tracing.only_span().attributes.at("http.url"), "http://shop.test/" + rest);
  EXPECT_EQ(tracing.only_span().name, "/" + rest.substr(0, 1023));  // names have a limit
}

TEST(HttpClientSpan, NeedsNoMemory) {
  Tracing tracing;
  call("http://me@shop.test/", 200);
  const std::uint64_t before = testing::allocations_of_this_thread();
  call("http://me@shop.test/", 200);
  EXPECT_EQ(testing::allocations_of_this_thread(), before);
}

TEST(HttpUrl, IsSplitWhateverItIs) {
  struct Case {
    const char* url;
    const char* parts;  // scheme authority host port path query
  };
  for (const Case& expected : {
           Case{"http://a/b?c#d", "http|a|a||/b|c"},
           Case{"https://u:p@a:1/b", "https|a:1|a|1|/b|"},
           Case{"a:1/b", "http|a:1|a|1|/b|"},
           Case{"http://[::1]:8/", "http|[::1]:8|::1|8|/|"},
           Case{"http://[::1", "http|[::1|::1|||"},
           Case{"http://a?x=http://b/", "http|a|a|||x=http://b/"},
           Case{"a?b=://", "http|a|a|||b=://"},
           Case{"http://@", "http|||||"},
           Case{"http:/a:1/b", "http|a:1|a|1|/b|"},
           Case{"http:///a/b", "http|a|a||/b|"},
           Case{"[::1]:8/b", "http|[::1]:8|::1|8|/b|"},
           Case{"://", "|||||"},
           Case{"", "http|||||"},
       }) {
    const http::Url url = http::split_url(expected.url);
    std::string parts;
    for (const auto part : {url.scheme, url.authority, url.host, url.port, url.path}) {
      parts.append(part).append("|");
    }
    EXPECT_EQ(parts.append(url.query), expected.parts) << expected.url;
  }
  http::Url proxied;
  http::split_target("http://a/b?c", proxied);
  EXPECT_EQ(proxied.path, "/b");
  EXPECT_EQ(http::port_of("70000", "http"), 0);
  EXPECT_EQ(http::port_of("8x", "http"), 0);
}

}  // namespace
}  // namespace cairn::trace
