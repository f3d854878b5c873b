// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "query/adjust/adjust.h"
#include "query/adjust/testing.h"

namespace cairn::query::adjust {
namespace {

using model::AnyValue;
using model::TestBatch;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kMax = seconds(10);

// A parent of 100 ms on host a, and a child on host b that starts `late` after it.
TestBatch two_hosts(Duration late, Duration lasting) {
  TestBatch t;
  t.resource("web", {{"host.name", AnyValue::string("a")}});
  t.span("01", "0a", "parent").lasting(milliseconds(100));
  t.resource("cart", {{"host.name", AnyValue::string("b")}});
  t.span("01", "0b", "child").parent("0a").starting(late).lasting(lasting);
  return t;
}

// How long after kTestStart the span starts.
Duration start_of(const Trace& trace, std::string_view name) {
  return model::Timestamp::between(model::kTestStart, named(trace, name).start);
}

TEST(ShiftSkewedClocks, CentresAChildThatLiesOutsideItsParent) {
  TestBatch t = two_hosts(seconds(2), milliseconds(60));
  t.event("e", milliseconds(1));
  Trace trace = trace_of(t);
  shift_skewed_clocks(trace, kMax);
  const model::Span& child = named(trace, "child");
  EXPECT_EQ(start_of(trace, "child"), milliseconds(20));
  EXPECT_EQ(child.duration(), milliseconds(60));
  EXPECT_EQ(child.events[0].time, model::kTestStart.plus(milliseconds(21)));
  EXPECT_EQ(warnings_of(trace, "child"), "moved by -1980.000 ms because of clock skew");
  EXPECT_EQ(start_of(trace, "parent"), Duration(0));
}

TEST(ShiftSkewedClocks, LeavesAChildThatFits) {
  TestBatch t = two_hosts(milliseconds(40), milliseconds(60));
  Trace trace = trace_of(t);
  shift_skewed_clocks(trace, kMax);
  EXPECT_EQ(start_of(trace, "child"), milliseconds(40));
  EXPECT_TRUE(trace.span_warnings.empty());
}

TEST(ShiftSkewedClocks, OnlyAlignsTheStartOfAChildThatLastsLonger) {
  TestBatch early = two_hosts(milliseconds(-30), milliseconds(500));
  Trace trace = trace_of(early);
  shift_skewed_clocks(trace, kMax);
  EXPECT_EQ(start_of(trace, "child"), Duration(0));

  TestBatch late = two_hosts(milliseconds(30), milliseconds(500));
  Trace unchanged = trace_of(late);
  shift_skewed_clocks(unchanged, kMax);
  EXPECT_EQ(start_of(unchanged, "child"), milliseconds(30));
}

TEST(ShiftSkewedClocks, MovesTheSpansOfThatHostBelowAlike) {
  TestBatch t = two_hosts(seconds(2), milliseconds(60));
  t.span("01", "0c", "below").parent("0b").starting(seconds(2) + milliseconds(5));
  Trace trace = trace_of(t);
  shift_skewed_clocks(trace, kMax);
  EXPECT_EQ(start_of(trace, "below"), milliseconds(25));
}

TEST(ShiftSkewedClocks, TrustsOneHostsClock) {
  TestBatch t;
  t.resource("web", {{"host.name", AnyValue::string("a")}});
  t.span("01", "0a", "parent").span("01", "0b", "child").parent("0a").starting(seconds(2));
  Trace trace = trace_of(t);
  shift_skewed_clocks(trace, kMax);
  EXPECT_EQ(start_of(trace, "child"), seconds(2));
}

TEST(ShiftSkewedClocks, TellsHostsByIdThenAddressThenName) {
  const auto moved = [](TestBatch::Attributes parent, TestBatch::Attributes child) {
    TestBatch t;
    t.resource("web", parent).span("01", "0a", "parent").lasting(milliseconds(100));
    t.resource("cart", child).span("01", "0b", "child").parent("0a").starting(seconds(2));
    Trace trace = trace_of(t);
    shift_skewed_clocks(trace, kMax);
    return start_of(trace, "child") != seconds(2);
  };
  const auto text = [](std::string_view value) { return AnyValue::string(value); };
  const std::vector<AnyValue> addresses = {text("10.0.0.1"), text("10.0.0.2")};
  EXPECT_TRUE(moved({{"host.id", text("1")}, {"host.name", text("n")}},
                    {{"host.id", text("2")}, {"host.name", text("n")}}));
  EXPECT_FALSE(moved({{"host.id", text("1")}, {"host.name", text("m")}},
                     {{"host.id", text("1")}, {"host.name", text("n")}}));
  EXPECT_FALSE(moved({{"host.ip", AnyValue::array(addresses)}}, {{"host.ip", text("10.0.0.1")}}));
  EXPECT_TRUE(moved({}, {})) << "nothing says that it is one clock";
}

TEST(ShiftSkewedClocks, OnlyWarnsBeyondTheMost) {
  TestBatch t = two_hosts(seconds(60), milliseconds(60));
  Trace trace = trace_of(t);
  shift_skewed_clocks(trace, kMax);
  EXPECT_EQ(start_of(trace, "child"), seconds(60));
  EXPECT_EQ(warnings_of(trace, "child"),
            "the clock seems to be off by -59980.000 ms, more than the 10000.000 ms that are "
            "corrected");
}

TEST(ShiftSkewedClocks, IsOffWithoutAMost) {
  TestBatch t = two_hosts(seconds(2), milliseconds(60));
  Trace trace = trace_of(t);
  shift_skewed_clocks(trace, Duration(0));
  EXPECT_EQ(start_of(trace, "child"), seconds(2));
  EXPECT_TRUE(trace.span_warnings.empty());
}

}  // namespace
}  // namespace cairn::query::adjust
