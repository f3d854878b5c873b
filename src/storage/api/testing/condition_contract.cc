// SPDX-License-Identifier: Apache-2.0
//
// The meaning of conditions on a span: each is asked by scan and by search(some_span(...)).
#include <cmath>
#include <limits>

#include "storage/api/testing/contract_suite.h"

namespace cairn::storage {
namespace {

using model::AnyValue;
using model::TestBatch;
using namespace std::chrono_literals;

Condition compare(Field field, Operator op, std::vector<Constant> constants) {
  return Condition::compare(std::move(field), op, std::move(constants));
}
Condition compare(Intrinsic intrinsic, Operator op, Constant constant) {
  return Condition::compare(Field::intrinsic(intrinsic), op, {std::move(constant)});
}
Condition equal(Intrinsic intrinsic, Constant constant) {
  return compare(intrinsic, Operator::kEqual, std::move(constant));
}

// Two traces whose spans differ in everything that conditions can ask.
std::shared_ptr<const model::Batch> sample() {
  TestBatch batch;
  batch.resource("cart", {{"zone", AnyValue::string("eu")}, {"n", AnyValue::integer(3)}});
  batch.scope("io.http", "1.2");
  const auto of_scope = batch.batch().arena.make<model::Attribute>(1);
  of_scope[0] = {"lang", AnyValue::string("go")};
  batch.batch().scopes.back().attributes = of_scope;
  batch.span("a1", "01", "GET /cart").kind(model::SpanKind::kServer).lasting(5ms);
  batch.status(model::StatusCode::kOk).attribute("code", AnyValue::integer(200));
  batch.attribute("user", "ann").attribute("zone", "span");
  batch.span("a1", "02", "SELECT").parent("01").starting(1ms).lasting(2ms);
  batch.status(model::StatusCode::kError, "boom").attribute("code", AnyValue::real(200.5));
  batch.attribute("cached", AnyValue::boolean(true));
  batch.event("retry", 1us, {{"try", AnyValue::integer(1)}, {"why", AnyValue::string("slow")}});
  batch.event("retry", 2us, {{"try", AnyValue::integer(2)}, {"why", AnyValue::string("down")}});
  batch.resource("shop").scope("db");
  batch.span("a2", "03", "GET /shop").kind(model::SpanKind::kClient).lasting(10ms);
  batch.attribute("code", "200");
  batch.link("b1", "0b", {{"try", AnyValue::integer(7)}});
  batch.link("b2", "0c", {{"why", AnyValue::string("slow")}});
  batch.last().trace_state = "k=v";
  batch.span("a2", "04", "line\nbreak").parent("03");
  batch.attribute("user", "Bob").attribute("nothing", AnyValue());
  batch.attribute("raw", AnyValue::bytes(as_bytes("abc")));
  batch.attribute("nan", AnyValue::real(std::numeric_limits<double>::quiet_NaN()));
  return batch.share();
}

TEST_P(TraceStoreContract, EverythingHoldsForEverySpan) {
  write(sample());
  expect_spans(Condition::everything(), {"a1/01", "a1/02", "a2/03", "a2/04"});
  expect_spans(Condition::all_of({}), {"a1/01", "a1/02", "a2/03", "a2/04"});
  expect_spans(Condition::any_of({}), {});
}

TEST_P(TraceStoreContract, AsksAttributesAtEachLevel) {
  write(sample());
  expect_spans(Condition::equal(resource("zone"), text("eu")), {"a1/01", "a1/02"});
  expect_spans(Condition::equal(span("zone"), text("eu")), {});
  expect_spans(Condition::equal(span("zone"), text("span")), {"a1/01"});
  expect_spans(Condition::equal(Field::attribute(Level::kScope, "lang"), text("go")),
               {"a1/01", "a1/02"});
  expect_spans(Condition::equal(event("why"), text("slow")), {"a1/02"});
  expect_spans(Condition::equal(link("why"), text("slow")), {"a2/03"});
}

TEST_P(TraceStoreContract, AnyLevelLooksFromResourceToLink) {
  write(sample());
  expect_spans(Condition::equal(any("zone"), text("eu")), {"a1/01", "a1/02"});
  expect_spans(Condition::equal(any("zone"), text("span")), {"a1/01"});
  expect_spans(Condition::equal(any("why"), text("slow")), {"a1/02", "a2/03"});
  expect_spans(Condition::equal(any("lang"), text("go")), {"a1/01", "a1/02"});
  expect_spans(Condition::exists(any("try")), {"a1/02", "a2/03"});
}

TEST_P(TraceStoreContract, AsksEveryFactOfASpan) {
  write(sample());
  expect_spans(equal(Intrinsic::kName, "SELECT"), {"a1/02"});
  expect_spans(equal(Intrinsic::kKind, "server"), {"a1/01"});
  expect_spans(equal(Intrinsic::kKind, "unspecified"), {"a1/02", "a2/04"});
  expect_spans(equal(Intrinsic::kStatus, "error"), {"a1/02"});
  expect_spans(equal(Intrinsic::kStatus, "unset"), {"a2/03", "a2/04"});
  expect_spans(equal(Intrinsic::kStatusMessage, "boom"), {"a1/02"});
  expect_spans(compare(Intrinsic::kDuration, Operator::kGreaterOrEqual, number(5'000'000)),
               {"a1/01", "a2/03"});
  const auto start = static_cast<std::int64_t>(model::kTestStart.unix_nanos);
  expect_spans(compare(Intrinsic::kStart, Operator::kGreater, start), {"a1/02"});
  expect_spans(equal(Intrinsic::kEnd, start + 10'000'000), {"a2/03"});
  expect_spans(equal(Intrinsic::kSpanId, "0000000000000003"), {"a2/03"});
  expect_spans(equal(Intrinsic::kParentSpanId, "0000000000000001"), {"a1/02"});
  expect_spans(equal(Intrinsic::kTraceState, "k=v"), {"a2/03"});
  expect_spans(equal(Intrinsic::kScopeName, "io.http"), {"a1/01", "a1/02"});
  expect_spans(equal(Intrinsic::kScopeVersion, "1.2"), {"a1/01", "a1/02"});
  expect_spans(equal(Intrinsic::kTraceId, "000000000000000000000000000000a2"), {"a2/03", "a2/04"});
}

TEST_P(TraceStoreContract, AsksFactsOfEventsAndLinks) {
  write(sample());
  expect_spans(equal(Intrinsic::kEventName, "retry"), {"a1/02"});
  expect_spans(equal(Intrinsic::kEventTimeSinceStart, number(2000)), {"a1/02"});
  expect_spans(compare(Intrinsic::kEventTimeSinceStart, Operator::kGreater, number(2000)), {});
  expect_spans(equal(Intrinsic::kLinkTraceId, "000000000000000000000000000000b2"), {"a2/03"});
  expect_spans(equal(Intrinsic::kLinkSpanId, "000000000000000b"), {"a2/03"});
}

TEST_P(TraceStoreContract, ExistenceAsksForPresenceWhateverTheValue) {
  write(sample());
  expect_spans(Condition::exists(span("user")), {"a1/01", "a2/04"});
  expect_spans(Condition::exists(span("nothing")), {"a2/04"});
  expect_spans(Condition::exists(Field::intrinsic(Intrinsic::kParentSpanId)), {"a1/02", "a2/04"});
  expect_spans(Condition::exists(Field::intrinsic(Intrinsic::kTraceState)), {"a2/03"});
  expect_spans(Condition::exists(Field::intrinsic(Intrinsic::kEventName)), {"a1/02"});
}

TEST_P(TraceStoreContract, AComparisonWithAMissingAttributeIsFalse) {
  write(sample());
  expect_spans(compare(span("user"), Operator::kNotEqual, {text("ann")}), {"a2/04"});
  expect_spans(compare(span("user"), Operator::kNotMatches, {text("a.*")}), {"a2/04"});
  expect_spans(compare(span("missing"), Operator::kNotEqual, {text("x")}), {});
  expect_spans(Condition::negate(Condition::equal(span("user"), text("ann"))),
               {"a1/02", "a2/03", "a2/04"});
}

TEST_P(TraceStoreContract, ComparesIntsAndDoublesByValue) {
  write(sample());
  expect_spans(Condition::equal(span("code"), number(200)), {"a1/01"});
  expect_spans(Condition::equal(span("code"), 200.0), {"a1/01"});
  expect_spans(Condition::equal(span("code"), 200.5), {"a1/02"});
  expect_spans(compare(span("code"), Operator::kGreater, {number(200)}), {"a1/02"});
  expect_spans(compare(span("code"), Operator::kLess, {200.25}), {"a1/01"});
  expect_spans(compare(span("code"), Operator::kLessOrEqual, {200.5}), {"a1/01", "a1/02"});
  expect_spans(compare(span("code"), Operator::kNotEqual, {number(200)}), {"a1/02"});
}

TEST_P(TraceStoreContract, ComparesHugeIntsWithDoublesExactly) {
  write(sample());
  constexpr std::int64_t kBig = (std::int64_t{1} << 53) + 1;
  write(TestBatch().span("a5", "05").attribute("big", AnyValue::integer(kBig)));
  const double rounded = 9007199254740992.0;  // 2^53
  expect_spans(Condition::equal(span("big"), rounded), {});
  expect_spans(compare(span("big"), Operator::kGreater, {rounded}), {"a5/05"});
  expect_spans(compare(span("big"), Operator::kLess, {1e300}), {"a5/05"});
}

TEST_P(TraceStoreContract, ValuesOfOtherTypesNeverCompare) {
  write(sample());
  expect_spans(Condition::equal(span("code"), text("200")), {"a2/03"});
  expect_spans(Condition::equal(span("cached"), text("true")), {});
  expect_spans(Condition::equal(span("cached"), number(1)), {});
  expect_spans(compare(span("raw"), Operator::kNotEqual, {text("abc")}), {});
  expect_spans(compare(span("nothing"), Operator::kNotEqual, {text("abc")}), {});
  expect_spans(compare(span("cached"), Operator::kNotMatches, {text("x")}), {});
}

TEST_P(TraceStoreContract, ComparesBoolsByEquality) {
  write(sample());
  expect_spans(Condition::equal(span("cached"), true), {"a1/02"});
  expect_spans(Condition::equal(span("cached"), false), {});
  expect_spans(compare(span("cached"), Operator::kNotEqual, {false}), {"a1/02"});
}

TEST_P(TraceStoreContract, ComparesTextByBytes) {
  write(sample());
  expect_spans(compare(span("user"), Operator::kLess, {text("a")}), {"a2/04"});
  expect_spans(compare(span("user"), Operator::kGreaterOrEqual, {text("ann")}), {"a1/01"});
  expect_spans(compare(span("user"), Operator::kGreater, {text("ann")}), {});
  expect_spans(Condition::equal(span("user"), text("bob")), {});
}

TEST_P(TraceStoreContract, NotANumberEqualsNothing) {
  write(sample());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  expect_spans(Condition::equal(span("nan"), nan), {});
  expect_spans(compare(span("nan"), Operator::kNotEqual, {nan}), {"a2/04"});
  expect_spans(compare(span("nan"), Operator::kLessOrEqual, {number(1)}), {});
  expect_spans(compare(span("code"), Operator::kGreaterOrEqual, {nan}), {});
}

TEST_P(TraceStoreContract, SeveralConstantsMeanOneOfThemOrNoneOfThem) {
  write(sample());
  expect_spans(compare(span("user"), Operator::kEqual, {text("x"), text("ann"), text("Bob")}),
               {"a1/01", "a2/04"});
  expect_spans(compare(span("user"), Operator::kNotEqual, {text("x"), text("ann")}), {"a2/04"});
  expect_spans(compare(span("code"), Operator::kEqual, {text("200"), number(200)}),
               {"a1/01", "a2/03"});
}

TEST_P(TraceStoreContract, PatternsMatchTheWholeText) {
  write(sample());
  const auto name = Field::intrinsic(Intrinsic::kName);
  expect_spans(compare(name, Operator::kMatches, {text("GET /.*")}), {"a1/01", "a2/03"});
  expect_spans(compare(name, Operator::kMatches, {text("GET")}), {});
  expect_spans(compare(name, Operator::kMatches, {text("line.break")}), {"a2/04"});
  expect_spans(compare(name, Operator::kMatches, {text("SEL|SELECT")}), {"a1/02"});
  expect_spans(compare(name, Operator::kNotMatches, {text("GET.*")}), {"a1/02", "a2/04"});
  expect_spans(compare(span("code"), Operator::kMatches, {text(".*")}), {"a2/03"});
}

TEST_P(TraceStoreContract, TextEqualityLooksAtTheDisplayedText) {
  write(sample());
  expect_spans(compare(span("code"), Operator::kTextEqual, {text("200")}), {"a1/01", "a2/03"});
  expect_spans(compare(span("code"), Operator::kTextEqual, {text("200.5")}), {"a1/02"});
  expect_spans(compare(span("cached"), Operator::kTextEqual, {text("true")}), {"a1/02"});
  expect_spans(compare(span("raw"), Operator::kTextEqual, {text("YWJj")}), {"a2/04"});
  expect_spans(compare(any("try"), Operator::kTextEqual, {text("7")}), {"a2/03"});
}

TEST_P(TraceStoreContract, AndOrNotCombineOnTheSameSpan) {
  write(sample());
  const Condition server = equal(Intrinsic::kKind, "server");
  const Condition failed = equal(Intrinsic::kStatus, "error");
  expect_spans(Condition::all_of({server, failed}), {});
  expect_spans(Condition::any_of({server, failed}), {"a1/01", "a1/02"});
  expect_spans(Condition::negate(Condition::any_of({server, failed})), {"a2/03", "a2/04"});
  expect_spans(Condition::all_of({Condition::negate(server), Condition::exists(span("user"))}),
               {"a2/04"});
}

TEST_P(TraceStoreContract, OneEventSatisfiesAllOfSomeEvent) {
  write(sample());
  const Condition first = Condition::equal(event("try"), number(1));
  const Condition down = Condition::equal(event("why"), text("down"));
  expect_spans(Condition::all_of({first, down}), {"a1/02"});
  expect_spans(Condition::some_event(Condition::all_of({first, down})), {});
  expect_spans(Condition::some_event(Condition::all_of({Condition::negate(first), down})),
               {"a1/02"});
  expect_spans(Condition::some_event(Condition::everything()), {"a1/02"});
  expect_spans(Condition::negate(Condition::some_event(first)), {"a1/01", "a2/03", "a2/04"});
}

TEST_P(TraceStoreContract, OneLinkSatisfiesAllOfSomeLink) {
  write(sample());
  const Condition seventh = Condition::equal(link("try"), number(7));
  const Condition slow = Condition::equal(link("why"), text("slow"));
  expect_spans(Condition::all_of({seventh, slow}), {"a2/03"});
  expect_spans(Condition::some_link(Condition::all_of({seventh, slow})), {});
  expect_spans(Condition::some_link(
                   Condition::all_of({seventh, equal(Intrinsic::kLinkSpanId, "000000000000000b")})),
               {"a2/03"});
}

TEST_P(TraceStoreContract, ARepeatedKeyHasItsFirstValue) {
  write(sample());
  write(TestBatch().span("a6", "06").attribute("r", "first").attribute("r", "second"));
  expect_spans(Condition::equal(span("r"), text("first")), {"a6/06"});
  expect_spans(Condition::equal(span("r"), text("second")), {});
}

TEST_P(TraceStoreContract, SaturatesTimesPast2262) {
  write(sample());
  TestBatch batch;
  batch.span("a7", "07");
  batch.last().start = model::Timestamp::max();
  batch.last().end = model::Timestamp::max();
  write(batch);
  expect_spans(equal(Intrinsic::kStart, std::numeric_limits<std::int64_t>::max()), {"a7/07"});
}

}  // namespace

}  // namespace cairn::storage
