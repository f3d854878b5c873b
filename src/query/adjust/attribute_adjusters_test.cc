// SPDX-License-Identifier: Apache-2.0
//
// move_library_attributes, show_ip_attributes, drop_empty_links.
#include <gtest/gtest.h>

#include "query/adjust/adjust.h"
#include "query/adjust/testing.h"

namespace cairn::query::adjust {
namespace {

using model::AnyValue;
using model::TestBatch;

TEST(MoveLibraryAttributes, MovesThemFromSpansToTheResource) {
  TestBatch t;
  t.resource("cart");
  t.span("01", "0a", "x").attribute("telemetry.sdk.name", "otel").attribute("k", "v");
  t.attribute("telemetry.distro.version", "1").attribute("telemetry.sdk.other", "stays");
  t.span("01", "0b", "y").attribute("telemetry.sdk.name", "otel");
  Trace trace = trace_of(t);
  move_library_attributes(trace);
  EXPECT_EQ(text_of(trace.batch.resources[0].attributes),
            "service.name=cart telemetry.distro.version=1 telemetry.sdk.name=otel");
  EXPECT_EQ(text_of(named(trace, "x").attributes), "k=v telemetry.sdk.other=stays");
  EXPECT_EQ(text_of(named(trace, "y").attributes), "");
  EXPECT_TRUE(trace.span_warnings.empty());
}

TEST(MoveLibraryAttributes, WarnsWhereTheResourceSaysOtherwise) {
  TestBatch t;
  t.resource("cart", {{"telemetry.sdk.name", AnyValue::string("theirs")}});
  t.span("01", "0a", "x").attribute("telemetry.sdk.name", "ours");
  Trace trace = trace_of(t);
  move_library_attributes(trace);
  EXPECT_EQ(text_of(trace.batch.spans[0].attributes), "telemetry.sdk.name=ours");
  EXPECT_EQ(warnings_of(trace, "x"),
            "telemetry.sdk.name differs between the span and its resource");
}

TEST(ShowIpAttributes, TurnsNumbersIntoAddresses) {
  TestBatch t;
  t.resource("cart", {{"ip", AnyValue::integer(0x7f000001)}});
  t.span("01", "0a").attribute("peer.ipv4", AnyValue::real(0x0a000102));
  t.attribute("ip", AnyValue::integer(-1)).attribute("port", AnyValue::integer(1));
  Trace trace = trace_of(t);
  show_ip_attributes(trace);
  EXPECT_EQ(text_of(trace.batch.resources[0].attributes), "service.name=cart ip=127.0.0.1");
  EXPECT_EQ(text_of(trace.batch.spans[0].attributes),
            "peer.ipv4=10.0.1.2 ip=255.255.255.255 port=1");
}

TEST(ShowIpAttributes, LeavesWhatIsNoAddress) {
  TestBatch t;
  t.span("01", "0a").attribute("ip", "10.0.0.1");
  t.attribute("ip", AnyValue::integer(0x1'0000'0000));
  t.attribute("peer.ipv4", AnyValue::real(-1.5)).attribute("peer.ipv4", AnyValue::boolean(true));
  Trace trace = trace_of(t);
  show_ip_attributes(trace);
  EXPECT_EQ(text_of(trace.batch.spans[0].attributes),
            "ip=10.0.0.1 ip=4294967296 peer.ipv4=-1.5 peer.ipv4=true");
}

TEST(DropEmptyLinks, RemovesLinksThatPointNowhere) {
  TestBatch t;
  t.span("01", "0a", "x").link("02", "0b").link("0", "0c").link("03", "0d");
  t.span("01", "0b", "y").link("02", "0b");
  Trace trace = trace_of(t);
  drop_empty_links(trace);
  const auto links = named(trace, "x").links;
  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[0].trace_id, model::trace_id("02"));
  EXPECT_EQ(links[1].trace_id, model::trace_id("03"));
  EXPECT_EQ(warnings_of(trace, "x"), "a link without a trace id was removed");
  EXPECT_EQ(warnings_of(trace, "y"), "");
}

}  // namespace
}  // namespace cairn::query::adjust
