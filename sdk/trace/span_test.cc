// SPDX-License-Identifier: Apache-2.0
//
// What the specification says of a span, on the span that comes out at the other end.
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "sdk/trace/testing/fixture.h"

namespace cairn::trace {
namespace {

using testing::RecorderTest;
using Map = std::map<std::string, std::string>;

class SpanTest : public RecorderTest {};

TEST_F(SpanTest, CarriesWhatItWasGivenAtTheStart) {
  start_memory();
  const SpanContext linked = tracer_.start("other").context();
  memory_->clear();
  {
    SpanOptions options;
    options.kind = SpanKind::kProducer;
    const Attribute attributes[] = {{"a", 1}, {"b", "text"}};
    const Link links[] = {{linked, {}}};
    options.attributes = attributes;
    options.links = links;
    options.start = Timestamp(1'700'000'000'000'000'000);
    const Span span = tracer_.start("publish", options);
    span.end(Timestamp(1'700'000'000'000'000'500));
  }
  flush();
  const FinishedSpan span = memory_->span("publish");
  EXPECT_EQ(span.kind, SpanKind::kProducer);
  EXPECT_EQ(span.scope, "test.scope");
  EXPECT_EQ(span.attributes, (Map{{"a", "1"}, {"b", "text"}}));
  ASSERT_EQ(span.links.size(), 1U);
  EXPECT_EQ(span.links[0].context.span_id, linked.span_id);
  EXPECT_EQ(span.start_unix_nanos, 1'700'000'000'000'000'000U);
  EXPECT_EQ(span.end_unix_nanos, 1'700'000'000'000'000'500U);
}

TEST_F(SpanTest, HasNewRandomIdsAndTheRandomFlag) {
  start_memory();
  const Span a = tracer_.start("a"), b = tracer_.start("b");
  EXPECT_TRUE(a.context().is_valid());
  EXPECT_NE(a.context().trace_id, b.context().trace_id);
  EXPECT_NE(a.context().span_id, b.context().span_id);
  EXPECT_TRUE(a.context().flags.random());
  EXPECT_TRUE(a.context().is_sampled());
}

TEST_F(SpanTest, IsTheChildOfTheCurrentSpanOnlyWhileItsScopeLives) {
  start_memory();
  const Span parent = tracer_.start("parent");
  EXPECT_NE(tracer_.start("not a child").context().trace_id, parent.context().trace_id);
  {
    const Scope scope(parent);
    const Span child = tracer_.start("child");
    EXPECT_EQ(child.context().trace_id, parent.context().trace_id);
    EXPECT_EQ(current_span_context().span_id, parent.context().span_id);
  }
  EXPECT_FALSE(current_span_context().is_valid());
  flush();
  EXPECT_EQ(memory_->span("child").parent_span_id, parent.context().span_id);
  EXPECT_FALSE(memory_->span("not a child").parent_span_id.is_valid());
}

TEST_F(SpanTest, OfARemoteParentSaysSoInItsFlags) {
  start_memory();
  SpanContext remote = tracer_.start("x").context();
  remote.is_remote = true;
  const Context context(remote);
  SpanOptions options;
  options.parent = &context;
  tracer_.start("remote child", options).end();
  const Context local(tracer_.start("y").context());
  options.parent = &local;
  tracer_.start("local child", options).end();
  flush();
  EXPECT_EQ(memory_->span("remote child").flags, 0x303U);
  EXPECT_EQ(memory_->span("local child").flags, 0x103U);
  EXPECT_EQ(memory_->span("x").flags, 0x103U);
}

TEST_F(SpanTest, OfADebuggedTraceSaysSo) {
  start_memory();
  SpanContext remote = tracer_.start("caller").context();
  flush();
  memory_->clear();
  remote.debug = true;
  remote.is_remote = true;
  const Context parent = Context(remote);
  SpanOptions options;
  options.parent = &parent;
  {
    const Span span = tracer_.start("s", options);
    EXPECT_TRUE(span.context().debug);
  }
  EXPECT_EQ(only_span().attributes, (Map{{"cairn.wire.zipkin.debug", "true"}}));
}

TEST_F(SpanTest, RootOptionStartsANewTraceAndLeavesTheParentOut) {
  start_memory();
  const Span parent = tracer_.start("parent");
  const Scope scope(parent);
  SpanOptions options;
  options.root = true;
  EXPECT_NE(tracer_.start("root", options).context().trace_id, parent.context().trace_id);
}

TEST_F(SpanTest, DoesNotEndBeforeItBegins) {
  start_memory();
  tracer_.start("s").end(Timestamp(5));
  const FinishedSpan span = only_span();
  EXPECT_EQ(span.end_unix_nanos, span.start_unix_nanos);
}

TEST_F(SpanTest, LimitsAreKeptAndCounted) {
  Options options;
  options.limits.attributes = 2;
  options.limits.events = 1;
  options.limits.links = 1;
  options.limits.attributes_per_event = 1;
  options.limits.value_size = 5;
  start_memory(options);
  {
    const Span span =
        tracer_.start("s", SpanKind::kInternal, {{"a", "123456789"}, {"b", 1}, {"c", 1}});
    span.set("b", 2);  // it is there: not over the limit
    span.add_event("one", {{"x", 1}, {"y", 2}});
    span.add_event("two");
    span.add_link({span.context(), {}});
    span.add_link({span.context(), {}});
  }
  const FinishedSpan span = only_span();
  EXPECT_EQ(span.attributes, (Map{{"a", "12345"}, {"b", "2"}}));
  EXPECT_EQ(span.dropped_attributes, 1U);
  ASSERT_EQ(span.events.size(), 1U);
  EXPECT_EQ(span.events[0].attributes, (Map{{"x", "1"}}));
  EXPECT_EQ(span.dropped_events, 1U);
  EXPECT_EQ(span.links.size(), 1U);
  EXPECT_EQ(span.dropped_links, 1U);
  const Stats stats = trace::stats();
  EXPECT_EQ(stats.dropped_attributes, 1U);
  EXPECT_EQ(stats.dropped_events, 1U);
  EXPECT_EQ(stats.dropped_links, 1U);
}

TEST_F(SpanTest, DefaultLimitIs128) {
  start_memory();
  {
    const Span span = tracer_.start("s");
    for (int i = 0; i < 200; ++i) {
      span.set("k" + std::to_string(i), i);
      span.add_event("e");
      span.add_link({span.context(), {}});
    }
  }
  const FinishedSpan span = only_span();
  EXPECT_EQ(span.attributes.size(), 128U);
  EXPECT_EQ(span.events.size(), 128U);
  EXPECT_EQ(span.links.size(), 128U);
  EXPECT_EQ(span.dropped_attributes, 72U);
}

TEST_F(SpanTest, ASpanOverItsSizeLimitDropsTheRestAndSaysSo) {
  Options options;
  options.limits.span_size = 10'000;
  start_memory(options);
  const std::string large(4'000, 'x');
  tracer_.start("s", SpanKind::kInternal, {{"a", large}, {"b", large}, {"c", large}, {"d", 1}})
      .end();
  const FinishedSpan span = only_span();
  EXPECT_EQ(span.attributes.count("a"), 1U);
  EXPECT_EQ(span.attributes.count("c"), 0U);
  EXPECT_EQ(span.attributes.count("d"), 1U);
  EXPECT_GE(span.dropped_attributes, 1U);
}

TEST_F(SpanTest, LargeSpansArriveWhole) {
  start_memory();
  const std::string large(200'000, 'y');
  tracer_.start("s", SpanKind::kInternal, {{"large", large}, {"after", "z"}}).end();
  const FinishedSpan span = only_span();
  EXPECT_EQ(span.attributes.at("large"), large);
  EXPECT_EQ(span.attributes.at("after"), "z");
}

TEST_F(SpanTest, EventsKeepTheirOrderTimesAndAttributes) {
  start_memory();
  {
    const Span span = tracer_.start("s");
    span.add_event("first", {{"n", 1}, {"n", 2}}, Timestamp(42));
    span.add_event("second", {}, std::chrono::system_clock::time_point(std::chrono::seconds(3)));
    span.add_event("third");
  }
  const FinishedSpan span = only_span();
  ASSERT_EQ(span.events.size(), 3U);
  EXPECT_EQ(span.events[0].name, "first");
  EXPECT_EQ(span.events[0].time_unix_nanos, 42U);
  EXPECT_EQ(span.events[0].attributes, (Map{{"n", "2"}}));
  EXPECT_EQ(span.events[1].time_unix_nanos, 3'000'000'000U);
  EXPECT_GE(span.events[2].time_unix_nanos, span.start_unix_nanos);
}

TEST_F(SpanTest, AnExceptionBecomesAnEvent) {
  start_memory();
  tracer_.start("s").record_exception(std::out_of_range("index 7"), {{"exception.escaped", true}});
  const FinishedSpan span = only_span();
  ASSERT_EQ(span.events.size(), 1U);
  EXPECT_EQ(span.events[0].name, "exception");
  EXPECT_EQ(span.events[0].attributes, (Map{{"exception.type", "std::out_of_range"},
                                            {"exception.message", "index 7"},
                                            {"exception.escaped", "true"}}));
}

TEST_F(SpanTest, OkIsFinalAndADescriptionGoesWithErrorOnly) {
  start_memory();
  {
    const Span ok = tracer_.start("ok");
    ok.set_status(StatusCode::kError, "first");
    ok.set_status(StatusCode::kOk, "ignored");
    ok.set_status(StatusCode::kError, "too late");
    const Span error = tracer_.start("error");
    error.set_status(StatusCode::kError, "one");
    error.set_status(StatusCode::kError, "two");
    error.set_status(StatusCode::kUnset);
  }
  flush();
  EXPECT_EQ(memory_->span("ok").status, StatusCode::kOk);
  EXPECT_EQ(memory_->span("ok").status_message, "");
  EXPECT_EQ(memory_->span("error").status, StatusCode::kError);
  EXPECT_EQ(memory_->span("error").status_message, "two");
}

TEST_F(SpanTest, ANewNameTakesThePlaceOfTheOld) {
  start_memory();
  {
    const Span span = tracer_.start("GET", SpanKind::kServer, {{"a", "b"}});
    span.update_name("GET /users/:id and a much longer name than before");
    span.update_name("GET /u");
    span.set("c", "d");
  }
  const FinishedSpan span = only_span();
  EXPECT_EQ(span.name, "GET /u");
  EXPECT_EQ(span.attributes, (Map{{"a", "b"}, {"c", "d"}}));
}

TEST_F(SpanTest, AfterItsEndNothingChangesIt) {
  start_memory();
  const Span span = tracer_.start("s");
  EXPECT_TRUE(span.is_recording());
  span.end(Timestamp(UINT64_C(4'000'000'000'000'000'000)));
  span.end();
  span.set("late", 1);
  span.update_name("late");
  span.add_event("late");
  EXPECT_FALSE(span.is_recording());
  EXPECT_TRUE(span.context().is_valid());
  const FinishedSpan finished = only_span();
  EXPECT_EQ(finished.name, "s");
  EXPECT_TRUE(finished.attributes.empty());
  EXPECT_EQ(finished.end_unix_nanos, 4'000'000'000'000'000'000U);
}

TEST_F(SpanTest, AStaleReferenceDoesNotTouchTheSpanThatTookItsPlace) {
  start_memory();
  SpanRef stale;
  {
    const Span first = tracer_.start("first");
    stale = first.ref();
  }
  const Span second = tracer_.start("second");
  EXPECT_EQ(second.ref().record().record, stale.record().record) << "records are reused";
  stale.set("who", "stale");
  EXPECT_FALSE(stale.is_recording());
  second.end();
  flush();
  EXPECT_TRUE(memory_->span("second").attributes.empty());
}

TEST_F(SpanTest, MovedSpansEndOnce) {
  start_memory();
  {
    Span a = tracer_.start("a");
    Span b = std::move(a);
    b = tracer_.start("b");  // ends a
    std::vector<Span> spans;
    spans.push_back(std::move(b));
  }
  flush();
  EXPECT_EQ(memory_->spans().size(), 2U);
  EXPECT_EQ(stats().open, 0U);
}

TEST_F(SpanTest, ANonRecordingSpanCarriesItsContextOn) {
  start_memory();
  SpanContext foreign = tracer_.start("x").context();
  foreign.flags.bits = 0;
  const Span wrapped(foreign);
  const Scope scope(wrapped);
  const Span child = tracer_.start("child");
  EXPECT_FALSE(wrapped.is_recording());
  EXPECT_EQ(child.context().trace_id, foreign.trace_id);
  EXPECT_FALSE(child.context().is_sampled());
  EXPECT_NE(child.context().span_id, foreign.span_id);
}

TEST_F(SpanTest, TraceStateOfTheParentIsPassedOnAndSent) {
  start_memory();
  SpanContext remote = tracer_.start("x").context();
  remote.trace_state = TraceState::from_header("vendor=1,other=2");
  const Context context(remote);
  SpanOptions options;
  options.parent = &context;
  const Span child = tracer_.start("child", options);
  EXPECT_EQ(child.context().trace_state.header(), "vendor=1,other=2");
  child.end();
  flush();
  EXPECT_EQ(memory_->span("child").context.trace_state.header(), "vendor=1,other=2");
}

TEST(WithoutTelemetry, SpansPassTheParentsContextOn) {
  const std::uint64_t started = stats().started;
  const Tracer tracer = trace::tracer("idle");
  EXPECT_FALSE(tracer.enabled());
  SpanContext parent;
  parent.trace_id.bytes[0] = parent.span_id.bytes[0] = 1;
  const Scope scope{Context(parent)};
  const Span span = tracer.start("s");
  EXPECT_FALSE(span.is_recording());
  EXPECT_EQ(span.context().span_id, parent.span_id);
  EXPECT_EQ(stats().started, started);
}

}  // namespace
}  // namespace cairn::trace
