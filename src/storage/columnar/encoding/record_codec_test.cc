// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/encoding/record_codec.h"

#include <limits>

#include <gtest/gtest.h>

#include "model/testing.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;
using model::Attribute;

AnyValue round_trip(const AnyValue& value, Bytes& bytes, Arena& arena) {
  encode_value(value, bytes);
  ByteReader in(bytes);
  const AnyValue back = decode_value(in, arena);
  EXPECT_TRUE(in.finish("value"));
  return back;
}

TEST(RecordCodec, GivesBackEveryKindOfValue) {
  static const Attribute kFields[] = {{"a", AnyValue::integer(-1)}, {"", AnyValue()}};
  static const AnyValue kElements[] = {AnyValue::string("x"), AnyValue::key_value_list(kFields)};
  const AnyValue values[] = {
      AnyValue(),
      AnyValue::boolean(true),
      AnyValue::integer(std::numeric_limits<std::int64_t>::min()),
      AnyValue::real(std::numeric_limits<double>::quiet_NaN()),
      AnyValue::real(-0.0),
      AnyValue::string(""),
      AnyValue::string(std::string_view("a\0b", 3)),
      AnyValue::bytes(as_bytes("raw")),
      AnyValue::array(kElements),
      AnyValue::array({}),
      AnyValue::key_value_list(kFields),
  };
  for (const AnyValue& value : values) {
    Bytes bytes;
    Arena arena;
    EXPECT_EQ(round_trip(value, bytes, arena), value) << model::to_display_text(value);
  }
}

// `depth` arrays, one in the other.
Bytes nested(int depth) {
  Bytes bytes;
  for (int i = 0; i < depth; ++i) {
    bytes.push_back(std::byte{6});
    bytes.push_back(std::byte{1});
  }
  bytes.push_back(std::byte{0});
  return bytes;
}

TEST(RecordCodec, FollowsNestingAsDeepAsTheModel) {
  Arena arena;
  const Bytes deep = nested(model::kMaxValueDepth);
  ByteReader in(deep);
  decode_value(in, arena);
  EXPECT_TRUE(in.finish("value"));
  const Bytes deeper = nested(model::kMaxValueDepth + 2);
  ByteReader other(deeper);
  decode_value(other, arena);
  EXPECT_TRUE(other.failed());
}

TEST(RecordCodec, ACountBeyondTheBytesAllocatesNothing) {
  Bytes bytes;
  bytes.push_back(std::byte{6});
  put_varint(bytes, std::uint64_t{1} << 40);
  Arena arena;
  ByteReader in(bytes);
  decode_value(in, arena);
  EXPECT_TRUE(in.failed());
  EXPECT_LT(arena.reserved_bytes(), 64_KiB);
}

model::Span rich_span(model::TestBatch& batch) {
  batch.span("a1", "01").status(model::StatusCode::kError, "broken");
  batch.event("e", std::chrono::milliseconds(-5), {{"k", AnyValue::integer(1)}});
  batch.event("", std::chrono::milliseconds(7));
  batch.link("b1", "02", {{"k", AnyValue::string("v")}});
  batch.attribute("a", "b");
  model::Span span = batch.last();
  span.trace_state = "x=y";
  span.dropped_attributes_count = 1;
  span.dropped_events_count = 0xffff'ffff;
  span.dropped_links_count = 3;
  span.unknown_fields = "u";
  span.status.unknown_fields = "s";
  return span;
}

TEST(RecordCodec, AnExtraHoldsTheSeldomParts) {
  model::TestBatch batch;
  const model::Span span = rich_span(batch);
  for (const bool with_attributes : {false, true}) {
    Bytes bytes;
    encode_extra(span, with_attributes, bytes);
    model::Span back = span;
    back.events = {};
    back.links = {};
    back.trace_state = back.unknown_fields = {};
    back.status.message = back.status.unknown_fields = {};
    back.dropped_attributes_count = back.dropped_events_count = back.dropped_links_count = 0;
    if (with_attributes) back.attributes = {};
    Arena arena;
    ASSERT_TRUE(decode_extra(bytes, arena, back));
    EXPECT_TRUE(model::same_content(back, span));
  }
}

TEST(RecordCodec, ASpanWithoutSeldomPartsHasNoExtra) {
  model::TestBatch batch;
  batch.span("a1", "01").attribute("a", "b").kind(model::SpanKind::kServer);
  Bytes bytes;
  encode_extra(batch.last(), false, bytes);
  EXPECT_TRUE(bytes.empty());
}

TEST(RecordCodec, RefusesAnExtraThatEndsEarly) {
  model::TestBatch batch;
  const model::Span span = rich_span(batch);
  Bytes bytes;
  encode_extra(span, true, bytes);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    Arena arena;
    model::Span back;
    EXPECT_FALSE(decode_extra(ByteView(bytes).first(size), arena, back)) << size;
  }
}

TEST(RecordCodec, GivesBackResourceAndScope) {
  static const Attribute kAttributes[] = {{"k", AnyValue::real(1.5)}, {"k", AnyValue()}};
  const model::Resource resource{kAttributes, 7, "url", "u", "g"};
  const model::InstrumentationScope scope{0, "n", "v", kAttributes, 9, "url", "u", "g"};
  Bytes bytes;
  encode_resource(resource, bytes);
  encode_scope(scope, bytes);
  Arena arena;
  ByteReader in(bytes);
  EXPECT_TRUE(model::same_content(decode_resource(in, arena), resource));
  EXPECT_TRUE(model::same_content(decode_scope(in, arena), scope));
  EXPECT_TRUE(in.finish("records"));
}

}  // namespace
}  // namespace cairn::storage::columnar
