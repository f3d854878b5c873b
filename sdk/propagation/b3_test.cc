// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sdk/propagation/headers_testing.h"

namespace cairn::trace {
namespace {

const std::string kTrace = "80f198ee56343ba864fe8b2a57d3eff7";
const std::string kShort = "64fe8b2a57d3eff7";
const std::string kPadded = "000000000000000064fe8b2a57d3eff7";
const std::string kSpan = "e457b5a2e4d86bd1";
const std::string kParent = "05e3ac9a4f6e3b90";

// What both propagators must find, as b3_single() sends it on.
void expect_found(const Headers& headers, const std::string& sent_on) {
  for (const Propagator* propagator : {&b3_single(), &b3_multi()}) {
    const Context context = propagator->extract(headers, base_context());
    EXPECT_TRUE(context.span_context().is_remote);
    EXPECT_EQ(context.baggage().header(), "base=kept");
    EXPECT_EQ(injected(b3_single(), context)["b3"], sent_on);
    EXPECT_EQ(context.span_context().is_sampled(), sent_on.back() != '0');
    EXPECT_EQ(context.span_context().debug, sent_on.back() == 'd');
  }
}

void expect_nothing(const Headers& headers) {
  EXPECT_TRUE(is_base(b3_single().extract(headers, base_context())));
  EXPECT_TRUE(is_base(b3_multi().extract(headers, base_context())));
}

TEST(SdkB3, ReadsEveryValidSingleHeader) {
  const std::pair<std::string, std::string> cases[] = {
      {kTrace + "-" + kSpan + "-1", kTrace + "-" + kSpan + "-1"},
      {kTrace + "-" + kSpan + "-0", kTrace + "-" + kSpan + "-0"},
      {kTrace + "-" + kSpan + "-d", kTrace + "-" + kSpan + "-d"},
      {kTrace + "-" + kSpan, kTrace + "-" + kSpan + "-0"},
      {kTrace + "-" + kSpan + "-1-" + kParent, kTrace + "-" + kSpan + "-1"},
      {kTrace + "-" + kSpan + "-d-" + kParent, kTrace + "-" + kSpan + "-d"},
      {kTrace + "-" + kSpan + "-1-0000000000000000", kTrace + "-" + kSpan + "-1"},
      {kTrace + "-" + kSpan + "-" + kParent, kTrace + "-" + kSpan + "-0"},
      {kShort + "-" + kSpan + "-1", kPadded + "-" + kSpan + "-1"},
      {kPadded + "-" + kSpan + "-1", kPadded + "-" + kSpan + "-1"},
      {" " + kShort + "-" + kSpan + "-1\t", kPadded + "-" + kSpan + "-1"},
  };
  for (const auto& [header, sent_on] : cases) {
    SCOPED_TRACE(header);
    expect_found({{"B3", header}}, sent_on);
  }
}

TEST(SdkB3, RefusesEveryInvalidSingleHeader) {
  const std::string cases[] = {
      "",
      "-",
      "2",
      "D",
      "true",
      kTrace,
      kTrace + "-",
      kTrace + "-" + kSpan + "-",
      kTrace + "-" + kSpan + "-2",
      kTrace + "-" + kSpan + "-D",
      kTrace + "-" + kSpan + "-true",
      kTrace + "-" + kSpan + "-11",
      kTrace + "-" + kSpan + "--" + kParent,
      kTrace + "-" + kSpan + "-1-",
      kTrace + "-" + kSpan + "-1-" + kParent + "-",
      kTrace + "-" + kSpan + "-1-" + kParent + "-1",
      kTrace + "-" + kSpan + "-1-" + kParent.substr(1),
      kTrace + "-" + kSpan + "-1-x" + kParent.substr(1),
      kTrace + "-" + kSpan.substr(1) + "-1",
      kTrace + "-" + kSpan + "0-1",
      kTrace.substr(1) + "-" + kSpan + "-1",
      kTrace + "0-" + kSpan + "-1",
      kShort.substr(1) + "-" + kSpan + "-1",
      "00000000000000000000000000000000-" + kSpan + "-1",
      "0000000000000000-" + kSpan + "-1",
      kTrace + "-0000000000000000-1",
      "80F198EE56343BA864FE8B2A57D3EFF7-" + kSpan + "-1",
      kTrace + "-E457B5A2E4D86BD1-1",
      kTrace + "_" + kSpan + "-1",
      kTrace + "-" + kSpan + "_1",
      "0x" + kShort + "-" + kSpan + "-1",
  };
  for (const std::string& header : cases) {
    SCOPED_TRACE(header);
    expect_nothing({{"b3", header}});
  }
}

TEST(SdkB3, ADecisionWithoutIdsChangesNothing) {
  for (const char* decision : {"0", "1", "d"}) {
    SCOPED_TRACE(decision);
    expect_nothing({{"b3", decision}});
  }
  expect_nothing({{"x-b3-sampled", "0"}});
  expect_nothing({{"x-b3-sampled", "1"}});
  expect_nothing({{"x-b3-flags", "1"}});
}

Headers multi(const std::string& trace, const std::string& span) {
  return {{"X-B3-TraceId", trace}, {"X-B3-SpanId", span}};
}

TEST(SdkB3, ReadsEveryDecisionOfMultipleHeaders) {
  const std::pair<const char*, const char*> cases[] = {
      {"1", "1"},    {"0", "0"},     {"true", "1"}, {"false", "0"},
      {"True", "1"}, {"FALSE", "0"}, {" 1 ", "1"},
  };
  for (const auto& [sampled, state] : cases) {
    SCOPED_TRACE(sampled);
    Headers headers = multi(kTrace, kSpan);
    headers.add("X-B3-Sampled", sampled);
    expect_found(headers, kTrace + "-" + kSpan + "-" + state);
  }
  expect_found(multi(kTrace, kSpan), kTrace + "-" + kSpan + "-0");
}

TEST(SdkB3, FlagsOfOneMeanDebugWhateverSampledSays) {
  for (const char* sampled : {"", "1", "0"}) {
    Headers headers = multi(kShort, kSpan);
    headers.add("X-B3-Flags", "1");
    if (*sampled != '\0') headers.add("X-B3-Sampled", sampled);
    expect_found(headers, kPadded + "-" + kSpan + "-d");
  }
}

TEST(SdkB3, OtherFlagsMeanNothing) {
  for (const char* flags : {"0", "", "2", "x"}) {
    Headers headers = multi(kTrace, kSpan);
    headers.add("x-b3-sampled", "1");
    headers.add("x-b3-flags", flags);
    expect_found(headers, kTrace + "-" + kSpan + "-1");
  }
}

TEST(SdkB3, IgnoresTheParentOfMultipleHeaders) {
  for (const std::string& parent : {kParent, std::string("garbage")}) {
    Headers headers = multi(kTrace, kSpan);
    headers.add("X-B3-ParentSpanId", parent);
    expect_found(headers, kTrace + "-" + kSpan + "-0");
  }
}

TEST(SdkB3, OfRepeatedHeadersTheFirstWins) {
  Headers headers = multi(kTrace, kSpan);
  headers.add("x-b3-traceid", kShort);
  headers.add("x-b3-spanid", kParent);
  expect_found(headers, kTrace + "-" + kSpan + "-0");
}

TEST(SdkB3, RefusesInvalidMultipleHeaders) {
  expect_nothing(multi("", kSpan));
  expect_nothing(multi(kTrace, ""));
  expect_nothing(multi(kTrace.substr(2), kSpan));
  expect_nothing(multi(kTrace, kSpan.substr(2)));
  expect_nothing(multi("00000000000000000000000000000000", kSpan));
  expect_nothing(multi(kTrace, "0000000000000000"));
  expect_nothing(multi("80F198EE56343BA864FE8B2A57D3EFF7", kSpan));
  expect_nothing({{"x-b3-traceid", kTrace}});
  expect_nothing({{"x-b3-spanid", kSpan}});
  Headers undecided = multi(kTrace, kSpan);
  undecided.add("x-b3-sampled", "yes");
  expect_nothing(undecided);
}

TEST(SdkB3, TheSingleHeaderWins) {
  Headers headers = multi(kShort, kParent);
  headers.add("b3", kTrace + "-" + kSpan + "-1");
  expect_found(headers, kTrace + "-" + kSpan + "-1");
  Headers denied = multi(kTrace, kSpan);
  denied.add("b3", "0");
  expect_nothing(denied);
}

TEST(SdkB3, AMalformedSingleHeaderLeavesTheOthersTheirTurn) {
  Headers headers = multi(kShort, kSpan);
  headers.add("b3", kTrace + "-nonsense-1");
  expect_found(headers, kPadded + "-" + kSpan + "-0");
}

TEST(SdkB3, MultiInjectsOneHeaderEach) {
  const auto sent = [](const char* state) {
    return injected(b3_multi(),
                    extracted(b3_multi(), {{"b3", kTrace + "-" + kSpan + "-" + state}}, Context()));
  };
  for (const char* state : {"0", "1"}) {
    const Headers headers = sent(state);
    EXPECT_EQ(headers.size(), 3u);
    EXPECT_EQ(headers["x-b3-traceid"], kTrace);
    EXPECT_EQ(headers["x-b3-spanid"], kSpan);
    EXPECT_EQ(headers["x-b3-sampled"], state);
  }
  const Headers debug = sent("d");
  EXPECT_EQ(debug.size(), 3u);
  EXPECT_EQ(debug["x-b3-flags"], "1");
  EXPECT_EQ(debug["x-b3-sampled"], "(none)");
}

TEST(SdkB3, InjectsNothingForAnInvalidSpan) {
  EXPECT_EQ(injected(b3_single(), Context()).size(), 0u);
  EXPECT_EQ(injected(b3_multi(), Context()).size(), 0u);
}

TEST(SdkB3, NamesItsFields) {
  EXPECT_EQ(fields_of(b3_single()), std::vector<std::string>{"b3"});
  EXPECT_EQ(fields_of(b3_multi()), (std::vector<std::string>{"x-b3-traceid", "x-b3-spanid",
                                                             "x-b3-sampled", "x-b3-flags"}));
}

}  // namespace
}  // namespace cairn::trace
