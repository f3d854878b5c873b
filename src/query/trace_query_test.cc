// SPDX-License-Identifier: Apache-2.0
#include "query/trace_query.h"

#include <gtest/gtest.h>

#include "model/testing.h"
#include "storage/api/condition_matcher.h"

namespace cairn::query {
namespace {

using model::AnyValue;
using model::TestBatch;

// Whether the one span satisfies `key=value`.
bool finds(TestBatch& t, const std::string& key, const std::string& value) {
  const auto matcher = storage::ConditionMatcher::for_spans(tag_condition(key, value));
  return matcher.value().matches_span(t.batch(), t.last());
}

TEST(TagCondition, ComparesTheTextOfAttributesOfAnyLevelAndType) {
  TestBatch t;
  t.resource("cart", {{"pod", AnyValue::integer(7)}}).span("01", "0a");
  t.attribute("ratio", AnyValue::real(72.5)).attribute("ok", AnyValue::boolean(true));
  t.event("miss", Duration(0), {{"key", AnyValue::string("k1")}});
  t.link("02", "0b", {{"why", AnyValue::string("retry")}});
  EXPECT_TRUE(finds(t, "pod", "7"));
  EXPECT_TRUE(finds(t, "ratio", "72.5"));
  EXPECT_TRUE(finds(t, "ok", "true"));
  EXPECT_TRUE(finds(t, "key", "k1"));
  EXPECT_TRUE(finds(t, "why", "retry"));
  EXPECT_FALSE(finds(t, "pod", "8"));
  EXPECT_FALSE(finds(t, "absent", ""));
}

TEST(TagCondition, AsksErrorOfTheStatus) {
  TestBatch good;
  good.span("01", "0a");
  TestBatch bad;
  bad.span("01", "0a").status(model::StatusCode::kError);
  EXPECT_TRUE(finds(bad, "error", "true"));
  EXPECT_FALSE(finds(bad, "error", "false"));
  EXPECT_FALSE(finds(good, "error", "true"));
  EXPECT_TRUE(finds(good, "error", "false"));
}

TEST(TagCondition, AsksForOtherErrorsAsAttributes) {
  TestBatch t;
  t.span("01", "0a").attribute("error", "timeout");
  EXPECT_TRUE(finds(t, "error", "timeout"));
  EXPECT_FALSE(finds(t, "error", "true"));
}

TEST(TagCondition, KnowsTheNamesOfFields) {
  TestBatch t;
  t.resource("cart", {{"pod", AnyValue::integer(7)}}).scope("io.http", "1.2");
  t.span("01", "0a").kind(model::SpanKind::kServer).status(model::StatusCode::kError, "boom");
  t.last().trace_state = "a=b";
  t.event("cache miss", Duration(0));
  EXPECT_TRUE(finds(t, "span.kind", "server"));
  EXPECT_TRUE(finds(t, "span.kind", "SERVER"));
  EXPECT_FALSE(finds(t, "span.kind", "client"));
  EXPECT_TRUE(finds(t, "span.status", "error"));
  EXPECT_TRUE(finds(t, "otel.status_code", "ERROR"));
  EXPECT_TRUE(finds(t, "otel.status_description", "boom"));
  EXPECT_TRUE(finds(t, "scope.name", "io.http"));
  EXPECT_TRUE(finds(t, "otel.scope.version", "1.2"));
  EXPECT_TRUE(finds(t, "w3c.tracestate", "a=b"));
  EXPECT_TRUE(finds(t, "event", "cache miss"));
  EXPECT_TRUE(finds(t, "resource.pod", "7"));
  EXPECT_FALSE(finds(t, "resource.pod", "8"));
}

TEST(TagCondition, FindsAttributesThatAreReallySpelledResource) {
  TestBatch t;
  t.span("01", "0a").attribute("resource.name", "GET /");
  EXPECT_TRUE(finds(t, "resource.name", "GET /"));
  EXPECT_FALSE(finds(t, "resource.", "GET /"));
}

TEST(ToCondition, AsksNothingOfAnEmptyQuery) {
  EXPECT_EQ(to_condition({}), storage::Condition::everything());
}

TEST(ToCondition, IsAlwaysValid) {
  const TraceQuery query{.service = "s",
                         .operation = "o",
                         .min_duration = Duration(1),
                         .max_duration = Duration(2),
                         .tags = {{"error", "false"}, {"event", "e"}, {"resource.x", "y"}},
                         .range = {},
                         .after = {}};
  EXPECT_TRUE(storage::validate_trace_condition(to_condition(query)));
}

}  // namespace
}  // namespace cairn::query
