// SPDX-License-Identifier: Apache-2.0
#include "exporters/kafka/message_cutter.h"

#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/testing.h"
#include "model/text.h"
#include "wire/otlp/protobuf.h"

namespace cairn::exporters::kafka {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t kPlenty = 1'000'000;

std::vector<std::string> span_names(const CutMessage& message) {
  model::Batch batch;
  EXPECT_TRUE(wire::otlp::decode_traces(as_bytes(message.value), batch));
  std::vector<std::string> names;
  for (const model::Span& span : batch.spans) {
    EXPECT_EQ(span.trace_id.to_hex(), message.key);
    names.push_back(fmt::format("{}/{}", batch.service_of(span), span.name));
  }
  EXPECT_EQ(names.size(), message.spans);
  return names;
}

TEST(MessageCutterTest, ATraceIsAMessageWithItsIdAsTheKey) {
  model::TestBatch t;
  t.resource("cart").scope("lib").span("a", "1", "x").span("b", "2", "y");
  t.resource("shop").span("a", "3", "z");
  const Cut cut = cut_messages(t.batch(), kPlenty);
  ASSERT_EQ(cut.messages.size(), 2u);
  EXPECT_EQ(cut.messages[0].key, "0000000000000000000000000000000a");
  EXPECT_THAT(span_names(cut.messages[0]), ElementsAre("cart/x", "shop/z"));
  EXPECT_THAT(span_names(cut.messages[1]), ElementsAre("cart/y"));
  EXPECT_FALSE(cut.rejected.any());
  std::size_t bytes = 0;
  for (const CutMessage& message : cut.messages) bytes += message.key.size() + message.value.size();
  EXPECT_EQ(cut.bytes, bytes);
}

TEST(MessageCutterTest, NothingOfASpanIsLost) {
  model::TestBatch t;
  t.resource("cart", {{"host", model::AnyValue::integer(7)}}).scope("lib", "1.2");
  t.span("a", "1").parent("9").kind(model::SpanKind::kClient).attribute("k", "v");
  t.status(model::StatusCode::kError, "boom").event("e", Duration(5)).link("b", "8");
  const Cut cut = cut_messages(t.batch(), kPlenty);
  ASSERT_EQ(cut.messages.size(), 1u);
  std::string whole;
  wire::otlp::encode_traces(t.batch(), whole);
  EXPECT_EQ(cut.messages[0].value, whole);
}

TEST(MessageCutterTest, ALongTraceBecomesSeveralMessagesOfOneKey) {
  model::TestBatch t;
  for (int i = 0; i < 100; ++i) {
    t.span("a", fmt::format("{:x}", i + 1), std::to_string(i))
        .attribute("fill", std::string(50, 'x'));
  }
  const Cut cut = cut_messages(t.batch(), 1000);
  EXPECT_GE(cut.messages.size(), 10u);
  int next = 0;
  for (const CutMessage& message : cut.messages) {
    EXPECT_LE(message.value.size(), 1000u);
    EXPECT_EQ(message.key, cut.messages[0].key);
    for (const std::string& name : span_names(message)) {
      EXPECT_EQ(name, fmt::format("test/{}", next++));
    }
  }
  EXPECT_EQ(next, 100);
}

TEST(MessageCutterTest, ASpanTooLargeForAMessageIsRejectedAndItsSiblingsAreKept) {
  model::TestBatch t;
  t.span("a", "1", "small").span("a", "2").attribute("large", std::string(2000, 'x'));
  t.span("a", "3", "small too");
  const Cut cut = cut_messages(t.batch(), 1000);
  EXPECT_EQ(cut.rejected.of(model::RejectionReason::kTooLarge), 1u);
  std::uint64_t spans = 0;
  for (const CutMessage& message : cut.messages) spans += message.spans;
  EXPECT_EQ(spans, 2u);
}

TEST(MessageCutterTest, NoSpansAreNoMessages) {
  EXPECT_TRUE(cut_messages(model::Batch(), kPlenty).messages.empty());
}

}  // namespace
}  // namespace cairn::exporters::kafka
