// SPDX-License-Identifier: Apache-2.0
//
// warn_of_structure, sort_spans, and all adjusters together.
#include <gtest/gtest.h>

#include "query/adjust/adjust.h"
#include "query/adjust/testing.h"

namespace cairn::query::adjust {
namespace {

using model::TestBatch;
using std::chrono::milliseconds;

TEST(WarnOfStructure, NamesTheMissingParent) {
  TestBatch t;
  t.span("01", "0a", "root").span("01", "0b", "child").parent("0a");
  t.span("01", "0c", "orphan").parent("0f");
  Trace trace = trace_of(t);
  warn_of_structure(trace);
  EXPECT_EQ(warnings_of(trace, "orphan"), "the parent span 000000000000000f is not in the trace");
  EXPECT_EQ(warnings_of(trace, "root"), "");
  EXPECT_EQ(warnings_of(trace, "child"), "");
}

TEST(WarnOfStructure, NamesRepeatedIds) {
  TestBatch t;
  t.span("01", "0a", "first").span("01", "0a", "second");
  Trace trace = trace_of(t);
  warn_of_structure(trace);
  EXPECT_EQ(warnings_of(trace, "first"), "");
  EXPECT_EQ(warnings_of(trace, "second"), "another span has the id 000000000000000a too");
}

TEST(WarnOfStructure, SeesCirclesAndWhatHangsOnThem) {
  TestBatch t;
  t.span("01", "0a", "root").span("01", "0b", "self").parent("0b");
  t.span("01", "0c", "one").parent("0d").span("01", "0d", "two").parent("0c");
  t.span("01", "0e", "below").parent("0d");
  Trace trace = trace_of(t);
  warn_of_structure(trace);
  for (const char* name : {"self", "one", "two", "below"}) {
    EXPECT_EQ(warnings_of(trace, name), "the span's parents form a circle") << name;
  }
  EXPECT_EQ(warnings_of(trace, "root"), "");
}

TEST(SortSpans, PutsParentsBeforeTheirChildren) {
  TestBatch t;
  t.span("01", "0c", "late").starting(milliseconds(5));
  t.span("01", "0b", "short").span("01", "0a", "long").lasting(milliseconds(9));
  Trace trace = trace_of(t);
  trace.warn(0, "of late");
  sort_spans(trace);
  EXPECT_EQ(trace.batch.spans[0].name, "long");
  EXPECT_EQ(trace.batch.spans[1].name, "short");
  EXPECT_EQ(trace.batch.spans[2].name, "late");
  EXPECT_EQ(warnings_of(trace, "late"), "of late");
  EXPECT_EQ(warnings_of(trace, "long"), "");
}

TEST(Adjust, IsDoneWithAChainOfHalfAMillionSpans) {
  Trace trace = deep_chain(500'000);
  adjust(trace, std::chrono::seconds(1));
  EXPECT_EQ(trace.batch.spans.size(), 500'000U);
  EXPECT_TRUE(trace.span_warnings.empty());
}

TEST(Adjust, FindsDuplicatesWhateverTheOrderOfAttributes) {
  TestBatch t;
  t.span("01", "0a").attribute("a", "1").attribute("b", "2");
  t.span("01", "0a").attribute("b", "2").attribute("a", "1");
  Trace trace = trace_of(t);
  adjust(trace, Duration(0));
  EXPECT_EQ(trace.batch.spans.size(), 1U);
  EXPECT_TRUE(trace.span_warnings.empty());
}

}  // namespace
}  // namespace cairn::query::adjust
