// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "query/adjust/adjust.h"
#include "query/adjust/testing.h"

namespace cairn::query::adjust {
namespace {

using model::AnyValue;
using model::TestBatch;

TEST(SortAttributes, SortsEveryLevelByKey) {
  TestBatch t;
  t.resource("cart", {{"b", AnyValue::integer(1)}, {"a", AnyValue::integer(2)}});
  t.span("01", "0a").attribute("z", "1").attribute("y", "2");
  t.event("e", Duration(0), {{"n", AnyValue::integer(1)}, {"m", AnyValue::integer(2)}});
  t.link("02", "0b", {{"l", AnyValue::integer(1)}, {"k", AnyValue::integer(2)}});
  Trace trace = trace_of(t);
  sort_attributes(trace);
  const model::Span& span = trace.batch.spans[0];
  EXPECT_EQ(text_of(trace.batch.resources[0].attributes), "a=2 b=1 service.name=cart");
  EXPECT_EQ(text_of(span.attributes), "y=2 z=1");
  EXPECT_EQ(text_of(span.events[0].attributes), "m=2 n=1");
  EXPECT_EQ(text_of(span.links[0].attributes), "k=2 l=1");
}

TEST(SortAttributes, KeepsTheOrderOfEqualKeys) {
  TestBatch t;
  t.span("01", "0a").attribute("b", "0").attribute("a", "1").attribute("a", "2");
  Trace trace = trace_of(t);
  sort_attributes(trace);
  EXPECT_EQ(text_of(trace.batch.spans[0].attributes), "a=1 a=2 b=0");
}

TEST(SortAttributes, SortsEventsByTimeNotByName) {
  TestBatch t;
  t.span("01", "0a").event("a", Duration(3)).event("z", Duration(1)).event("b", Duration(3));
  Trace trace = trace_of(t);
  sort_attributes(trace);
  const auto events = trace.batch.spans[0].events;
  EXPECT_EQ(events[0].name, "z");
  EXPECT_EQ(events[1].name, "a");
  EXPECT_EQ(events[2].name, "b");
}

}  // namespace
}  // namespace cairn::query::adjust
