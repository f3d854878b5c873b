// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sdk/propagation/headers_testing.h"

namespace cairn::trace {
namespace {

std::string baggage_of(const Headers& headers) {
  return std::string(extracted(w3c_baggage(), headers).baggage().header());
}

TEST(SdkBaggagePropagator, SendsWhatItReads) {
  const Context context = extracted(w3c_baggage(), {{"Baggage", "a=1;p , b=%20"}}, Context());
  EXPECT_EQ(injected(w3c_baggage(), context)["baggage"], "a=1;p,b=%20");
}

TEST(SdkBaggagePropagator, InjectsNothingWithoutBaggage) {
  EXPECT_EQ(injected(w3c_baggage(), Context()).size(), 0u);
}

TEST(SdkBaggagePropagator, KeepsTheSpanOfTheBase) {
  const Context base = base_context();
  const Context context = extracted(w3c_baggage(), {{"baggage", "a=1"}}, base);
  EXPECT_EQ(context.span_context().trace_id, base.span_context().trace_id);
  EXPECT_EQ(context.span_context().trace_state, base.span_context().trace_state);
  EXPECT_EQ(context.baggage().header(), "a=1");
}

TEST(SdkBaggagePropagator, AbsentAndMalformedHeadersLeaveTheBase) {
  EXPECT_TRUE(is_base(extracted(w3c_baggage(), {}, base_context())));
  EXPECT_TRUE(is_base(extracted(w3c_baggage(), {{"baggage", ""}}, base_context())));
  EXPECT_TRUE(is_base(extracted(w3c_baggage(), {{"baggage", "no entry"}}, base_context())));
}

TEST(SdkBaggagePropagator, SeveralHeadersAreOneList) {
  EXPECT_EQ(baggage_of({{"baggage", "a=1,b=2"}, {"baggage", ""}, {"baggage", "c=3,a=4"}}),
            "b=2,c=3,a=4");
}

TEST(SdkBaggagePropagator, SeveralHeadersShareTheLimitOfEntries) {
  Headers headers;
  for (int i = 0; i < 100; ++i) headers.add("baggage", "k" + std::to_string(i) + "=v");
  const Context context = w3c_baggage().extract(headers, Context());
  std::size_t entries = 0;
  context.baggage().for_each([&](auto, const auto&, auto) { ++entries; });
  EXPECT_EQ(entries, Baggage::kMaxEntries);
}

TEST(SdkBaggagePropagator, SeveralHeadersShareTheLimitOfSize) {
  const std::string first = "a=" + std::string(8000, 'x');
  const std::string second = "b=" + std::string(100, 'y');
  EXPECT_EQ(baggage_of({{"baggage", first}, {"baggage", second + ",c=" + std::string(200, 'z')}}),
            first + "," + second);
  EXPECT_EQ(baggage_of({{"baggage", first}, {"baggage", "b=" + std::string(200, 'y')}}), first);
}

TEST(SdkBaggagePropagator, AFirstHeaderThatIsTooLongKeepsWhatFits) {
  EXPECT_EQ(baggage_of({{"baggage", "a=1,b=" + std::string(9000, 'x')}, {"baggage", "c=3"}}),
            "a=1");
}

TEST(SdkBaggagePropagator, NamesItsFields) {
  EXPECT_EQ(fields_of(w3c_baggage()), std::vector<std::string>{"baggage"});
}

}  // namespace
}  // namespace cairn::trace
