// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/http/http_client.h"

#include <atomic>
#include <filesystem>
#include <future>
#include <vector>

#include <gtest/gtest.h>
#include <netdb.h>

#include "sdk/export/testing/batches.h"
#include "sdk/export/testing/http_server.h"
#include "sdk/export/testing/resolver_trap.h"

namespace cairn::trace::transport {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Answer;
using testing::HttpServer;
using testing::reply;
using testing::ResolverTrap;
using testing::within;
using Clock = std::chrono::steady_clock;

HttpClient client_of(const std::string& url, std::size_t max_response_size = 1 << 20) {
  HttpOptions options;
  options.url = url;
  options.user_agent = "test";
  options.max_response_size = max_response_size;
  return HttpClient(options);
}

HttpAnswer post(HttpClient& client, const std::string& body = "body",
                milliseconds wait = seconds(10)) {
  return client.post({segment(body)}, "", within(wait));
}

TEST(HttpClient, PostsSegmentsOverOneConnection) {
  HttpServer server({reply(200, "first"), reply(202, "second", "Content-Type: text/plain\r\n")});
  HttpClient client = client_of(server.url("/path?q=1"));
  const HttpAnswer first =
      client.post({segment("a"), segment(""), segment("bc")}, "X-One: 1", within(seconds(10)));
  EXPECT_EQ(first.status, 200);
  EXPECT_TRUE(first.complete && first.connected) << first.error;
  EXPECT_EQ(first.body, "first");
  const HttpAnswer second = post(client);
  EXPECT_EQ(second.status, 202);
  EXPECT_EQ(second.content_type, "text/plain");

  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].start, "POST /path?q=1 HTTP/1.1");
  EXPECT_EQ(requests[0].body, "abc");
  EXPECT_EQ(requests[0].headers.at("x-one"), "1");
  EXPECT_EQ(requests[0].headers.at("user-agent"), "test");
  EXPECT_EQ(requests[0].headers.count("expect"), 0U);
  EXPECT_EQ(requests[1].headers.count("x-one"), 0U);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, LargeBodiesArriveWhole) {
  HttpServer server({reply(200)});
  HttpClient client = client_of(server.url("/"));
  std::string body(5'000'000, ' ');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 7 + i / 999);
  Segments segments;
  for (std::size_t at = 0; at < body.size(); at += 60'001) {
    segments.push_back(segment(std::string_view(body).substr(at, 60'001)));
  }
  EXPECT_TRUE(client.post(segments, "", within(seconds(10))).complete);
  EXPECT_TRUE(server.requests().at(0).body == body);
  EXPECT_EQ(server.requests().at(0).headers.count("expect"), 0U);
}

TEST(HttpClient, EmptyBodiesAreBodies) {
  HttpServer server({reply(200)});
  HttpClient client = client_of(server.url("/"));
  EXPECT_EQ(client.post({}, "", within(seconds(10))).status, 200);
  EXPECT_EQ(server.requests().at(0).headers.at("content-length"), "0");
}

TEST(HttpClient, ReplacesAConnectionThatTheServerClosed) {
  HttpServer server({{reply(200).bytes, Answer::Then::kClose}, reply(201)});
  HttpClient client = client_of(server.url("/"));
  EXPECT_EQ(post(client, std::string(100'000, 'x')).status, 200);
  ASSERT_TRUE(server.wait_for_no_connections());
  EXPECT_EQ(post(client, std::string(100'000, 'y')).status, 201);
  EXPECT_EQ(server.requests().at(1).body, std::string(100'000, 'y'));
}

TEST(HttpClient, RefusedConnectionsAreToldApart) {
  HttpClient client = client_of("http://127.0.0.1:" + std::to_string(testing::closed_port()));
  const HttpAnswer answer = post(client);
  EXPECT_EQ(answer.status, 0);
  EXPECT_FALSE(answer.complete || answer.connected);
  EXPECT_NE(answer.error, "");
}

TEST(HttpClient, GivesUpAtTheDeadline) {
  HttpServer server({{"", Answer::Then::kHang}, reply(200)});
  HttpClient client = client_of(server.url("/"));
  const auto start = Clock::now();
  const HttpAnswer answer = post(client, "body", milliseconds(100));
  EXPECT_FALSE(answer.complete);
  EXPECT_TRUE(answer.connected);
  EXPECT_GE(Clock::now() - start, milliseconds(100));
  EXPECT_LT(Clock::now() - start, seconds(5));
  // The next one does not wait behind it.
  EXPECT_EQ(post(client).status, 200);
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpClient, DoesNotStartWithoutTime) {
  HttpServer server({reply(200)});
  HttpClient client = client_of(server.url("/"));
  EXPECT_FALSE(post(client, "body", milliseconds(-1)).complete);
  EXPECT_EQ(server.connections(), 0);
}

TEST(HttpClient, InterruptSeesTheHastenedDeadline) {
  HttpServer server({{"", Answer::Then::kHang}});
  HttpClient client = client_of(server.url("/"));
  ExportDeadline deadline(Clock::now() + seconds(60));
  auto answer =
      std::async(std::launch::async, [&] { return client.post({segment("body")}, "", deadline); });
  ASSERT_TRUE(server.wait_for_requests(1));
  const auto start = Clock::now();
  deadline.hasten(start);
  client.interrupt();
  EXPECT_FALSE(answer.get().complete);
  EXPECT_LT(Clock::now() - start, milliseconds(900));
}

TEST(HttpClient, InterruptAloneChangesNothing) {
  HttpServer server({reply(200)});
  HttpClient client = client_of(server.url("/"));
  client.interrupt();
  EXPECT_EQ(post(client).status, 200);
}

TEST(HttpClient, HugeAnswersAreCutOff) {
  HttpServer server({reply(200, std::string(3'000'000, 'x')), reply(200, "small")});
  HttpClient client = client_of(server.url("/"), 1000);
  const HttpAnswer answer = post(client);
  EXPECT_TRUE(answer.too_large);
  EXPECT_FALSE(answer.complete);
  EXPECT_LE(answer.body.size(), 1000U);
  EXPECT_EQ(post(client).body, "small");
}

TEST(HttpClient, AnswersOfExactlyTheLimitAreTaken) {
  HttpServer server({reply(200, std::string(1000, 'x')), reply(200, std::string(1001, 'x'))});
  HttpClient client = client_of(server.url("/"), 1000);
  EXPECT_TRUE(post(client).complete);
  EXPECT_TRUE(post(client).too_large);
}

TEST(HttpClient, HugeHeadersAreNotKept) {
  const std::string value(60'000, 'x');
  HttpServer server({reply(200, "", "Content-Type: " + value + "\r\n")});
  HttpClient client = client_of(server.url("/"));
  EXPECT_EQ(post(client).content_type, "");
}

TEST(HttpClient, SlowAnswersEndAtTheDeadline) {
  HttpServer server(
      {{"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", Answer::Then::kDribble}});
  HttpClient client = client_of(server.url("/"));
  const auto start = Clock::now();
  const HttpAnswer answer = post(client, "body", milliseconds(200));
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.complete);
  EXPECT_LT(Clock::now() - start, seconds(5));
}

TEST(HttpClient, DisconnectInTheMiddleIsNoAnswer) {
  HttpServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Answer::Then::kClose},
                     {"HTTP/1.", Answer::Then::kClose},
                     reply(200)});
  HttpClient client = client_of(server.url("/"));
  EXPECT_FALSE(post(client).complete);
  EXPECT_FALSE(post(client).complete);
  EXPECT_TRUE(post(client).complete);
}

TEST(HttpClient, FollowsNoRedirect) {
  HttpServer server({reply(307, "", "Location: /elsewhere\r\n")});
  HttpClient client = client_of(server.url("/"));
  EXPECT_EQ(post(client).status, 307);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(HttpClient, KeepsNoCookies) {
  HttpServer server({reply(200, "", "Set-Cookie: a=b\r\n")});
  HttpClient client = client_of(server.url("/"));
  post(client);
  post(client);
  EXPECT_EQ(server.requests().at(1).headers.count("cookie"), 0U);
}

TEST(HttpClient, ReadsRetryAfter) {
  HttpServer server({reply(503, "", "Retry-After: 7\r\n"), reply(503),
                     reply(503, "", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n"),
                     reply(503, "", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
                     reply(503, "", "Retry-After: 99999999999999999999999\r\n"),
                     reply(503, "", "Retry-After: soon\r\n"),
                     reply(503, "", "Retry-After: -5\r\n")});
  HttpClient client = client_of(server.url("/"));
  EXPECT_EQ(post(client).retry_after, seconds(7));
  EXPECT_EQ(post(client).retry_after, seconds(0));
  EXPECT_GT(post(client).retry_after, std::chrono::hours(24));
  EXPECT_EQ(post(client).retry_after, seconds(0));
  EXPECT_EQ(post(client).retry_after, seconds(0));
  EXPECT_EQ(post(client).retry_after, seconds(0));
  EXPECT_EQ(post(client).retry_after, seconds(0));
}

TEST(HttpClient, InterimAnswersAreNotTheAnswer) {
  HttpServer server(
      {{"HTTP/1.1 103 Early Hints\r\nContent-Type: x\r\n\r\n" + reply(200, "done").bytes,
        Answer::Then::kKeep}});
  HttpClient client = client_of(server.url("/"));
  const HttpAnswer answer = post(client);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "");
}

// As interim answers, in the head, and as trailers.
TEST(HttpClient, RefusesAHeadWithoutEnd) {
  const std::string line = "X-More: " + std::string(1000, 'x') + "\r\n";
  std::string lines, interim;
  while (lines.size() < 600 * 1024) lines += line;
  while (interim.size() < 600 * 1024) interim += "HTTP/1.1 103 Early Hints\r\n" + line + "\r\n";
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  HttpServer server({{"HTTP/1.1 200 OK\r\n" + lines + "\r\n", Answer::Then::kHang},
                     {interim, Answer::Then::kHang},
                     {chunked + lines, Answer::Then::kHang},
                     reply(200, "good")});
  HttpClient client = client_of(server.url("/"));
  for (int i = 0; i < 3; ++i) {
    const auto start = Clock::now();
    const HttpAnswer answer = post(client, "body", std::chrono::minutes(1));
    EXPECT_FALSE(answer.complete) << i;
    EXPECT_NE(answer.error, "") << i;
    EXPECT_LT(Clock::now() - start, seconds(30)) << i;
  }
  EXPECT_EQ(post(client).body, "good");
}

TEST(HttpClient, OnlyTheFirstLineIsAStatusLine) {
  HttpServer server(
      {{"HTTP/1.1 500 Oh\r\nHTTP/1.1 200: OK\r\nContent-Length: 0\r\n\r\n", Answer::Then::kClose},
       {"HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        "HTTP/1.1 200: OK\r\n\r\n",
        Answer::Then::kClose}});
  HttpClient client = client_of(server.url("/"));
  EXPECT_EQ(post(client).status, 500);
  EXPECT_EQ(post(client).status, 500);
}

TEST(HttpClient, AnAnswerThatIsCutAtAnyByteIsNotComplete) {
  const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX: y\r\n\r\nbody";
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n";
  std::vector<Answer> cut;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    cut.push_back({whole.substr(0, size), Answer::Then::kClose});
  }
  // After its last line the body is whole, whatever becomes of the trailers.
  for (std::size_t size = 0; size < chunked.size() - 3; ++size) {
    cut.push_back({chunked.substr(0, size), Answer::Then::kClose});
  }
  cut.push_back({whole, Answer::Then::kClose});
  HttpServer server(cut);
  HttpClient client = client_of(server.url("/"));
  for (std::size_t i = 0; i + 1 < cut.size(); ++i) {
    EXPECT_FALSE(post(client).complete) << cut[i].bytes;
  }
  EXPECT_EQ(post(client).body, "body");
}

TEST(HttpClient, LosesNoDescriptors) {
  HttpServer server({{"", Answer::Then::kClose},
                     {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", Answer::Then::kClose},
                     reply(200),
                     {"no HTTP at all\r\n\r\n", Answer::Then::kClose}});
  const auto open_descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  HttpClient unused = client_of(server.url("/"));  // loads what is loaded once
  (void)post(unused);
  EXPECT_TRUE(server.wait_for_no_connections());
  const auto before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    HttpClient client = client_of(server.url("/"));
    for (int j = 0; j < 3; ++j) (void)post(client);
  }
  EXPECT_TRUE(server.wait_for_no_connections());
  EXPECT_LE(open_descriptors(), before);
}

// A resolver that does not answer must not hold a flush or an exit.
TEST(HttpClient, GivesUpAtTheDeadlineWhileResolving) {
  const ResolverTrap trap;
  HttpClient client = client_of(std::string("http://") + ResolverTrap::kHost + ":1/");
  const auto start = Clock::now();
  const HttpAnswer answer = post(client, "body", milliseconds(100));
  EXPECT_TRUE(trap.wait_until_entered());
  EXPECT_FALSE(answer.complete || answer.connected);
  EXPECT_LT(Clock::now() - start, seconds(5));
}

TEST(ParseUrl, SaysWhatIsWrong) {
  ParsedUrl parsed;
  std::string error;
  for (const char* wrong :
       {"", "localhost:4318", "http://", "http:///v1", "unix:///run/x", "ftp://host/",
        "http://ho st/", "http://host:99999/", "http://host:x/", "http://host/\r\nX: 1"}) {
    error.clear();
    EXPECT_FALSE(parse_url(wrong, "", parsed, error)) << wrong << " -> " << parsed.url;
    EXPECT_NE(error, "") << wrong;
  }
  EXPECT_FALSE(parse_url("unix:///run/x", "", parsed, error));
  EXPECT_EQ(error, "the address 'unix:///run/x' is of no use: http:// or https:// is needed");
}

TEST(ParseUrl, HidesSecretsInLogs) {
  ParsedUrl parsed;
  std::string error;
  for (const char* wrong : {"me:secret@h:1", "ftp://me:secret@h/", "http://me:secret@h:x/",
                            "http://me:secret@ho st/"}) {
    EXPECT_FALSE(parse_url(wrong, "", parsed, error));
    EXPECT_EQ(error.find("secret"), std::string::npos) << error;
  }
  ASSERT_TRUE(parse_url("https://me:secret@Host:4318/v1?key=x#f", "", parsed, error)) << error;
  EXPECT_EQ(parsed.url, "https://me:secret@Host:4318/v1?key=x");
  EXPECT_EQ(parsed.for_log, "https://Host:4318/v1");
}

TEST(ParseUrl, ReplacesThePath) {
  ParsedUrl parsed;
  std::string error;
  ASSERT_TRUE(parse_url("HTTP://[::1]:4317/x?y", "/a.b/C", parsed, error)) << error;
  EXPECT_EQ(parsed.url, "http://[::1]:4317/a.b/C");
}

}  // namespace
}  // namespace cairn::trace::transport
