// SPDX-License-Identifier: Apache-2.0
//
// The pure parts of http/: router, CORS, query strings, percent-encoding, compression, statuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/encoding/decompress.h"
#include "net/error_status.h"
#include "net/http/compress.h"
#include "net/http/cors.h"
#include "net/http/percent.h"
#include "net/http/query_string.h"
#include "net/http/router.h"

namespace cairn::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

const Handler kNoHandler = [](Request, Responder) {};

Router router_of(const std::vector<std::pair<std::string, std::string>>& rows) {
  Router router;
  for (const auto& [method, pattern] : rows) {
    router.add({.method = method, .pattern = pattern, .handler = kNoHandler});
  }
  return router;
}

std::string matched(const Router& router, std::string_view method, std::string_view path) {
  const Router::Match match = router.match(method, path, false);
  return match.route == nullptr ? "" : match.route->pattern;
}

TEST(Router, PrefersLiteralsToNamesAndNamesToRests) {
  const Router router = router_of({{"GET", "/{rest...}"},
                                   {"GET", "/api/{name}"},
                                   {"GET", "/api/traces"},
                                   {"GET", "/api/{name}/operations"},
                                   {"GET", "/api/traces/{id}"}});
  EXPECT_EQ(matched(router, "GET", "/api/traces"), "/api/traces");
  EXPECT_EQ(matched(router, "GET", "/api/services"), "/api/{name}");
  EXPECT_EQ(matched(router, "GET", "/api/traces/operations"), "/api/traces/{id}");
  EXPECT_EQ(matched(router, "GET", "/api/x/operations"), "/api/{name}/operations");
  EXPECT_EQ(matched(router, "GET", "/"), "/{rest...}");
  EXPECT_EQ(matched(router, "GET", "/api/x/y/z"), "/{rest...}");
  EXPECT_EQ(matched(router, "GET", "/api/"), "/{rest...}");
}

TEST(Router, DecodesWhatNamesMatch) {
  const Router router = router_of({{"GET", "/a/{x}/b/{y...}"}});
  EXPECT_THAT(router.match("GET", "/a/1%2F2/b/c/d%20e", false).path_parameters,
              ElementsAre(Pair("x", "1/2"), Pair("y", "c/d e")));
  EXPECT_THAT(router.match("GET", "/a/1/b", false).path_parameters,
              ElementsAre(Pair("x", "1"), Pair("y", "")));
  EXPECT_EQ(matched(router, "GET", "/a//b/c"), "");
  EXPECT_EQ(matched(router, "GET", "/a/%zz/b/c"), "");
  EXPECT_EQ(matched(router, "GET", "relative"), "");
}

TEST(Router, ListsTheMethodsOfAPathWhoseMethodDoesNotMatch) {
  const Router router =
      router_of({{"POST", "/v1/traces"}, {"PUT", "/v1/traces"}, {"GET", "/v1/{x}/y"}});
  const Router::Match match = router.match("GET", "/v1/traces", false);
  EXPECT_EQ(match.route, nullptr);
  EXPECT_THAT(match.allowed, UnorderedElementsAre("POST", "PUT"));
  EXPECT_THAT(router.match("GET", "/v1/other", false).allowed, IsEmpty());
  EXPECT_EQ(matched(router, "HEAD", "/v1/1/y"), "/v1/{x}/y");
}

TEST(Router, KeepsGrpcAndHttpApart) {
  Router router = router_of({{"POST", "/a.B/C"}});
  Router more;
  more.add({.kind = RouteKind::kGrpcUnary, .pattern = "/a.B/D", .handler = kNoHandler});
  router.add_all(std::move(more));
  EXPECT_EQ(router.match("POST", "/a.B/C", true).route, nullptr);
  ASSERT_NE(router.match("POST", "/a.B/D", true).route, nullptr);
  EXPECT_EQ(router.match("POST", "/a.B/D", false).route, nullptr);
}

TEST(Cors, ComparesOriginsWithPatterns) {
  const CorsOptions cors{.allowed_origins = {"https://app.example", "http://*.dev.test:*"},
                         .allowed_headers = {}};
  EXPECT_TRUE(allows_origin(cors, "https://app.example"));
  EXPECT_TRUE(allows_origin(cors, "HTTPS://App.Example"));
  EXPECT_FALSE(allows_origin(cors, "https://app.example.evil"));
  EXPECT_FALSE(allows_origin(cors, "https://evil.example"));
  const CorsOptions wild{.allowed_origins = {"https://*.example"}, .allowed_headers = {}};
  EXPECT_TRUE(allows_origin(wild, "https://a.b.example"));
  EXPECT_FALSE(allows_origin(wild, "https://.example"));
  EXPECT_FALSE(allows_origin(wild, "https://evil.test/.example"));
  EXPECT_FALSE(allows_origin(wild, "http://a.example"));
  EXPECT_TRUE(allows_origin({.allowed_origins = {"*"}, .allowed_headers = {}}, "null"));
}

Request preflight(std::string method, std::string headers) {
  Request request;
  request.method = "OPTIONS";
  request.headers.add("origin", "https://app.example");
  request.headers.add("access-control-request-method", std::move(method));
  if (!headers.empty()) request.headers.add("access-control-request-headers", std::move(headers));
  return request;
}

TEST(Cors, AnswersPreflights) {
  CorsOptions cors{.allowed_origins = {"https://app.example"},
                   .allowed_headers = {"x-scope-orgid"}};
  EXPECT_TRUE(is_preflight(preflight("POST", "")));
  const Response yes = answer_preflight(cors, preflight("POST", "Content-Type, X-Scope-OrgID"));
  EXPECT_EQ(yes.status, 204);
  EXPECT_EQ(yes.headers.get("access-control-allow-methods"), "POST");
  EXPECT_EQ(yes.headers.get("access-control-allow-headers"), "Content-Type, X-Scope-OrgID");
  EXPECT_EQ(yes.headers.get("access-control-max-age"), "7200");
  for (const Request& no : {preflight("POST", "x-other"), preflight("TRACE", "")}) {
    EXPECT_FALSE(answer_preflight(cors, no).headers.get("access-control-allow-origin"));
  }
  cors.allowed_headers = {"*"};
  EXPECT_TRUE(answer_preflight(cors, preflight("POST", "x-other"))
                  .headers.get("access-control-allow-headers"));
}

TEST(QueryString, DecodesNamesAndValues) {
  const auto query = QueryString::parse("service=a%20b+c&tag=x&tag=%7B%22k%22%7D&flag&&=z");
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(query->get("service"), "a b c");
  EXPECT_THAT(query->get_all("tag"), ElementsAre("x", "{\"k\"}"));
  EXPECT_EQ(query->get("flag"), "");
  EXPECT_EQ(query->get(""), "z");
  EXPECT_FALSE(query->get("other"));
  EXPECT_EQ(QueryString::parse("")->size(), 0U);
}

TEST(QueryString, RefusesBadEscapesAndTooManyParameters) {
  EXPECT_FALSE(QueryString::parse("a=%2").has_value());
  EXPECT_FALSE(QueryString::parse("%zz=1").has_value());
  std::string many;
  for (std::size_t i = 0; i < QueryString::kMaxParameters; ++i) many += "a&";
  EXPECT_TRUE(QueryString::parse(many).has_value());
  EXPECT_FALSE(QueryString::parse(many + "a").has_value());
}

TEST(Percent, KeepsPlusesInPathsAndEncodesGrpcMessages) {
  EXPECT_EQ(percent_decode("a+b%2b"), "a+b+");
  EXPECT_FALSE(percent_decode("%"));
  EXPECT_FALSE(percent_decode("%a"));
  EXPECT_EQ(percent_encode_grpc_message("50% \xc3\xa4\n"), "50%25 %C3%A4%0A");
}

TEST(Compress, ReadsAcceptEncoding) {
  EXPECT_TRUE(accepts_gzip("gzip"));
  EXPECT_TRUE(accepts_gzip("br;q=1, gzip ;q=0.1"));
  EXPECT_TRUE(accepts_gzip("*"));
  EXPECT_FALSE(accepts_gzip(""));
  EXPECT_FALSE(accepts_gzip("br"));
  EXPECT_FALSE(accepts_gzip("gzip;q=0"));
  EXPECT_FALSE(accepts_gzip("gzip; q=0.000, br"));
}

TEST(Compress, CompressesOnlyWhatIsWorthIt) {
  Response text = Response::json(std::string(2000, 'x'));
  compress_if_useful(text);
  EXPECT_EQ(text.headers.get("content-encoding"), "gzip");
  EXPECT_EQ(decompress("gzip", text.body.view, 10000)->text(), std::string(2000, 'x'));
  Response small = Response::json(std::string(1000, 'x'));
  compress_if_useful(small);
  EXPECT_FALSE(small.headers.get("content-encoding"));
  Response image = Response::of(200, "image/png", std::string(2000, 'x'));
  compress_if_useful(image);
  EXPECT_FALSE(image.headers.get("content-encoding"));
  Response packed = Response::json(std::string(2000, 'x'));
  packed.headers.add("content-encoding", "br");
  compress_if_useful(packed);
  EXPECT_EQ(packed.body.size(), 2000U);
}

TEST(ErrorStatus, GivesEachCodeOneStatusOfEachProtocol) {
  EXPECT_EQ(grpc_status(ErrorCode::kInvalidArgument), 3);
  EXPECT_EQ(grpc_status(ErrorCode::kResourceExhausted), 8);
  EXPECT_EQ(http_status(ErrorCode::kResourceExhausted), 429);
  EXPECT_EQ(http_status(ErrorCode::kUnavailable), 503);
  for (int code = 0; code <= 8; ++code) {
    // What OTLP clients repeat over gRPC they repeat over HTTP, and the other way round.
    const auto error = static_cast<ErrorCode>(code);
    EXPECT_GE(http_status(error), 400);
    EXPECT_GE(http_status_of_grpc(grpc_status(error)), 400);
  }
  EXPECT_EQ(http_status_of_grpc(0), 200);
  EXPECT_EQ(http_status_of_grpc(16), 401);
  EXPECT_THAT(Response::failure(not_found("trace not found")).body.text(),
              HasSubstr("trace not found"));
}

}  // namespace
}  // namespace cairn::net
