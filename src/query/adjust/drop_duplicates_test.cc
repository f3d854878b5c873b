// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "query/adjust/adjust.h"
#include "query/adjust/testing.h"

namespace cairn::query::adjust {
namespace {

using model::TestBatch;

TEST(DropDuplicates, KeepsOneOfEqualSpans) {
  TestBatch t;
  t.resource("cart").span("01", "0a", "x").attribute("k", "v").span("01", "0b", "y");
  t.resource("cart").span("01", "0a", "x").attribute("k", "v");
  Trace trace = trace_of(t);
  drop_duplicates(trace);
  ASSERT_EQ(trace.batch.spans.size(), 2U);
  EXPECT_EQ(trace.batch.spans[0].name, "x");
  EXPECT_EQ(trace.batch.spans[1].name, "y");
}

TEST(DropDuplicates, KeepsSpansThatDifferAnywhere) {
  TestBatch t;
  t.resource("cart").span("01", "0a").attribute("k", "v");
  t.span("01", "0a").attribute("k", "w");
  t.span("01", "0a").attribute("k", "v").event("e", Duration(0));
  t.scope("other").span("01", "0a").attribute("k", "v");
  t.resource("web").span("01", "0a").attribute("k", "v");
  Trace trace = trace_of(t);
  drop_duplicates(trace);
  EXPECT_EQ(trace.batch.spans.size(), 5U);
}

TEST(DropDuplicates, KeepsWarningsWithTheirSpans) {
  TestBatch t;
  t.span("01", "0a", "x").span("01", "0a", "x").span("01", "0b", "y");
  Trace trace = trace_of(t);
  trace.warn(2, "of y");
  drop_duplicates(trace);
  ASSERT_EQ(trace.batch.spans.size(), 2U);
  EXPECT_EQ(warnings_of(trace, "y"), "of y");
  EXPECT_EQ(warnings_of(trace, "x"), "");
}

TEST(DropDuplicates, CanBeDoneWithManyLookAlikes) {
  // Quadratic work would take minutes.
  TestBatch t;
  for (int i = 0; i < 50'000; ++i) {
    t.span("01", "0a").attribute("k", model::AnyValue::integer(i));
  }
  Trace trace = trace_of(t);
  drop_duplicates(trace);
  EXPECT_EQ(trace.batch.spans.size(), 50'000U);
}

}  // namespace
}  // namespace cairn::query::adjust
