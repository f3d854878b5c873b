// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sdk/propagation/headers_testing.h"

namespace cairn::trace {
namespace {

const std::string kTrace = "80f198ee56343ba864fe8b2a57d3eff7";
const std::string kSpan = "e457b5a2e4d86bd1";

Context extract(const Headers& headers, const Context& base = base_context()) {
  return jaeger_propagation().extract(headers, base);
}

TEST(SdkJaeger, ReadsEveryValidHeader) {
  const std::string sampled = kTrace + ":" + kSpan + ":0:1";
  const std::pair<std::string, std::string> cases[] = {
      {sampled, sampled},
      {kTrace + ":" + kSpan + ":0:0", kTrace + ":" + kSpan + ":0:0"},
      {kTrace + ":" + kSpan + ":0:3", kTrace + ":" + kSpan + ":0:3"},
      {kTrace + ":" + kSpan + ":0:2", kTrace + ":" + kSpan + ":0:3"},
      {kTrace + ":" + kSpan + ":0:9", sampled},
      {kTrace + ":" + kSpan + ":0:8", kTrace + ":" + kSpan + ":0:0"},
      {kTrace + ":" + kSpan + ":0:01", sampled},
      {kTrace + ":" + kSpan + ":0:0f", kTrace + ":" + kSpan + ":0:3"},
      {kTrace + ":" + kSpan + ":05e3ac9a4f6e3b90:1", sampled},
      {kTrace + ":" + kSpan + "::1", sampled},
      {kTrace + "%3A" + kSpan + "%3a0%3A1", sampled},
      {kTrace + ":" + kSpan + "%3A0:1", sampled},
      {" " + sampled + "\t", sampled},
      {"80F198EE56343BA864FE8B2A57D3EFF7:E457B5A2E4D86BD1:0:1", sampled},
      {"64fe8b2a57d3eff7:" + kSpan + ":0:1", "000000000000000064fe8b2a57d3eff7:" + kSpan + ":0:1"},
      {"f198ee56343ba864fe8b2a57d3eff7:2:0:1",
       "00f198ee56343ba864fe8b2a57d3eff7:0000000000000002:0:1"},
      {"1:2:0:1", "00000000000000000000000000000001:0000000000000002:0:1"},
      {"abc:def12:3:1", "00000000000000000000000000000abc:00000000000def12:0:1"},
  };
  for (const auto& [header, sent_on] : cases) {
    SCOPED_TRACE(header);
    const Context context = extract({{"Uber-Trace-Id", header}});
    EXPECT_TRUE(context.span_context().is_remote);
    EXPECT_EQ(context.span_context().debug, sent_on.back() == '3');
    EXPECT_EQ(context.span_context().is_sampled(), sent_on.back() != '0');
    EXPECT_EQ(context.baggage().header(), "base=kept");
    EXPECT_EQ(injected(jaeger_propagation(), context)["uber-trace-id"], sent_on);
  }
}

TEST(SdkJaeger, RefusesEveryInvalidHeader) {
  const std::string cases[] = {
      "",
      ":::",
      kTrace,
      kTrace + ":" + kSpan,
      kTrace + ":" + kSpan + ":0",
      kTrace + ":" + kSpan + ":0:",
      kTrace + ":" + kSpan + ":0:1:1",
      kTrace + ":" + kSpan + ":0:x",
      kTrace + ":" + kSpan + ":0:00001",
      kTrace + ":" + kSpan + ":x:1",
      kTrace + ":" + kSpan + ":00000000000000000:1",
      "0" + kTrace + ":" + kSpan + ":0:1",
      kTrace + ":0" + kSpan + ":0:1",
      ":" + kSpan + ":0:1",
      kTrace + "::0:1",
      "0:" + kSpan + ":0:1",
      kTrace + ":0:0:1",
      "g:" + kSpan + ":0:1",
      kTrace + "%3B" + kSpan + ":0:1",
      kTrace + "%3",
      kTrace + "%",
      kTrace + "-" + kSpan + "-0-1",
      kTrace + ": " + kSpan + ":0:1",
  };
  for (const std::string& header : cases) {
    SCOPED_TRACE(header);
    EXPECT_TRUE(is_base(extract({{"uber-trace-id", header}})));
  }
}

TEST(SdkJaeger, WithoutHeadersTheBaseStays) {
  EXPECT_TRUE(is_base(extract({})));
}

TEST(SdkJaeger, ReadsBaggageByPrefix) {
  const Context context = extract({{"uberctx-User", "a%20b"},
                                   {"UberCtx-tier", "gold+plus%2B"},
                                   {"uberctx", "x"},
                                   {"uberct-x", "x"}},
                                  Context());
  EXPECT_EQ(context.baggage().header(), "user=a%20b,tier=gold%20plus+");
  EXPECT_FALSE(context.span_context().is_valid());
}

TEST(SdkJaeger, BaggageIsAddedToThatOfTheBase) {
  const Context context =
      extract({{"uber-trace-id", "1:2:0:1"}, {"uberctx-a", "1"}, {"uberctx-base", "new"}});
  EXPECT_EQ(context.baggage().header(), "a=1,base=new");
  EXPECT_TRUE(context.span_context().is_remote);
}

TEST(SdkJaeger, BaggageThatCannotBeSentOnIsLeftOut) {
  const Context context = extract({{"uberctx-", "nameless"},
                                   {"uberctx-a,b", "1"},
                                   {"uberctx-a=b", "1"},
                                   {"uberctx-a b", "1"},
                                   {"uberctx-good", "\"x\"\xC3\xA4,\r\n"},
                                   {"uberctx-big", std::string(9000, 'x')},
                                   {"uberctx-last", "1"}},
                                  Context());
  EXPECT_EQ(context.baggage().header(), "good=%22x%22%C3%A4%2C%0D%0A,last=1");
}

TEST(SdkJaeger, InjectsAHeaderForEachEntryOfTheBaggage) {
  const Baggage baggage =
      Baggage().with("User", "a b").with("sum", "1+1=2 %", "p=1").with("empty", "");
  const Headers headers = injected(jaeger_propagation(), Context().with(baggage));
  EXPECT_EQ(headers.size(), 3u);
  EXPECT_EQ(headers["uberctx-user"], "a%20b");
  EXPECT_EQ(headers["uberctx-sum"], "1%2B1=2%20%25");
  EXPECT_EQ(headers["uberctx-empty"], "");
}

TEST(SdkJaeger, BaggageSurvivesTheWay) {
  const Baggage baggage = Baggage().with("a", "1+2 = 3, \"%\" \xC3\xA4;").with("b", "%41");
  const Headers headers = injected(jaeger_propagation(), Context().with(baggage));
  EXPECT_EQ(extract(headers, Context()).baggage().header(), baggage.header());
}

TEST(SdkJaeger, EntriesTooLongForAHeaderStayHere) {
  const Context context = Context().with(Baggage()
                                             .with(std::string(129, 'n'), "1")
                                             .with("plus", std::string(3000, '+'))
                                             .with("a", "1"));
  const Headers headers = injected(jaeger_propagation(), context);
  EXPECT_EQ(headers.size(), 1u);
  EXPECT_EQ(headers["uberctx-a"], "1");
}

TEST(SdkJaeger, InjectsNothingForAnEmptyContext) {
  EXPECT_EQ(injected(jaeger_propagation(), Context()).size(), 0u);
}

TEST(SdkJaeger, NamesItsField) {
  EXPECT_EQ(fields_of(jaeger_propagation()), std::vector<std::string>{"uber-trace-id"});
}

}  // namespace
}  // namespace cairn::trace
