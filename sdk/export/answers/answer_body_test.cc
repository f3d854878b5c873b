// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/answers/answer_body.h"

#include <random>

#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include "sdk/export/answers/answer_json.h"
#include "sdk/export/answers/readable.h"

namespace cairn::trace::transport {
namespace {

std::string message_in(const std::string& json) {
  return read_status_message_json(json);
}

TEST(AnswerJson, UnescapesText) {
  EXPECT_EQ(message_in(R"({"message":"a\n\t\"\\\/b"})"), "a\n\t\"\\/b");
  EXPECT_EQ(message_in(R"({"message":"\u00e4\u20ac\ud83d\ude00"})"), "ä€😀");
  EXPECT_EQ(message_in(R"({"message":"\ud83dx\ude00"})"), "\uFFFDx\uFFFD");
  EXPECT_EQ(message_in(" {\t\"message\"\r\n: \"x\" } "), "x");
}

TEST(AnswerJson, SkipsWhatStandsBefore) {
  EXPECT_EQ(message_in(
                R"({"a":{"message":"no","b":[1,{"c":"]}"}]},"n":-1.5e3,"t":true,"message":"yes"})"),
            "yes");
}

TEST(AnswerJson, BrokenTextSaysNothing) {
  for (const char* text : {"", "[]", "{", "{\"message\"", "{\"message\":", "{\"message\":{}}",
                           "{\"message\":\"x", "{\"message\":\"\\u12\"}", "{\"a\":}", "nonsense",
                           "{\"a\":],\"message\":\"x\"}", "{,\"message\":\"x\"}"}) {
    (void)read_partial_success_json(text);
    const std::string message = message_in(text);
    EXPECT_TRUE(message.empty() || message == "x") << text << " -> " << message;
  }
}

TEST(AnswerJson, DepthCostsNothing) {
  const std::string deep(1'000'000, '[');
  EXPECT_EQ(message_in("{\"a\":" + deep + std::string(1'000'000, ']') + ",\"message\":\"x\"}"),
            "x");
  EXPECT_EQ(message_in("{\"a\":" + deep), "");
}

TEST(AnswerBody, DamagedBytesAreRead) {
  google::rpc::Status status;
  status.set_message("text");
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(5);
  status.add_details()->PackFrom(info);
  const std::string whole = status.SerializeAsString();
  EXPECT_EQ(read_retry_delay(whole), std::chrono::seconds(5));
  std::mt19937 random(7);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    std::string bytes = whole.substr(0, size);
    for (int i = 0; i < 200 && size != 0; ++i) {
      bytes[random() % size] = static_cast<char>(random());
      (void)read_retry_delay(bytes);
      (void)read_status_message(bytes);
      (void)read_partial_success(bytes);
      (void)read_partial_success_json(bytes);
      (void)readable(bytes);
    }
  }
}

TEST(Readable, KeepsTextAndHidesTheRest) {
  EXPECT_EQ(readable("ä€😀 plain"), "ä€😀 plain");
  EXPECT_EQ(readable("a\nb\x1b[31m\x7f"
                     "c\n"),
            "a b [31m c");
  EXPECT_EQ(readable("\xff\xc3(\xed\xa0\x80\xe2\x82"),
            std::string(2, '?') + "(" + std::string(5, '?'));
  EXPECT_EQ(readable("\xc2\x85x"), " x");
}

TEST(Readable, CutsBetweenCharacters) {
  EXPECT_EQ(readable(std::string(200, 'x')), std::string(200, 'x'));
  EXPECT_EQ(readable(std::string(199, 'x') + "ä"), std::string(199, 'x') + "...");
}

TEST(Readable, DecodesPercentAndBase64) {
  EXPECT_EQ(percent_decoded("a%20b%zz%4"), "a b%zz%4");
  std::string bytes;
  EXPECT_TRUE(base64_decode("aGk", bytes));
  EXPECT_EQ(bytes, "hi");
  EXPECT_TRUE(base64_decode("aGk=", bytes));
  EXPECT_EQ(bytes, "hi");
  EXPECT_TRUE(base64_decode("", bytes));
  EXPECT_EQ(bytes, "");
  EXPECT_FALSE(base64_decode("a", bytes));
  EXPECT_FALSE(base64_decode("a-b_", bytes));
}

}  // namespace
}  // namespace cairn::trace::transport
