// SPDX-License-Identifier: Apache-2.0
#include "api/request/json_answer.h"

#include <gtest/gtest.h>

#include "api/request/testing/test_call.h"

namespace cairn::api::request {
namespace {

net::Router routed(std::function<void(JsonAnswer&)> write, bool pretty = false) {
  net::Router router;
  router.add(
      {.pattern = "/",
       .handler =
           [write = std::move(write), pretty](const net::Request&, net::Responder responder) {
             JsonAnswer answer(std::move(responder), pretty);
             write(answer);
             answer.finish();
           },
       .body_limit = {}});
  return router;
}

// A list of `pieces` strings of a little more than half a piece each.
void write_large(JsonAnswer& answer, int pieces) {
  const std::string item = '"' + std::string(JsonAnswer::kPiece / 2 + 1, 'x') + '"';
  answer.text() += '[';
  for (int i = 0; i < pieces; ++i) {
    if (i != 0) answer.text() += ',';
    answer.text() += item;
    if (!answer.flush_if_large()) return;
  }
  answer.text() += ']';
}

TEST(JsonAnswer, SendsASmallOneAtOnce) {
  const Answer answer = test_call(routed([](JsonAnswer& a) {
                                    a.text() += "[1]";
                                    EXPECT_TRUE(a.flush_if_large());
                                  }),
                                  "GET", "/");
  EXPECT_EQ(answer.body, "[1]");
  EXPECT_EQ(answer.pieces, 0U);
  EXPECT_EQ(answer.header("content-type"), "application/json");
}

TEST(JsonAnswer, StreamsALargeOneInPieces) {
  const Answer answer = test_call(routed([](JsonAnswer& a) { write_large(a, 5); }), "GET", "/");
  EXPECT_EQ(answer.pieces, 3U);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_FALSE(answer.broken);
  EXPECT_EQ(answer.body.size(), 2 + 4 + 5 * (JsonAnswer::kPiece / 2 + 3));
  EXPECT_EQ(answer.body.front(), '[');
  EXPECT_EQ(answer.body.back(), ']');
}

TEST(JsonAnswer, IndentsAcrossPieces) {
  const Answer answer =
      test_call(routed([](JsonAnswer& a) { write_large(a, 3); }, true), "GET", "/");
  EXPECT_EQ(answer.body.substr(0, 7), "[\n    \"");
  EXPECT_EQ(answer.body.substr(answer.body.size() - 3), "\"\n]");
}

TEST(JsonAnswer, StopsWhenTheReaderIsGone) {
  const Answer answer =
      test_call(routed([](JsonAnswer& a) { write_large(a, 100); }), "GET", "/", {}, 1);
  EXPECT_EQ(answer.pieces, 1U);
  EXPECT_TRUE(answer.broken);
}

}  // namespace
}  // namespace cairn::api::request
