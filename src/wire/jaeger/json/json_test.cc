// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/json.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "model/testing.h"

namespace cairn::wire::jaeger {
namespace {

using model::AnyValue;
using model::TestBatch;
using nlohmann::json;

std::string encoded(const model::Batch& batch) {
  std::string out;
  append_trace(out, batch, {}, {});
  return out;
}

json tag_of(const AnyValue& value) {
  TestBatch t;
  t.span("01", "0a").attribute("k", value);
  return json::parse(encoded(t.batch()))["spans"][0]["tags"][0];
}

TEST(JaegerJson, ShortensTraceIdsWhoseHighHalfIsZero) {
  EXPECT_EQ(trace_id_text(model::trace_id("0a")), "000000000000000a");
  EXPECT_EQ(trace_id_text(model::trace_id("0100000000000000000a")),
            "0000000000000100000000000000000a");
  EXPECT_EQ(trace_id_text(model::trace_id("10000000000000000")),
            "00000000000000010000000000000000");
}

TEST(JaegerJson, WritesIntegersThatADoubleCannotHoldAsStrings) {
  EXPECT_EQ(tag_of(AnyValue::integer(9007199254740991))["value"], 9007199254740991);
  EXPECT_EQ(tag_of(AnyValue::integer(9007199254740992))["value"], "9007199254740992");
  EXPECT_EQ(tag_of(AnyValue::integer(-9007199254740991))["value"], -9007199254740991);
  EXPECT_EQ(tag_of(AnyValue::integer(std::numeric_limits<std::int64_t>::min()))["value"],
            "-9223372036854775808");
  EXPECT_EQ(tag_of(AnyValue::integer(9007199254740992))["type"], "int64");
}

TEST(JaegerJson, WritesNumbersThatJsonLacksAsStrings) {
  EXPECT_EQ(tag_of(AnyValue::real(std::numeric_limits<double>::quiet_NaN())),
            json({{"key", "k"}, {"type", "float64"}, {"value", "NaN"}}));
  EXPECT_EQ(tag_of(AnyValue::real(-std::numeric_limits<double>::infinity()))["value"], "-Infinity");
}

TEST(JaegerJson, NamesServicesThatHaveNoUsableName) {
  const auto name_of = [](std::vector<model::Attribute> attributes) {
    model::Resource resource;
    resource.attributes = attributes;
    return std::string(service_name_text(resource));
  };
  EXPECT_EQ(name_of({}), "OTLPResourceNoServiceName");
  EXPECT_EQ(name_of({{"pod", AnyValue::integer(1)}}), "missing-service-name");
  EXPECT_EQ(name_of({{"service.name", AnyValue::string("")}}), "empty-service-name");
  EXPECT_EQ(name_of({{"service.name", AnyValue::integer(1)}}), "service-name-wrong-type");
  EXPECT_EQ(name_of({{"service.name", AnyValue::string("cart")}}), "cart");
}

TEST(JaegerJson, GivesEqualResourcesOneProcessInOrderOfAppearance) {
  TestBatch t;
  t.resource("a").span("01", "01");
  t.resource("b").span("01", "02");
  t.resource("a").span("01", "03");
  const json trace = json::parse(encoded(t.batch()));
  EXPECT_EQ(trace["processes"].size(), 2U);
  EXPECT_EQ(trace["spans"][0]["processID"], "p1");
  EXPECT_EQ(trace["spans"][1]["processID"], "p2");
  EXPECT_EQ(trace["spans"][2]["processID"], "p1");
  EXPECT_EQ(trace["processes"]["p2"]["serviceName"], "b");
}

TEST(JaegerJson, AnAttributeNamedEventStandsBehindTheEventsName) {
  TestBatch t;
  t.span("01", "0a").event("name", Duration(0), {{"event", AnyValue::string("kept")}});
  const json fields = json::parse(encoded(t.batch()))["spans"][0]["logs"][0]["fields"];
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[0]["value"], "name");
  EXPECT_EQ(fields[1]["value"], "kept");
}

TEST(JaegerJson, HidesReservedAttributesAndGivesFlagsAndWarningsBack) {
  TestBatch t;
  const std::vector<AnyValue> warnings = {AnyValue::string("sent")};
  t.span("01", "0a").attribute("cairn.wire.zipkin.shared", AnyValue::boolean(true));
  t.attribute("cairn.wire.jaeger.flags", AnyValue::integer(3));
  t.attribute("cairn.wire.jaeger.warnings", AnyValue::array(warnings));
  const std::vector<std::vector<std::string>> noticed = {{"noticed"}};
  std::string out;
  append_trace(out, t.batch(), noticed, {});
  const json span = json::parse(out)["spans"][0];
  EXPECT_TRUE(span["tags"].empty());
  EXPECT_EQ(span["flags"], 3);
  EXPECT_EQ(span["warnings"], json({"sent", "noticed"}));
}

TEST(JaegerJson, DoesNotRepeatAStatusThatATagSays) {
  const auto tags_of = [](TestBatch& t) {
    return json::parse(encoded(t.batch()))["spans"][0]["tags"].size();
  };
  TestBatch by_error;
  by_error.span("01", "0a").attribute("error", AnyValue::boolean(true));
  EXPECT_EQ(tags_of(by_error.status(model::StatusCode::kError)), 1U);
  TestBatch by_code;
  by_code.span("01", "0a").attribute("otel.status_code", "OK");
  EXPECT_EQ(tags_of(by_code.status(model::StatusCode::kOk)), 1U);
  TestBatch not_said;
  EXPECT_EQ(tags_of(not_said.span("01", "0a").status(model::StatusCode::kError)), 2U);
}

TEST(JaegerJson, MarksAFailureThatIsSaidInOtherWordsForThePages) {
  TestBatch t;
  t.span("01", "0a").attribute("error", "declined").attribute("otel.status_code", "ERROR");
  t.status(model::StatusCode::kError);
  const json tags = json::parse(encoded(t.batch()))["spans"][0]["tags"];
  ASSERT_EQ(tags.size(), 3U);
  EXPECT_EQ(tags[2], json({{"key", "error"}, {"type", "bool"}, {"value", true}}));
}

TEST(JaegerJson, GivesDurationZeroToSpansThatEndBeforeTheyStart) {
  TestBatch t;
  t.span("01", "0a").lasting(std::chrono::seconds(-5));
  EXPECT_EQ(json::parse(encoded(t.batch()))["spans"][0]["duration"], 0);
}

TEST(JaegerJson, PutsWarningsOnTheirSpansAndTheTrace) {
  TestBatch t;
  t.span("01", "0a").span("01", "0b");
  const std::vector<std::vector<std::string>> warnings = {{}, {"odd", "late"}};
  const std::vector<std::string> of_trace = {"cut"};
  std::string out;
  append_trace(out, t.batch(), warnings, of_trace);
  const json trace = json::parse(out);
  EXPECT_TRUE(trace["spans"][0]["warnings"].is_null());
  EXPECT_EQ(trace["spans"][1]["warnings"], json({"odd", "late"}));
  EXPECT_EQ(trace["warnings"], json({"cut"}));
}

TEST(JaegerJson, SaysTheSameInPiecesAsAtOnce) {
  TestBatch t;
  for (const char* id : {"01", "02", "03", "04", "05"}) t.span("01", id).event("e", Duration(1));
  TraceEncoder encoder(t.batch(), {}, {});
  std::string all;
  std::size_t pieces = 0;
  bool complete = false;
  while (!complete) {
    std::string piece;
    complete = encoder.append_some(piece, 1);
    all += piece;
    ++pieces;
  }
  EXPECT_EQ(pieces, 5U);
  EXPECT_EQ(all, encoded(t.batch()));
}

TEST(JaegerJson, StaysValidWhenTextIsNotUtf8) {
  TestBatch t;
  t.resource("s\xff").span("01", "0a", "n\xc3\x28").attribute("\xfe", "\xed\xa0\x80");
  EXPECT_TRUE(json::accept(encoded(t.batch())));
}

}  // namespace
}  // namespace cairn::wire::jaeger
