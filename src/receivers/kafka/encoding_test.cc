// SPDX-License-Identifier: Apache-2.0
#include "receivers/kafka/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receivers/kafka/testing.h"

namespace cairn::receivers::kafka {
namespace {

using ::testing::HasSubstr;

TEST(KafkaEncodingTest, JaegersOwnNamesMeanTheSame) {
  EXPECT_EQ(*parse_encoding("protobuf"), Encoding::kJaegerProto);
  EXPECT_EQ(*parse_encoding("json"), Encoding::kJaegerJson);
  EXPECT_EQ(*parse_encoding("zipkin-thrift"), Encoding::kZipkinThrift);
}

TEST(KafkaEncodingTest, EveryNameIsItsOwnText) {
  for (const char* name : {"auto", "otlp_proto", "otlp_json", "jaeger_proto", "jaeger_json",
                           "zipkin_proto", "zipkin_json", "zipkin_thrift"}) {
    EXPECT_EQ(to_text(*parse_encoding(name)), name);
  }
  EXPECT_THAT(parse_encoding("avro").error().message, HasSubstr("'avro'"));
}

TEST(KafkaEncodingTest, EveryEncodingIsReadAndRecognised) {
  for (const Encoding encoding : kTestEncodings) {
    SCOPED_TRACE(to_text(encoding));
    const PinnedBytes message = PinnedBytes::own(test_message(encoding, 7));
    EXPECT_EQ(sniff(message.view), encoding);
    for (const Encoding asked : {encoding, Encoding::kAuto}) {
      model::Batch batch;
      const auto rejected = decode(asked, message, batch);
      ASSERT_TRUE(rejected) << rejected.error().message;
      ASSERT_EQ(batch.spans.size(), 1u);
      EXPECT_EQ(batch.spans[0].span_id, test_span_id(7));
      EXPECT_EQ(batch.service_of(batch.spans[0]), "cart");
      EXPECT_FALSE(batch.pins.empty());
    }
  }
}

TEST(KafkaEncodingTest, WhatLooksLikeNothingIsAnError) {
  for (const std::string_view text : {"", " ", "x", "\x80\x80", "plain words"}) {
    model::Batch batch;
    EXPECT_EQ(sniff(as_bytes(text)), Encoding::kAuto);
    EXPECT_FALSE(decode(Encoding::kAuto, PinnedBytes::own(std::string(text)), batch));
  }
}

TEST(KafkaEncodingTest, EveryBeginningOfAMessageIsSafeToSniff) {
  for (const Encoding encoding : kTestEncodings) {
    const std::string message = test_message(encoding, 7);
    for (std::size_t size = 0; size < message.size(); ++size) {
      const std::string cut = message.substr(0, size);  // its own allocation: ASan sees the end
      const Encoding seen = sniff(as_bytes(cut));
      EXPECT_TRUE(seen == Encoding::kAuto || size > 0);
    }
  }
}

}  // namespace
}  // namespace cairn::receivers::kafka
