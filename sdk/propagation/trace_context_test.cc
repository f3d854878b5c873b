// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sdk/propagation/headers_testing.h"

namespace cairn::trace {
namespace {

constexpr const char* kTrace = "0af7651916cd43dd8448eb211c80319c";
constexpr const char* kSpan = "b7ad6b7169203331";

std::string traceparent(const std::string& flags = "01") {
  return std::string("00-") + kTrace + "-" + kSpan + "-" + flags;
}

Context extract(const Headers& headers, const Context& base = base_context()) {
  return w3c_trace_context().extract(headers, base);
}

struct ValidTraceparent {
  const char* what;
  std::string header;
  std::string sent_on;
};

TEST(SdkTraceContext, AcceptsAndSendsOnEveryValidForm) {
  const std::string ids = std::string("-") + kTrace + "-" + kSpan + "-";
  const ValidTraceparent cases[] = {
      {"sampled", "00" + ids + "01", "00" + ids + "01"},
      {"not sampled", "00" + ids + "00", "00" + ids + "00"},
      {"random", "00" + ids + "02", "00" + ids + "02"},
      {"sampled and random", "00" + ids + "03", "00" + ids + "03"},
      {"unknown flags are not sent on", "00" + ids + "ff", "00" + ids + "03"},
      {"only unknown flags", "00" + ids + "fc", "00" + ids + "00"},
      {"a later version", "01" + ids + "01", "00" + ids + "01"},
      {"the last version", "fe" + ids + "01", "00" + ids + "01"},
      {"a later version with more fields", "cc" + ids + "01-what-the-future", "00" + ids + "01"},
      {"a later version that ends in a dash", "cc" + ids + "01-", "00" + ids + "01"},
      {"white space around it", " \t00" + ids + "01\t ", "00" + ids + "01"},
      {"ids that end in ones", "00-00000000000000000000000000000001-0000000000000001-01",
       "00-00000000000000000000000000000001-0000000000000001-01"},
  };
  for (const ValidTraceparent& valid : cases) {
    SCOPED_TRACE(valid.what);
    const Context context = extract({{"traceparent", valid.header}});
    EXPECT_TRUE(context.span_context().is_valid());
    EXPECT_TRUE(context.span_context().is_remote);
    EXPECT_EQ(injected(w3c_trace_context(), context)["traceparent"], valid.sent_on);
  }
}

TEST(SdkTraceContext, ReadsTheIdsInTheirOrder) {
  const Context context = extract({{"TraceParent", traceparent()}});
  EXPECT_EQ(hex_of(context.span_context().trace_id), kTrace);
  EXPECT_EQ(hex_of(context.span_context().span_id), kSpan);
  EXPECT_TRUE(context.span_context().is_sampled());
  EXPECT_FALSE(context.span_context().debug);
}

TEST(SdkTraceContext, ReadsOnlyTheFlagsItKnows) {
  EXPECT_EQ(extract({{"traceparent", traceparent("ff")}}).span_context().flags.bits, 0x03);
  EXPECT_EQ(extract({{"traceparent", traceparent("fc")}}).span_context().flags.bits, 0x00);
}

TEST(SdkTraceContext, RefusesEveryInvalidForm) {
  const std::string trace = kTrace, span = kSpan;
  const std::pair<const char*, std::string> cases[] = {
      {"empty", ""},
      {"white space", "   "},
      {"version ff", "ff-" + trace + "-" + span + "-01"},
      {"version that is no hex", "0x-" + trace + "-" + span + "-01"},
      {"uppercase version", "0A-" + trace + "-" + span + "-01"},
      {"version of one digit", "0-" + trace + "-" + span + "-01"},
      {"trace id of zeros", "00-00000000000000000000000000000000-" + span + "-01"},
      {"span id of zeros", "00-" + trace + "-0000000000000000-01"},
      {"uppercase trace id", "00-0AF7651916CD43DD8448EB211C80319C-" + span + "-01"},
      {"uppercase span id", "00-" + trace + "-B7AD6B7169203331-01"},
      {"uppercase flags", "00-" + trace + "-" + span + "-0A"},
      {"flags that are no hex", "00-" + trace + "-" + span + "-0."},
      {"trace id with a letter", "00-0af7651916cd43dd8448eb211c80319g-" + span + "-01"},
      {"span id with a letter", "00-" + trace + "-b7ad6b716920333g-01"},
      {"short trace id", "00-" + trace.substr(1) + "-" + span + "-01"},
      {"long trace id", "00-" + trace + "0-" + span + "-01"},
      {"short span id", "00-" + trace + "-" + span.substr(1) + "-01"},
      {"long span id", "00-" + trace + "-" + span + "0-01"},
      {"flags of one digit", "00-" + trace + "-" + span + "-1"},
      {"no flags", "00-" + trace + "-" + span},
      {"version 00 with more", "00-" + trace + "-" + span + "-01-more"},
      {"version 00 with a dash", "00-" + trace + "-" + span + "-01-"},
      {"a later version with more but no dash", "cc-" + trace + "-" + span + "-01.more"},
      {"a later version with longer flags", "01-" + trace + "-" + span + "-011"},
      {"wrong first separator", "00_" + trace + "-" + span + "-01"},
      {"wrong second separator", "00-" + trace + "_" + span + "-01"},
      {"wrong third separator", "00-" + trace + "-" + span + "_01"},
      {"two in one header", traceparent() + "," + traceparent()},
      {"ids alone", trace + "-" + span},
  };
  for (const auto& [what, header] : cases) {
    SCOPED_TRACE(what);
    EXPECT_TRUE(is_base(extract({{"traceparent", header}, {"tracestate", "a=1"}})));
  }
}

TEST(SdkTraceContext, RefusesAShortHeaderOfEveryLength) {
  for (std::size_t size = 0; size < traceparent().size(); ++size) {
    EXPECT_TRUE(is_base(extract({{"traceparent", traceparent().substr(0, size)}}))) << size;
  }
}

TEST(SdkTraceContext, TwoTraceparentsAreNone) {
  EXPECT_TRUE(is_base(extract({{"traceparent", traceparent()}, {"traceparent", traceparent()}})));
}

TEST(SdkTraceContext, WithoutHeadersTheBaseStays) {
  EXPECT_TRUE(is_base(extract({})));
  EXPECT_FALSE(extract({}, Context()).span_context().is_valid());
}

TEST(SdkTraceContext, KeepsTheBaggageOfTheBase) {
  EXPECT_EQ(extract({{"traceparent", traceparent()}}).baggage().header(), "base=kept");
}

TEST(SdkTraceContext, ReplacesTheTracestateOfTheBase) {
  EXPECT_TRUE(extract({{"traceparent", traceparent()}}).span_context().trace_state.empty());
}

TEST(SdkTraceContext, TracestateIsSentOnWithoutItsWhiteSpace) {
  const Context context =
      extract({{"traceparent", traceparent()}, {"tracestate", "rojo=1 , ,\tcongo=t61"}});
  EXPECT_EQ(context.span_context().trace_state.header(), "rojo=1,congo=t61");
  EXPECT_EQ(injected(w3c_trace_context(), context)["tracestate"], "rojo=1,congo=t61");
}

TEST(SdkTraceContext, SeveralTracestateHeadersAreOneListInTheirOrder) {
  const Context context = extract({{"tracestate", "a=1,b=2"},
                                   {"traceparent", traceparent()},
                                   {"TraceState", ""},
                                   {"tracestate", "c=3"}});
  EXPECT_EQ(context.span_context().trace_state.header(), "a=1,b=2,c=3");
}

TEST(SdkTraceContext, AKeyInTwoTracestateHeadersDiscardsBoth) {
  const Context context =
      extract({{"traceparent", traceparent()}, {"tracestate", "a=1"}, {"tracestate", "a=2"}});
  EXPECT_TRUE(context.span_context().is_valid());
  EXPECT_TRUE(context.span_context().trace_state.empty());
}

TEST(SdkTraceContext, AMalformedTracestateDoesNotTouchTheTraceparent) {
  const Context context = extract({{"traceparent", traceparent()}, {"tracestate", "A=1"}});
  EXPECT_EQ(hex_of(context.span_context().trace_id), kTrace);
  EXPECT_TRUE(context.span_context().trace_state.empty());
}

TEST(SdkTraceContext, SeveralTracestateHeadersBeyondAllReasonAreNone) {
  Headers headers{{"traceparent", traceparent()}};
  for (int i = 0; i < 20; ++i) headers.add("tracestate", std::string(500, ','));
  headers.add("tracestate", "a=1");
  const Context context = extract(headers);
  EXPECT_TRUE(context.span_context().is_valid());
  EXPECT_TRUE(context.span_context().trace_state.empty());
}

TEST(SdkTraceContext, InjectsNothingForAnInvalidSpan) {
  EXPECT_EQ(injected(w3c_trace_context(), Context()).size(), 0u);
  SpanContext half;
  half.trace_id.bytes[0] = 1;
  half.trace_state = TraceState::from_header("a=1");
  EXPECT_EQ(injected(w3c_trace_context(), Context(half)).size(), 0u);
}

TEST(SdkTraceContext, InjectsNoTracestateWhenThereIsNone) {
  const Context context = extract({{"traceparent", traceparent()}});
  EXPECT_EQ(injected(w3c_trace_context(), context).size(), 1u);
}

TEST(SdkTraceContext, InjectsOnlyFlagsOfVersionZero) {
  SpanContext span = extract({{"traceparent", traceparent()}}).span_context();
  span.flags.bits = 0xFF;
  EXPECT_EQ(injected(w3c_trace_context(), Context(span))["traceparent"], traceparent("03"));
}

TEST(SdkTraceContext, NamesItsFields) {
  EXPECT_EQ(fields_of(w3c_trace_context()),
            (std::vector<std::string>{"traceparent", "tracestate"}));
}

}  // namespace
}  // namespace cairn::trace
