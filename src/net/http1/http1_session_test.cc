// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/testing/raw_client.h"
#include "net/testing/test_server.h"

namespace cairn::net {
namespace {

using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::RawClient;
using testing::read_answer;
using testing::TestServer;

std::string get(std::string_view path, std::string_view more = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nhost: x\r\n" + std::string(more) + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view more = "") {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nhost: x\r\ncontent-length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more) + "\r\n" + std::string(body);
}

TEST(Http1, AnswersARequestAndKeepsTheConnection) {
  TestServer server;
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/hello"));
    const HttpAnswer answer = read_answer(client);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.headers.at("content-type"), "text/plain");
    EXPECT_EQ(answer.headers.count("date"), 1U);
    EXPECT_EQ(answer.headers.count("connection"), 0U);
  }
  EXPECT_TRUE(server.wait_metric(
      "cairn_net_requests_total{listener=\"test\",protocol=\"http1\",code=\"200\"} 3"));
}

TEST(Http1, AnswersPipelinedRequestsInTheirOrder) {
  TestServer server;
  RawClient client(server.port());
  std::string all = post("/later", "first");
  for (int i = 0; i < 50; ++i) all += get("/items/" + std::to_string(i));
  client.send(all);
  ASSERT_TRUE(server.wait_waiting(1));
  server.release();
  EXPECT_EQ(read_answer(client).body, "first");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(read_answer(client).body, std::to_string(i));
}

TEST(Http1, AnswersAllThatAClientSentBeforeItEndedItsSide) {
  TestServer server;
  RawClient client(server.port());
  std::string all = post("/later", "first");
  for (int i = 0; i < 50; ++i) all += get("/items/" + std::to_string(i));
  client.send(all + "GET /half");
  ASSERT_TRUE(server.wait_waiting(1));
  client.end_sending();
  // An answer from each I/O thread: both have looked since, and seen that end.
  for (int i = 0; i < 2; ++i) {
    RawClient other(server.port());
    other.send(get("/hello"));
    EXPECT_EQ(read_answer(other).body, "hello");
  }
  EXPECT_EQ(server.cancelled(), 0U);
  server.release();
  EXPECT_EQ(read_answer(client).body, "first");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(read_answer(client).body, std::to_string(i));
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(Http1, UnderstandsARequestThatComesByteByByte) {
  TestServer server;
  RawClient client(server.port());
  for (const char c : post("/echo", "slow but whole")) client.send(std::string_view(&c, 1));
  EXPECT_EQ(read_answer(client).body, "slow but whole");
}

TEST(Http1, ReceivesALargeBodyOfKnownLength) {
  TestServer server;
  RawClient client(server.port());
  std::string body(5'000'000, 'a');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  client.send(post("/later", body));
  ASSERT_TRUE(server.wait_waiting(1));
  server.release();
  EXPECT_EQ(read_answer(client).body, body);
}

TEST(Http1, ReceivesAChunkedBodyHoweverItIsCut) {
  TestServer server;
  for (const std::size_t cut : {1U, 2U, 3U, 7U, 64U, 10000U}) {
    RawClient client(server.port());
    const std::string request =
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
        "5;name=value\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\ntrailer: x\r\n\r\n";
    for (std::size_t at = 0; at < request.size(); at += cut) client.send(request.substr(at, cut));
    const HttpAnswer answer = read_answer(client);
    EXPECT_EQ(answer.body, "hello 0123456789") << cut;
    client.send(get("/hello"));
    EXPECT_EQ(read_answer(client).body, "hello") << cut;
  }
}

TEST(Http1, RefusesChunksThatAreNotQuiteChunks) {
  TestServer server;
  const char* cases[] = {
      "5\nhello\r\n0\r\n\r\n",           // a line that ends with LF alone
      "5\r\nhello0\r\n\r\n",             // no CRLF behind the data
      "5\r\nhello!\r\n0\r\n\r\n",        // more data than said
      "\r\nhello\r\n0\r\n\r\n",          // no size
      "0x5\r\nhello\r\n0\r\n\r\n",       // another notation
      "-5\r\nhello\r\n0\r\n\r\n",        // a sign
      "10000000000000005\r\nhello\r\n",  // 2^64 + 5
      "5;a=\nb\r\nhello\r\n0\r\n\r\n",   // a line feed within an extension
      "0\r\ntrailer: a\nb: c\r\n\r\n",   // and within a trailer
  };
  for (const char* body : cases) {
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n" +
                std::string(body));
    EXPECT_EQ(read_answer(client).status, 400) << body;
    EXPECT_TRUE(client.wait_closed()) << body;
  }
  RawClient chatty(server.port());
  chatty.send("POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  std::string chunk = "1;" + std::string(1000, 'e') + "\r\nx\r\n";
  for (int i = 0; i < 70; ++i) chatty.send(chunk);
  EXPECT_EQ(read_answer(chatty).status, 400);  // more extension than any client needs
}

TEST(Http1, AsksForABodyThatWaitsForThat) {
  TestServer server;
  RawClient client(server.port());
  client.send(
      "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n");
  EXPECT_EQ(read_answer(client).status, 100);
  client.send("ok");
  EXPECT_EQ(read_answer(client).body, "ok");
}

TEST(Http1, RefusesABodyBeforeItIsSentWhenTheClientAsks) {
  ServerLimits limits;
  limits.body_bytes = 10;
  TestServer server(limits);
  RawClient client(server.port());
  client.send(
      "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\nexpect: 100-continue\r\n\r\n");
  EXPECT_EQ(read_answer(client).status, 413);
  EXPECT_TRUE(client.wait_closed());
}

TEST(Http1, AnswersHeadWithTheLengthAndWithoutTheBody) {
  TestServer server;
  RawClient client(server.port());
  client.send("HEAD /hello HTTP/1.1\r\nhost: x\r\n\r\n" + get("/items/next"));
  const HttpAnswer answer = read_answer(client, true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-length"), "5");
  EXPECT_EQ(read_answer(client).body, "next");
}

TEST(Http1, ServesHttp10AndClosesUnlessAskedToStay) {
  TestServer server;
  RawClient closing(server.port());
  closing.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_THAT(closing.read_to_end(), HasSubstr("HTTP/1.0 200 OK\r\n"));
  RawClient staying(server.port());
  staying.send("GET /hello HTTP/1.0\r\nconnection: keep-alive\r\n\r\n");
  EXPECT_EQ(read_answer(staying).headers.at("connection"), "keep-alive");
  staying.send("GET /items/2 HTTP/1.0\r\nconnection: keep-alive\r\n\r\n");
  EXPECT_EQ(read_answer(staying).body, "2");
}

TEST(Http1, SaysWhatIsWrongWithAPathOrAMethod) {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/nowhere"));
  HttpAnswer answer = read_answer(client);
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "404 page not found");
  client.send(get("/echo"));
  answer = read_answer(client);
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.body, "405 method not allowed, supported: [POST]");
  EXPECT_EQ(answer.headers.at("allow"), "POST");
  EXPECT_THAT(answer.headers.at("content-type"), HasSubstr("text/plain"));
}

TEST(Http1, RefusesMalformedRequests) {
  TestServer server;
  const std::pair<std::string, int> cases[] = {
      {"nonsense\r\n\r\n", 400},
      {"GET /hello HTTP/1.1\r\n\r\n", 400},
      {"GET /hello HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n", 400},
      {"GET /hello HTTP/3.0\r\nhost: x\r\n\r\n", 505},
      {"GET hello HTTP/1.1\r\nhost: x\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", 400},
      {"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n"
       "0\r\n\r\n",
       400},
      {"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400},
      {"GET /hello HTTP/1.1\r\nhost: x\r\nbad name: y\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\nhost: x\r\nexpect: magic\r\ncontent-length: 1\r\n\r\na", 417},
      {"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-encoding: br\r\ncontent-length: 1\r\n\r\na", 400},
  };
  for (const auto& [request, status] : cases) {
    RawClient client(server.port());
    client.send(request);
    EXPECT_EQ(read_answer(client).status, status) << request;
    EXPECT_TRUE(client.wait_closed()) << request;
  }
}

TEST(Http1, LimitsHeaders) {
  ServerLimits limits;
  limits.header_bytes = 1000;
  TestServer server(limits);
  RawClient client(server.port());
  client.send(get("/hello", "padding: " + std::string(2000, 'x') + "\r\n"));
  EXPECT_EQ(read_answer(client).status, 431);
  EXPECT_TRUE(client.wait_closed());
  RawClient endless(server.port());
  endless.send("GET /hello HTTP/1.1\r\nhost: x\r\n" + std::string(1500, 'y'));
  EXPECT_EQ(read_answer(endless).status, 431);
  RawClient small(server.port());
  small.send(get("/hello", "padding: " + std::string(800, 'x') + "\r\n"));
  EXPECT_EQ(read_answer(small).status, 200);
}

TEST(Http1, LimitsBodiesOfKnownAndUnknownLength) {
  ServerLimits limits;
  limits.body_bytes = 100;
  TestServer server(limits);
  RawClient known(server.port());
  known.send(post("/echo", std::string(101, 'x')));
  EXPECT_EQ(read_answer(known).status, 413);
  RawClient chunked(server.port());
  chunked.send("POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n65\r\n" +
               std::string(101, 'x') + "\r\n0\r\n\r\n");
  EXPECT_EQ(read_answer(chunked).status, 413);
  RawClient fits(server.port());
  fits.send("POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n64\r\n" +
            std::string(100, 'x') + "\r\n0\r\n\r\n");
  EXPECT_EQ(read_answer(fits).status, 200);
}

TEST(Http1, DecodesAPercentEncodedPathSegment) {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/items/a%2Fb%20c"));
  EXPECT_EQ(read_answer(client).body, "a/b c");
  client.send(get("http://somewhere:80/items/absolute"));
  EXPECT_EQ(read_answer(client).body, "absolute");
}

TEST(Http1, AnswersForAHandlerThatDropsItsResponder) {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/dropped"));
  const HttpAnswer answer = read_answer(client);
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("no answer"));
}

TEST(Http1, CompressesLongTextForClientsThatAcceptIt) {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/long", "accept-encoding: br, gzip;q=0.5\r\n"));
  HttpAnswer answer = read_answer(client);
  EXPECT_EQ(answer.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(answer.headers.at("vary"), "accept-encoding");
  EXPECT_LT(answer.body.size(), 200U);
  client.send(get("/long", "accept-encoding: gzip;q=0\r\n"));
  answer = read_answer(client);
  EXPECT_EQ(answer.headers.count("content-encoding"), 0U);
  EXPECT_EQ(answer.body.size(), 4098U);
}

}  // namespace
}  // namespace cairn::net
