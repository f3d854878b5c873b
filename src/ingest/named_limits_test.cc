// SPDX-License-Identifier: Apache-2.0
#include "ingest/named_limits.h"

#include <gtest/gtest.h>

#include "model/testing.h"

namespace cairn::ingest {
namespace {

TEST(NamedLimits, ReadWhatTheyWrite) {
  for (const char* text : {"cart spans_per_second=500 bytes_per_second=1MiB",
                           "cart spans_per_second=0", "cart bytes_per_second=7B", "cart",
                           "a max_attributes=1 max_value_bytes=2KiB", "a max_trace_spans=10000"}) {
    const auto limits = parse_named_limits(text);
    ASSERT_TRUE(limits) << text;
    EXPECT_EQ(to_text(*limits), text);
  }
  for (const char* text : {"", "spans_per_second=1", "bytes_per_second=1MiB x", "cart spans=1",
                           "cart spans_per_second=x", "cart spans_per_second=1KiB",
                           "cart spans_per_second", "cart bytes_per_second=lots"}) {
    EXPECT_FALSE(parse_named_limits(text)) << text;
  }
}

TEST(LimitsByResource, AServicesOwnGoBeforeItsTenantsWhichGoBeforeTheGeneral) {
  model::TestBatch t;
  t.resource("cart").span("1", "1").resource("shop").span("1", "2");
  const std::vector<NamedLimits> tenants = {
      {.name = "a", .max_attributes = 10, .max_trace_spans = 100}};
  const std::vector<NamedLimits> services = {{.name = "cart", .max_attributes = 5}};
  const LimitsByResource of_a({64, 0, 0}, tenants, services, {"a"}, t.batch());
  EXPECT_EQ(of_a.of(t.batch(), t.batch().spans[0]).max_attributes, 5U);
  EXPECT_EQ(of_a.of(t.batch(), t.batch().spans[1]).max_attributes, 10U);
  EXPECT_TRUE(of_a.limits_traces());
  const LimitsByResource of_b({64, 0, 0}, tenants, {}, {"b"}, t.batch());
  EXPECT_EQ(of_b.of(t.batch(), t.batch().spans[0]).max_attributes, 64U);
  EXPECT_FALSE(of_b.limits_traces());
  EXPECT_FALSE(of_b.cuts_values());
}

}  // namespace
}  // namespace cairn::ingest
