// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "query/adjust/adjust.h"
#include "query/adjust/testing.h"

namespace cairn::query::adjust {
namespace {

using model::SpanKind;
using model::TestBatch;

TEST(SplitSharedIds, PutsTheServerSpanBelowTheClientSpan) {
  TestBatch t;
  t.span("01", "0a", "root");
  t.span("01", "0b", "client").parent("0a").kind(SpanKind::kClient);
  t.span("01", "0b", "server").parent("0a").kind(SpanKind::kServer);
  t.span("01", "0c", "work").parent("0b");
  Trace trace = trace_of(t);
  split_shared_ids(trace);
  EXPECT_EQ(named(trace, "client").span_id, model::span_id("0b"));
  EXPECT_EQ(named(trace, "client").parent_span_id, model::span_id("0a"));
  EXPECT_EQ(named(trace, "server").span_id, model::span_id("01"));
  EXPECT_EQ(named(trace, "server").parent_span_id, model::span_id("0b"));
  EXPECT_EQ(named(trace, "work").parent_span_id, model::span_id("01"));
  EXPECT_EQ(named(trace, "root").span_id, model::span_id("0a"));
}

TEST(SplitSharedIds, TakesTheSmallestUnusedIds) {
  TestBatch t;
  t.span("01", "01", "other");
  t.span("01", "0b", "client").kind(SpanKind::kClient);
  t.span("01", "0b", "server").kind(SpanKind::kServer);
  t.span("01", "0b", "second").kind(SpanKind::kServer);
  Trace trace = trace_of(t);
  split_shared_ids(trace);
  EXPECT_EQ(named(trace, "server").span_id, model::span_id("02"));
  EXPECT_EQ(named(trace, "second").span_id, model::span_id("03"));
  EXPECT_EQ(named(trace, "second").parent_span_id, model::span_id("0b"));
}

TEST(SplitSharedIds, LeavesServersAloneThatShareNoId) {
  TestBatch t;
  t.span("01", "0b", "client").kind(SpanKind::kClient);
  t.span("01", "0c", "server").parent("0b").kind(SpanKind::kServer);
  t.span("01", "0d", "work").parent("0c");
  Trace trace = trace_of(t);
  split_shared_ids(trace);
  EXPECT_EQ(named(trace, "server").span_id, model::span_id("0c"));
  EXPECT_EQ(named(trace, "work").parent_span_id, model::span_id("0c"));
}

}  // namespace
}  // namespace cairn::query::adjust
