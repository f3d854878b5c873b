// SPDX-License-Identifier: Apache-2.0
#include "cli/import/json_pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/import/import_testing.h"

namespace cairn::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "line: text" of each piece, or "line! problem".
std::vector<std::string> cut(const std::string& text, std::size_t step = 1 << 20,
                             std::size_t most = JsonPieces::kMostBytes) {
  testing::TextSource source(text, step);
  JsonPieces pieces(source, most);
  std::vector<std::string> all;
  for (;;) {
    auto piece = pieces.next();
    if (!piece) return {piece.error().message};
    if (!*piece) return all;
    const bool is_good = (*piece)->problem.empty();
    all.push_back(std::to_string((*piece)->line) + (is_good ? ": " : "! ") +
                  (is_good ? (*piece)->text : (*piece)->problem));
  }
}

TEST(JsonPieces, CutsLines) {
  EXPECT_THAT(cut("{\"a\":1}\n{\"a\":2}\n"), ElementsAre("1: {\"a\":1}", "2: {\"a\":2}"));
  EXPECT_THAT(cut("\n \n[1]\r\n\n[2]"), ElementsAre("3: [1]\r", "5: [2]"));
  EXPECT_THAT(cut("\xef\xbb\xbf{}\n{}"), ElementsAre("1: {}", "2: {}"));
  EXPECT_THAT(cut("{\"data\":[{}]}"), ElementsAre("1: {\"data\":[{}]}"));
  EXPECT_THAT(cut(""), IsEmpty());
  EXPECT_THAT(cut("\n\n"), IsEmpty());
}

TEST(JsonPieces, ABrokenLineIsOnePieceLikeAnother) {
  EXPECT_THAT(cut("{\"a\":\"br\n{\"a\":2}\nnonsense\n[[[[\n{}\n"),
              ElementsAre("1: {\"a\":\"br", "2: {\"a\":2}", "3: nonsense", "4: [[[[", "5: {}"));
}

TEST(JsonPieces, CutsAList) {
  EXPECT_THAT(cut("[\n {\"a\":\n \"]}\\\"\"},\n {\"b\":[{}]}\n]\n"),
              ElementsAre("2: {\"a\":  \"]}\\\"\"}", "4: {\"b\":[{}]}"));
  EXPECT_THAT(cut("[\n[1,2],[3]]\n[{}]"), ElementsAre("2: [1,2]", "2: [3]", "3: {}"));
}

TEST(JsonPieces, CutsTheTracesOfAJaegerAnswer) {
  EXPECT_THAT(cut("{\n\"total\":0, \"x\":{\"data\":[9]}, \"y\":\"data\", \"data\" : [\n{\"t\":1},\n"
                  "{\"t\":2}], \"errors\":[{}]\n}\n{\"more\":1}"),
              ElementsAre("3: {\"t\":1}", "4: {\"t\":2}", "6: {\"more\":1}"));
}

TEST(JsonPieces, CutsOneLargeOtlpDocument) {
  for (const char* name : {"resourceSpans", "resource_spans"}) {
    EXPECT_THAT(
        cut("{\n\"" + std::string(name) + "\":[{\"a\":1},{\"b\":2}]}"),
        ElementsAre("2: {\"resourceSpans\":[{\"a\":1}]}", "2: {\"resourceSpans\":[{\"b\":2}]}"));
  }
}

TEST(JsonPieces, AnObjectWithoutSuchAListIsOnePiece) {
  EXPECT_THAT(cut("{\n\"traceID\":\"1\",\n\"spans\":[{}]}"),
              ElementsAre("1: { \"traceID\":\"1\", \"spans\":[{}]}"));
}

TEST(JsonPieces, ChunksOfAnySizeGiveTheSamePieces) {
  const std::string text = "{\"data\":[\n{\"a\":\"\\\"]\"},{\"b\":[1,{}]}],\n\"x\":1}\n{}";
  const auto whole = cut(text);
  for (std::size_t step = 1; step < 20; ++step) EXPECT_EQ(cut(text, step), whole) << step;
}

TEST(JsonPieces, WhatIsTooLongIsLeftOutAndNamed) {
  const std::string large = "{\"a\":\"" + std::string(5000, 'x') + "\"}";
  EXPECT_THAT(cut("{}\n" + large + "\n{}\n", 7, 1000),
              ElementsAre("1: {}", "2! longer than 1000 bytes", "3: {}"));
  EXPECT_THAT(cut("[\n{},\n" + large + ",\n{}]", 7, 1000),
              ElementsAre("2: {}", "3! longer than 1000 bytes", "4: {}"));
  // One line without an end is still cut when its list allows it.
  std::string list = "[";
  for (int i = 0; i < 1000; ++i) list += "{\"n\":1},";
  EXPECT_EQ(cut(list + "{}]", 64, 1000).size(), 1001U);
}

TEST(JsonPieces, SaysWhereADocumentBreaksOff) {
  EXPECT_THAT(cut("[\n{\"a\":1},\n{\"b\":"),
              ElementsAre("2: {\"a\":1}", "3! the file ends within an object"));
  EXPECT_THAT(cut("[\n{\"a\":1},\n"),
              ElementsAre("2: {\"a\":1}", "3! the file ends within a list"));
  EXPECT_THAT(cut("[\n{\"a\":1},\nnull, {}]"),
              ElementsAre("2: {\"a\":1}",
                          "3! neither a list nor an object; the rest of the file is left out"));
}

}  // namespace
}  // namespace cairn::cli
