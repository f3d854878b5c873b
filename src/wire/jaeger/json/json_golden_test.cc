// SPDX-License-Identifier: Apache-2.0
//
// tests/golden/jaeger: each case is a trace as text (.txt) and as Jaeger's JSON (.json).
// UPDATE_GOLDEN=1 rewrites the files; the review reads the difference.
#include <cmath>

#include <gtest/gtest.h>

#include "base/golden_testing.h"
#include "model/testing.h"
#include "model/text.h"
#include "wire/jaeger/json.h"
#include "wire/jaeger/json/json_indent.h"

namespace cairn::wire::jaeger {
namespace {

using model::AnyValue;
using model::TestBatch;
using std::chrono::microseconds;
using std::chrono::milliseconds;

const cairn::testing::GoldenFolder kGolden("jaeger");

void expect_case(const std::string& name, const model::Batch& trace,
                 const std::vector<std::vector<std::string>>& warnings = {}) {
  std::string compact;
  append_trace(compact, trace, warnings, {});
  std::string json;
  JsonIndenter().append(json, compact);
  kGolden.expect(name + ".txt", model::to_text(trace));
  kGolden.expect(name + ".json", json + "\n");
}

TEST(JaegerJsonGolden, TwoServices) {
  constexpr std::string_view kTrace = "5b8efff798038103d269b633813fc60c";
  TestBatch t;
  t.resource("web", {{"host.name", AnyValue::string("h1")}, {"pod", AnyValue::integer(7)}});
  t.scope("io.http", "1.2");
  t.span(kTrace, "0a", "GET /cart").kind(model::SpanKind::kServer).lasting(milliseconds(20));
  t.attribute("http.status_code", AnyValue::integer(500)).status(model::StatusCode::kError, "boom");
  t.event("cache miss", microseconds(1500), {{"key", AnyValue::string("user:1")}});
  t.last().flags = 0x101;
  t.last().trace_state = "a=b";
  t.resource("cart");
  t.span(kTrace, "0b", "load").parent("0a").kind(model::SpanKind::kClient);
  t.starting(milliseconds(2)).lasting(microseconds(1234)).status(model::StatusCode::kOk);
  expect_case("two_services", t.batch(), {{}, {"a warning"}});
}

TEST(JaegerJsonGolden, EveryKindOfValue) {
  TestBatch t;
  const std::vector<AnyValue> list = {AnyValue::integer(1), AnyValue::string("two")};
  const std::vector<model::Attribute> fields = {{"a", AnyValue::boolean(false)}};
  t.span("00f067aa0ba902b7", "0c", "values");
  t.attribute("text", "é \"quoted\"\n").attribute("yes", AnyValue::boolean(true));
  t.attribute("int", AnyValue::integer(-3)).attribute("big", AnyValue::integer(INT64_MAX));
  t.attribute("half", AnyValue::real(0.5)).attribute("nan", AnyValue::real(std::nan("")));
  t.attribute("bytes", AnyValue::bytes(as_bytes("\x01\x02\xff")));
  t.attribute("list", AnyValue::array(list)).attribute("map", AnyValue::key_value_list(fields));
  t.attribute("empty", AnyValue());
  expect_case("every_kind_of_value", t.batch());
}

TEST(JaegerJsonGolden, ParentsAndLinks) {
  TestBatch t;
  t.span("0d", "01", "joins").parent("02");
  t.link("5b8efff798038103d269b633813fc60c", "0e");
  t.link("0d", "0f", {{"opentracing.ref_type", AnyValue::string("child_of")}});
  expect_case("parents_and_links", t.batch());
}

}  // namespace
}  // namespace cairn::wire::jaeger
