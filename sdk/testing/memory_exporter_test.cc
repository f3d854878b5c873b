// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include <cairn/testing.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sdk/testing/batch_builder.h"

namespace cairn::trace {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using namespace testing;

ExportResult send(MemoryExporter& memory, const BatchBuilder& builder) {
  const ExportDeadline deadline(ExportDeadline::Clock::now() + std::chrono::seconds(10));
  return memory.export_batch(builder.batch(), deadline);
}

TEST(MemoryExporter, KeepsWhatASpanSays) {
  const auto link = ProtobufMessage()
                        .bytes(1, std::string(16, '\5'))
                        .bytes(2, std::string(8, '\6'))
                        .message(4, attribute("why", "batch"));
  BatchBuilder builder;
  builder.resource(ProtobufMessage().message(1, attribute("service.name", "cart")));
  builder.scope("http").span(span_message('\1', '\2', "GET /")
                                 .bytes(3, "a=1")
                                 .bytes(4, std::string(8, '\3'))
                                 .varint(6, 2)
                                 .fixed64(7, 10)
                                 .fixed64(8, 20)
                                 .message(9, attribute("http.status_code", int_value(500)))
                                 .varint(10, 1)
                                 .message(11, ProtobufMessage()
                                                  .fixed64(1, 15)
                                                  .bytes(2, "retry")
                                                  .message(3, attribute("attempt", int_value(2))))
                                 .varint(12, 2)
                                 .message(13, link)
                                 .varint(14, 3)
                                 .message(15, ProtobufMessage().bytes(2, "boom").varint(3, 2))
                                 .fixed32(16, 0x301));
  MemoryExporter memory;
  EXPECT_EQ(send(memory, builder).code, ExportResult::Code::kSent);

  EXPECT_THAT(memory.resource(), ElementsAre(Pair("service.name", "cart")));
  ASSERT_EQ(memory.spans().size(), 1U);
  const FinishedSpan span = memory.span("GET /");
  EXPECT_EQ(span.scope, "http");
  EXPECT_EQ(span.kind, SpanKind::kServer);
  EXPECT_TRUE(span.context.is_valid());
  EXPECT_TRUE(span.context.is_sampled());
  EXPECT_EQ(span.context.trace_state.header(), "a=1");
  EXPECT_EQ(span.parent_span_id.bytes[0], 3);
  EXPECT_EQ(span.flags, 0x301U);
  EXPECT_EQ(span.start_unix_nanos, 10U);
  EXPECT_EQ(span.end_unix_nanos, 20U);
  EXPECT_THAT(span.attributes, ElementsAre(Pair("http.status_code", "500")));
  ASSERT_EQ(span.events.size(), 1U);
  EXPECT_EQ(span.events[0].name, "retry");
  EXPECT_EQ(span.events[0].time_unix_nanos, 15U);
  EXPECT_THAT(span.events[0].attributes, ElementsAre(Pair("attempt", "2")));
  ASSERT_EQ(span.links.size(), 1U);
  EXPECT_TRUE(span.links[0].context.is_valid());
  EXPECT_THAT(span.links[0].attributes, ElementsAre(Pair("why", "batch")));
  EXPECT_EQ(span.status, StatusCode::kError);
  EXPECT_EQ(span.status_message, "boom");
  EXPECT_EQ(span.dropped_attributes, 1U);
  EXPECT_EQ(span.dropped_events, 2U);
  EXPECT_EQ(span.dropped_links, 3U);
}

TEST(MemoryExporter, ShowsEveryTypeOfValueAsText) {
  BatchBuilder builder;
  builder.span(span_message('\1', '\2', "values")
                   .message(9, attribute("bool", bool_value(true)))
                   .message(9, attribute("bytes", bytes_value("\xFF")))
                   .message(9, attribute("double", double_value(1.5)))
                   .message(9, attribute("empty", ProtobufMessage()))
                   .message(9, attribute("int", int_value(-3)))
                   .message(9, attribute("list", array_value({text_value("a"), int_value(2)})))
                   .message(9, attribute("map", map_value({attribute("k", "v"),
                                                           attribute("l", array_value({}))})))
                   .message(9, attribute("text", "GET")));
  MemoryExporter memory;
  send(memory, builder);
  EXPECT_THAT(memory.span("values").attributes,
              ElementsAre(Pair("bool", "true"), Pair("bytes", "\xFF"), Pair("double", "1.5"),
                          Pair("empty", ""), Pair("int", "-3"), Pair("list", "[a, 2]"),
                          Pair("map", "{k: v, l: []}"), Pair("text", "GET")));
}

TEST(MemoryExporter, CutsValuesThatLieTooDeep) {
  ProtobufMessage value = text_value("deep");
  for (int i = 0; i < 2000; ++i) value = array_value({value});
  BatchBuilder builder;
  builder.span(span_message('\1', '\2', "nested").message(9, attribute("list", value)));
  MemoryExporter memory;
  send(memory, builder);
  const std::string text = memory.span("nested").attributes.at("list");
  EXPECT_EQ(text, std::string(16, '[') + "..." + std::string(16, ']'));
}

TEST(MemoryExporter, CollectsBatchesUntilCleared) {
  BatchBuilder first, second;
  first.span(span_message('\1', '\2', "one"));
  second.span(span_message('\1', '\3', "two"));
  MemoryExporter memory;
  send(memory, first);
  send(memory, second);
  ASSERT_EQ(memory.spans().size(), 2U);
  EXPECT_EQ(memory.spans()[1].name, "two");
  memory.clear();
  EXPECT_THAT(memory.spans(), IsEmpty());
  EXPECT_FALSE(memory.span("one").context.is_valid());
}

}  // namespace
}  // namespace cairn::trace
