// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <cairn/trace/span_view.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/testing/batch_builder.h"
#include "sdk/trace/protobuf_reader.h"

namespace cairn::trace {
namespace {

using ::testing::ElementsAre;
using namespace testing;

using Type = AnyValueView::Type;

SpanBytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::vector<std::string> keys_of(AttributeCursor cursor) {
  std::vector<std::string> keys;
  for (AttributeView attribute; cursor.next(attribute);) keys.emplace_back(attribute.key);
  return keys;
}

TEST(SpanView, ReadsTheFieldsOfASpan) {
  const auto message = span_message('\1', '\2', "GET /")
                           .bytes(3, "a=1")
                           .bytes(4, std::string(8, '\3'))
                           .varint(6, 3)
                           .fixed64(7, 1'700'000'000'000'000'001)
                           .fixed64(8, UINT64_MAX)
                           .varint(10, 4)
                           .varint(12, 5)
                           .varint(14, 6)
                           .message(15, ProtobufMessage().bytes(2, "broken").varint(3, 2))
                           .fixed32(16, 0x301);
  const SpanView span(message.view());
  EXPECT_EQ(span.trace_id.bytes[15], 1);
  EXPECT_EQ(span.span_id.bytes[7], 2);
  EXPECT_EQ(span.parent_span_id.bytes[0], 3);
  EXPECT_EQ(span.trace_state, "a=1");
  EXPECT_EQ(span.name, "GET /");
  EXPECT_EQ(span.kind, SpanKind::kClient);
  EXPECT_EQ(span.start_unix_nanos, 1'700'000'000'000'000'001U);
  EXPECT_EQ(span.end_unix_nanos, UINT64_MAX);
  EXPECT_EQ(span.dropped_attributes, 4U);
  EXPECT_EQ(span.dropped_events, 5U);
  EXPECT_EQ(span.dropped_links, 6U);
  EXPECT_EQ(span.status, StatusCode::kError);
  EXPECT_EQ(span.status_message, "broken");
  EXPECT_EQ(span.flags, 0x301U);
}

TEST(SpanView, AnEmptyMessageIsASpanOfZeros) {
  const SpanView span(SpanBytes{});
  EXPECT_FALSE(span.trace_id.is_valid());
  EXPECT_FALSE(span.parent_span_id.is_valid());
  EXPECT_EQ(span.kind, SpanKind::kInternal);
  EXPECT_EQ(span.status, StatusCode::kUnset);
  EXPECT_TRUE(keys_of(span.attributes()).empty());
}

TEST(SpanView, TheLastOfAFieldHoldsAsUpdateNameAppendsIt) {
  const auto message = span_message('\1', '\2', "before").bytes(5, "after");
  EXPECT_EQ(SpanView(message.view()).name, "after");
}

TEST(SpanView, NumbersThatOtlpDoesNotDefineAreTheDefaults) {
  const auto message =
      ProtobufMessage().varint(6, 6).message(15, ProtobufMessage().varint(3, 3)).bytes(1, "short");
  const SpanView span(message.view());
  EXPECT_EQ(span.kind, SpanKind::kInternal);
  EXPECT_EQ(span.status, StatusCode::kUnset);
  EXPECT_FALSE(span.trace_id.is_valid());
}

TEST(SpanView, ReadsEveryTypeOfValue) {
  const auto message = ProtobufMessage()
                           .message(9, attribute("text", "hello"))
                           .message(9, attribute("true", bool_value(true)))
                           .message(9, attribute("negative", int_value(-2)))
                           .message(9, attribute("half", double_value(0.5)))
                           .message(9, attribute("bytes", bytes_value(std::string("\0\1", 2))))
                           .message(9, attribute("empty", ProtobufMessage()))
                           .message(9, ProtobufMessage().bytes(1, "none"));
  const SpanView span(message.view());
  AnyValueView value;
  ASSERT_TRUE(span.find("text", value));
  EXPECT_EQ(value.text, "hello");
  ASSERT_TRUE(span.find("true", value));
  EXPECT_TRUE(value.type == Type::kBool && value.bool_value);
  ASSERT_TRUE(span.find("negative", value));
  EXPECT_EQ(value.int_value, -2);
  ASSERT_TRUE(span.find("half", value));
  EXPECT_EQ(value.double_value, 0.5);
  ASSERT_TRUE(span.find("bytes", value));
  EXPECT_TRUE(value.type == Type::kBytes && value.text == std::string_view("\0\1", 2));
  ASSERT_TRUE(span.find("empty", value));
  EXPECT_EQ(value.type, Type::kEmpty);
  ASSERT_TRUE(span.find("none", value));
  EXPECT_EQ(value.type, Type::kEmpty);
  EXPECT_FALSE(span.find("absent", value));
}

TEST(SpanView, WalksListsAndMaps) {
  const auto kept = array_value({text_value("a"), ProtobufMessage(), int_value(3)});
  const AnyValueView array(kept.view());
  ASSERT_EQ(array.type, Type::kArray);
  SpanBytes rest = array.elements;
  AnyValueView element;
  ASSERT_TRUE(AnyValueView::next(rest, element));
  EXPECT_EQ(element.text, "a");
  ASSERT_TRUE(AnyValueView::next(rest, element));
  EXPECT_EQ(element.type, Type::kEmpty);
  ASSERT_TRUE(AnyValueView::next(rest, element));
  EXPECT_EQ(element.int_value, 3);
  EXPECT_FALSE(AnyValueView::next(rest, element));

  const auto entries = map_value({attribute("k", "v"), attribute("n", int_value(1))});
  const AnyValueView map(entries.view());
  ASSERT_EQ(map.type, Type::kMap);
  EXPECT_THAT(keys_of(AttributeCursor(map.elements, 1)), ElementsAre("k", "n"));
}

TEST(SpanView, FindsAttributesEventsAndLinksThatLieScattered) {
  const auto event = ProtobufMessage()
                         .fixed64(1, 7)
                         .message(3, attribute("in.event", "1"))
                         .bytes(2, "exception")
                         .varint(4, 9);
  const auto link = ProtobufMessage()
                        .bytes(1, std::string(16, '\5'))
                        .bytes(2, std::string(8, '\6'))
                        .bytes(3, "k=v")
                        .message(4, attribute("in.link", "1"))
                        .varint(5, 8)
                        .fixed32(6, 0x301);
  const auto message = ProtobufMessage()
                           .message(9, attribute("first", "1"))
                           .message(11, event)
                           .message(13, link)
                           .message(9, attribute("second", "2"))
                           .message(11, ProtobufMessage());
  const SpanView span(message.view());
  EXPECT_THAT(keys_of(span.attributes()), ElementsAre("first", "second"));

  SpanBytes rest = span.message;
  EventView event_view;
  ASSERT_TRUE(SpanView::next_event(rest, event_view));
  EXPECT_EQ(event_view.name, "exception");
  EXPECT_EQ(event_view.time_unix_nanos, 7U);
  EXPECT_EQ(event_view.dropped_attributes, 9U);
  EXPECT_THAT(keys_of(event_view.attributes()), ElementsAre("in.event"));
  ASSERT_TRUE(SpanView::next_event(rest, event_view));
  EXPECT_EQ(event_view.name, "");
  EXPECT_FALSE(SpanView::next_event(rest, event_view));

  rest = span.message;
  LinkView link_view;
  ASSERT_TRUE(SpanView::next_link(rest, link_view));
  EXPECT_EQ(link_view.context.trace_id.bytes[0], 5);
  EXPECT_EQ(link_view.context.span_id.bytes[0], 6);
  EXPECT_EQ(link_view.context.trace_state.header(), "k=v");
  EXPECT_TRUE(link_view.context.is_sampled());
  EXPECT_TRUE(link_view.context.is_remote);
  EXPECT_EQ(link_view.dropped_attributes, 8U);
  EXPECT_THAT(keys_of(link_view.attributes()), ElementsAre("in.link"));
  EXPECT_FALSE(SpanView::next_link(rest, link_view));
}

TEST(SpanView, SkipsFieldsItDoesNotKnow) {
  const auto message = ProtobufMessage()
                           .varint(99, UINT64_MAX)
                           .fixed64(98, 1)
                           .fixed32(97, 1)
                           .bytes(96, "new in OTLP")
                           .varint(5, 3)  // a name of another type
                           .bytes(5, "known");
  EXPECT_EQ(SpanView(message.view()).name, "known");
}

// Every cut of a whole message reads only what is there; a sanitizer would see more.
TEST(SpanView, ACutMessageEndsTheWalk) {
  const std::string whole = span_message('\1', '\2', "name")
                                .message(9, attribute("key", array_value({text_value("x")})))
                                .message(11, ProtobufMessage().bytes(2, "event"))
                                .fixed32(16, 1)
                                .encoded();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<std::uint8_t> part(whole.begin(), whole.begin() + static_cast<long>(size));
    const SpanView span(SpanBytes{part.data(), part.size()});
    EXPECT_LE(keys_of(span.attributes()).size(), 1U);
    EXPECT_EQ(span.flags, 0U);
    SpanBytes rest = span.message;
    EventView event;
    while (SpanView::next_event(rest, event)) EXPECT_EQ(event.name, "event");
  }
}

TEST(SpanView, MalformedTagsAndLengthsEndTheWalk) {
  const std::string malformed[] = {
      std::string("\x0B", 1),                                               // a group
      std::string("\x00\x01", 2),                                           // field 0
      std::string("\x0E", 1),                                               // wire type 6
      std::string("\x2A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11),      // a length of 2^64 - 1
      std::string("\x30\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 12),  // 11 bytes of varint
      std::string("\xF8\xFF\xFF\xFF\xFF\x01\x01", 7),  // a tag of more than 32 bits
  };
  for (const std::string& bad : malformed) {
    const std::string message = bad + ProtobufMessage().bytes(5, "behind").encoded();
    EXPECT_EQ(SpanView(bytes_of(message)).name, "") << ::testing::PrintToString(bad);
    ProtobufReader reader(bytes_of(message));
    ProtobufReader::Field field;
    EXPECT_FALSE(reader.next(field));
    EXPECT_FALSE(reader.next(field));
    EXPECT_EQ(reader.rest().size, 0U);
  }
}

TEST(SpanView, WalksTheSpansOfABatchInOrder) {
  BatchBuilder builder;
  builder.resource(ProtobufMessage().message(1, attribute("service.name", "cart")));
  builder.scope("http").span(span_message('\1', '\2', "a")).span(span_message('\1', '\3', "b"));
  builder.scope("sql").span(span_message('\1', '\4', "c"));
  std::vector<std::string> seen;
  for_each_span(builder.batch(), [&](const ScopeSpans& scope, const SpanView& span) {
    seen.push_back(std::string(scope.name) + " " + std::string(span.name));
  });
  EXPECT_THAT(seen, ElementsAre("http a", "http b", "sql c"));
  EXPECT_THAT(keys_of(resource_attributes(builder.batch())), ElementsAre("service.name"));
}

}  // namespace
}  // namespace cairn::trace
