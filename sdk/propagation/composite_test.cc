// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <unordered_map>

#include <gtest/gtest.h>

#include "sdk/propagation/headers_testing.h"

namespace cairn::trace {
namespace {

const std::string kTraceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const std::string kB3 = "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1";

// Puts the default back, so that the order of the tests does not matter.
class SdkPropagator : public testing::Test {
 protected:
  const Propagator& before_ = propagator();
  ~SdkPropagator() override { set_propagator(before_); }
};

TEST(SdkCompositePropagator, InjectsWithEveryPart) {
  const CompositePropagator all({&w3c_trace_context(), &b3_multi(), &w3c_baggage()});
  const Headers headers = injected(all, base_context());
  for (const char* name : {"traceparent", "tracestate", "x-b3-traceid", "baggage"}) {
    EXPECT_NE(headers[name], "(none)") << name;
  }
}

TEST(SdkCompositePropagator, TheLastPartThatFindsASpanWins) {
  const Headers both{{"traceparent", kTraceparent}, {"b3", kB3}};
  const auto trace_of = [&](const CompositePropagator& parts) {
    return hex_of(parts.extract(both, Context()).span_context().trace_id);
  };
  EXPECT_EQ(trace_of(CompositePropagator({&w3c_trace_context(), &b3_single()})), kB3.substr(0, 32));
  EXPECT_EQ(trace_of(CompositePropagator({&b3_single(), &w3c_trace_context()})),
            kTraceparent.substr(3, 32));
}

TEST(SdkCompositePropagator, APartThatFindsNothingKeepsWhatWasFound) {
  const CompositePropagator all({&w3c_trace_context(), &b3_single(), &jaeger_propagation()});
  const Context context =
      extracted(all, {{"traceparent", kTraceparent}, {"b3", "0"}}, base_context());
  EXPECT_EQ(injected(w3c_trace_context(), context)["traceparent"], kTraceparent);
}

TEST(SdkCompositePropagator, WithoutPartsItDoesNothing) {
  const CompositePropagator none({});
  EXPECT_EQ(injected(none, base_context()).size(), 0u);
  EXPECT_TRUE(is_base(extracted(none, {{"traceparent", kTraceparent}}, base_context())));
  EXPECT_TRUE(fields_of(none).empty());
}

TEST(SdkCompositePropagator, LeavesOutNullAndMoreThanEight) {
  std::vector<const Propagator*> parts(8, &w3c_baggage());
  parts.insert(parts.begin(), nullptr);
  parts.push_back(&b3_single());
  EXPECT_EQ(fields_of(CompositePropagator(parts)), std::vector<std::string>(8, "baggage"));
}

TEST_F(SdkPropagator, IsTraceContextAndBaggageByDefault) {
  EXPECT_EQ(fields_of(propagator()),
            (std::vector<std::string>{"traceparent", "tracestate", "baggage"}));
  const Context context = extracted(
      propagator(), {{"traceparent", kTraceparent}, {"tracestate", "a=1"}, {"baggage", "b=2"}},
      Context());
  const Headers headers = injected(propagator(), context);
  EXPECT_EQ(headers["traceparent"], kTraceparent);
  EXPECT_EQ(headers["tracestate"], "a=1");
  EXPECT_EQ(headers["baggage"], "b=2");
}

TEST_F(SdkPropagator, CanBeSet) {
  set_propagator(b3_single());
  EXPECT_EQ(&propagator(), &b3_single());
}

template <class Map>
void expect_map_carries() {
  Map map;
  MapWriter<Map> writer(map);
  const CompositePropagator all({&w3c_trace_context(), &jaeger_propagation()});
  const Context sent = extracted(w3c_trace_context(), {{"traceparent", kTraceparent}});
  all.inject(sent.with(Baggage().with("user", "a b")), writer);
  EXPECT_EQ(map["traceparent"], kTraceparent);
  const Context received = all.extract(MapReader<Map>(map), Context());
  EXPECT_EQ(received.span_context().trace_id, sent.span_context().trace_id);
  EXPECT_EQ(received.baggage().header(), "user=a%20b");
}

TEST(SdkMapReader, ReadsWhatMapWriterWrote) {
  expect_map_carries<std::map<std::string, std::string>>();
  expect_map_carries<std::map<std::string, std::string, std::less<>>>();
  expect_map_carries<std::unordered_map<std::string, std::string>>();
}

TEST(SdkTextMapReader, WithoutAListJaegersBaggageIsNotRead) {
  struct OneHeader final : TextMapReader {
    bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
      value = "1:2:0:1";
      return name == "uber-trace-id" && index == 0;
    }
  };
  const Context context = jaeger_propagation().extract(OneHeader(), base_context());
  EXPECT_TRUE(context.span_context().is_remote);
  EXPECT_EQ(context.baggage().header(), "base=kept");
}

}  // namespace
}  // namespace cairn::trace
