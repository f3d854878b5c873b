// SPDX-License-Identifier: Apache-2.0
#include "model/batch.h"

#include <gtest/gtest.h>

#include "model/testing.h"
#include "model/text.h"

namespace cairn::model {
namespace {

using std::chrono::milliseconds;

TestBatch sample() {
  TestBatch t;
  const AnyValue numbers[] = {AnyValue::integer(1), AnyValue::real(2)};
  const Attribute fields[] = {{"a", AnyValue::boolean(true)}, {"b", AnyValue()}};
  t.resource("cart", {{"pod", AnyValue::integer(7)}}).scope("io.http", "1.2");
  t.span("0102030405060708090a0b0c0d0e0f10", "0a", "GET /cart")
      .parent("0b")
      .kind(SpanKind::kServer);
  t.status(StatusCode::kError, "boom").attribute("list", AnyValue::array(numbers));
  t.attribute("map", AnyValue::key_value_list(fields))
      .attribute("raw", AnyValue::bytes(as_bytes("\x01\x02")));
  t.event("miss", milliseconds(1), {{"key", AnyValue::string("v")}}).link("ff", "ee");
  return t;
}

constexpr std::string_view kSampleText = R"(resource service.name="cart" pod=7
  scope "io.http" "1.2"
    span 0102030405060708090a0b0c0d0e0f10/000000000000000a parent=000000000000000b "GET /cart" server
      time 1700000000000000000 +1000000
      status error "boom"
      attribute list=[1, 2.0]
      attribute map={a=true, b=empty}
      attribute raw=bytes:0102
      event +1000000 "miss" key="v"
      link 000000000000000000000000000000ff/00000000000000ee
)";

TEST(BatchTest, PrintsAsText) {
  EXPECT_EQ(to_text(sample().batch()), kSampleText);
}

TEST(BatchTest, AppendedSpansOutliveTheirSource) {
  Batch copy;
  {
    TestBatch source = sample();
    BatchAppender appender(copy);
    appender.append(source.batch(), source.batch().spans[0]);
    source.batch().clear();
  }
  EXPECT_EQ(to_text(copy), kSampleText);
}

TEST(BatchTest, AppendingBringsAScopeAlongOnce) {
  TestBatch source;
  source.resource("a").span("1", "1").span("1", "2").scope("other").span("1", "3");
  Batch copy;
  BatchAppender appender(copy);
  for (const Span& span : source.batch().spans) appender.append(source.batch(), span);
  EXPECT_EQ(copy.resources.size(), 1u);
  EXPECT_EQ(copy.scopes.size(), 2u);
  EXPECT_EQ(to_text(copy), to_text(source.batch()));
}

TEST(SpanTest, SameContentSeesEveryField) {
  TestBatch a = sample();
  TestBatch b = sample();
  EXPECT_TRUE(same_content(a.batch().spans[0], b.batch().spans[0]));
  b.attribute("one", "more");
  EXPECT_FALSE(same_content(a.batch().spans[0], b.batch().spans[0]));
}

TEST(SpanTest, AnEndBeforeTheStartLastsZero) {
  Span span;
  span.start = {10};
  span.end = {5};
  EXPECT_EQ(span.duration(), Duration(0));
}

}  // namespace
}  // namespace cairn::model
