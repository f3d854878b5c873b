// SPDX-License-Identifier: Apache-2.0
//
// The contract of TraceWriter, and of reading traces by id.
#include <algorithm>
#include <limits>

#include "storage/api/testing/contract_suite.h"

namespace cairn::storage {
namespace {

using model::AnyValue;
using model::TestBatch;
using namespace std::chrono_literals;

std::string hex_of(std::size_t number) {
  const std::string digits = std::to_string(number);
  return digits.size() % 2 == 0 ? digits : "0" + digits;
}

TEST_P(TraceStoreContract, AcceptsEverySpanOfABatch) {
  const WriteOutcome outcome =
      write(TestBatch().span("a1", "01").span("a1", "02").span("a2", "03"));
  EXPECT_EQ(outcome.accepted, 3u);
  EXPECT_FALSE(outcome.rejected.any());
}

TEST_P(TraceStoreContract, AcceptsABatchWithoutSpans) {
  EXPECT_EQ(write(TestBatch().share()).accepted, 0u);
  EXPECT_TRUE(found(Condition::everything()).empty());
}

TEST_P(TraceStoreContract, GivesBackEveryFieldOfASpan) {
  TestBatch batch;
  batch.resource("cart", {{"zone", AnyValue::string("b")}}).scope("io.http", "1.2");
  model::Batch& raw = batch.batch();
  raw.resources.back().dropped_attributes_count = 1;
  raw.resources.back().schema_url = "https://example.org/resource";
  raw.scopes.back().dropped_attributes_count = 2;
  raw.scopes.back().schema_url = "https://example.org/scope";
  batch.span("0102030405060708090a0b0c0d0e0f10", "a1a2a3a4a5a6a7a8", "GET /cart")
      .parent("0a")
      .kind(model::SpanKind::kServer)
      .status(model::StatusCode::kError, "boom")
      .attribute("http.status", AnyValue::integer(500))
      .event("retry", 5us, {{"attempt", AnyValue::integer(1)}})
      .link("b1", "0b", {{"why", AnyValue::string("batch")}});
  model::Span& span = batch.last();
  span.trace_state = "k=v";
  span.flags = 0x301;
  span.dropped_attributes_count = 3;
  span.dropped_events_count = 4;
  span.dropped_links_count = 5;
  span.unknown_fields = "\x82\x01\x01x";
  const Texts expected = span_texts(raw);
  write(batch);
  EXPECT_EQ(stored("0102030405060708090a0b0c0d0e0f10"), expected);
}

TEST_P(TraceStoreContract, KeepsExtremeAndUnusualValues) {
  TestBatch batch;
  batch.resource("");
  batch.span("ffffffffffffffffffffffffffffffff", "ffffffffffffffff", "");
  batch.last().start = {0};
  batch.last().end = model::Timestamp::max();
  batch.span("ffffffffffffffffffffffffffffffff", "01", "bad \xff\xc3 utf-8");
  batch.last().start = model::Timestamp::max();
  batch.last().end = {0};
  batch.attribute("", "");
  batch.attribute("nan", AnyValue::real(std::numeric_limits<double>::quiet_NaN()));
  batch.attribute("minus zero", AnyValue::real(-0.0));
  batch.attribute("infinite", AnyValue::real(-std::numeric_limits<double>::infinity()));
  batch.attribute("least", AnyValue::integer(std::numeric_limits<std::int64_t>::min()));
  batch.attribute("text", "\xfe\x00 after");
  batch.attribute("nothing", AnyValue());
  batch.attribute("bytes", AnyValue::bytes(as_bytes("\x01\xff")));
  const std::array<AnyValue, 2> list{AnyValue::integer(1), AnyValue::string("two")};
  batch.attribute("list", AnyValue::array(list));
  const std::array<model::Attribute, 1> fields{model::Attribute{"k", AnyValue::boolean(true)}};
  batch.attribute("map", AnyValue::key_value_list(fields));
  const Texts expected = span_texts(batch.batch());
  write(batch);
  EXPECT_EQ(stored("ffffffffffffffffffffffffffffffff"), expected);
  EXPECT_EQ(found(Condition::everything()), Texts{"ffffffffffffffffffffffffffffffff"});
}

TEST_P(TraceStoreContract, KeepsOneKeyWithValuesOfEveryType) {
  TestBatch batch;
  batch.span("a1", "01").attribute("k", AnyValue::integer(1));
  batch.span("a1", "02").attribute("k", AnyValue::real(1.0));
  batch.span("a1", "03").attribute("k", "1");
  batch.span("a1", "04").attribute("k", AnyValue::boolean(true));
  batch.span("a1", "05").attribute("k", AnyValue::bytes(as_bytes("1")));
  batch.span("a1", "06").attribute("k", AnyValue::integer(1)).attribute("k", "again");
  const Texts expected = span_texts(batch.batch());
  write(batch);
  EXPECT_EQ(stored("a1"), expected);
}

TEST_P(TraceStoreContract, KeepsASpanThatIsSentAgainOnce) {
  const auto make = [] {
    TestBatch batch;
    batch.resource("cart").scope("lib", "1").span("a1", "01").attribute("k", "v");
    batch.event("e", 1us).link("b1", "0b");
    return batch.share();
  };
  EXPECT_EQ(write(make()).accepted, 1u);
  EXPECT_EQ(write(make()).accepted, 1u);
  EXPECT_EQ(stored("a1"), span_texts(*make()));
  EXPECT_EQ(scanned(Condition::everything()), Texts{"a1/01"});
  EXPECT_EQ(summary_of("a1").spans, 1u);
  EXPECT_EQ(admin().statistics().spans, 1u);
}

TEST_P(TraceStoreContract, KeepsASpanThatIsTwiceInOneBatchOnce) {
  EXPECT_EQ(write(TestBatch().span("a1", "01").span("a1", "01")).accepted, 2u);
  EXPECT_EQ(stored("a1").size(), 1u);
}

TEST_P(TraceStoreContract, KeepsDifferentSpansThatShareAnId) {
  TestBatch batch;
  batch.resource("client").span("a1", "01").kind(model::SpanKind::kClient);
  batch.resource("server").span("a1", "01").kind(model::SpanKind::kServer);
  const Texts expected = span_texts(batch.batch());
  write(batch);
  EXPECT_EQ(stored("a1"), expected);
}

TEST_P(TraceStoreContract, TellsEqualSpansOfDifferentResourcesAndScopesApart) {
  TestBatch batch;
  batch.resource("one").span("a1", "01").resource("two").span("a1", "01");
  batch.scope("lib").span("a1", "01").scope("lib", "2").span("a1", "01");
  write(batch);
  EXPECT_EQ(stored("a1").size(), 4u);
}

TEST_P(TraceStoreContract, FindsDuplicatesAmongThousandsOfSpans) {
  const auto make = [] {
    TestBatch batch;
    for (std::size_t i = 1; i <= 3000; ++i) batch.span("a1", hex_of(i));
    return batch.share();
  };
  write(make());
  write(make());
  EXPECT_EQ(stored("a1").size(), 3000u);
}

TEST_P(TraceStoreContract, FindsDuplicatesAmongSpansThatDifferOnlyInAnAttribute) {
  const auto make = [] {
    TestBatch batch;
    for (std::size_t i = 1; i <= 100; ++i) batch.span("a1", hex_of(i));
    for (int i = 0; i < 10; ++i) batch.span("a1", "01").attribute("n", AnyValue::integer(i));
    return batch.share();
  };
  write(make());
  write(make());
  EXPECT_EQ(stored("a1"), span_texts(*make()));
}

TEST_P(TraceStoreContract, JoinsATraceFromManyWrites) {
  write(TestBatch().resource("a").span("a1", "01"));
  write(TestBatch().resource("b").span("a1", "02").span("a2", "09"));
  write(TestBatch().resource("c").span("a1", "03"));
  EXPECT_EQ(stored("a1").size(), 3u);
  EXPECT_EQ(stored("a2").size(), 1u);
}

TEST_P(TraceStoreContract, NeverShowsOneTenantTheSpansOfAnother) {
  write(TestBatch().span("a1", "01").attribute("k", "one"), "one");
  write(TestBatch().span("a1", "02").span("a2", "03").attribute("k", "two"), "two");
  EXPECT_EQ(stored("a1", "one").size(), 1u);
  EXPECT_EQ(stored("a1", "two").size(), 1u);
  EXPECT_TRUE(stored("a2", "one").empty());
  EXPECT_TRUE(stored("a1").empty());
  EXPECT_EQ(found(Condition::everything(), {}, "one"), Texts{"a1"});
  EXPECT_EQ(scanned(Condition::everything(), {}, "two"), (Texts{"a1/02", "a2/03"}));
  EXPECT_TRUE(names({}).empty());
}

TEST_P(TraceStoreContract, AMissingTraceIsAbsentAndNoError) {
  write(TestBatch().span("a1", "01").span("a3", "02"));
  EXPECT_TRUE(stored("a2").empty());
  EXPECT_TRUE(streamed({}).empty());
  EXPECT_EQ(streamed({"a1", "a2", "a3"}).size(), 2u);
}

TEST_P(TraceStoreContract, StreamsATraceOnceHoweverOftenItIsAskedFor) {
  write(TestBatch().span("a1", "01").span("a2", "02"));
  EXPECT_EQ(streamed({"a1", "a2", "a1"}).size(), 2u);
}

TEST_P(TraceStoreContract, AHintExcludesNoSpan) {
  write(TestBatch().span("a1", "01").span("a1", "02").starting(24h));
  std::size_t spans = 0;
  const TracesRequest request{{model::trace_id("a1")}, between(0s, 1h)};
  const auto answer = reader().traces(context(), request, [&](const model::Batch& chunk) {
    spans += chunk.spans.size();
    return true;
  });
  EXPECT_TRUE(answer && answer->complete);
  EXPECT_EQ(spans, 2u);
}

TEST_P(TraceStoreContract, StreamsAHugeTraceInBoundedChunks) {
  constexpr std::size_t kSpans = 20'000;
  for (std::size_t part = 0; part < 4; ++part) {
    TestBatch batch;
    for (std::size_t i = 0; i < kSpans / 4; ++i) {
      batch.span("a1", hex_of(1 + part * kSpans / 4 + i));
      if (i % 100 == 0) batch.span("a2", hex_of(1 + part * kSpans / 4 + i));
    }
    write(batch);
  }
  EXPECT_EQ(stored("a1").size(), kSpans);  // which checks the size of each chunk
  EXPECT_EQ(streamed({"a1", "a2"}).size(), 2u);
}

TEST_P(TraceStoreContract, StopsStreamingWhenTheSinkHasEnough) {
  write(TestBatch().span("a1", "01").span("a2", "02").span("a3", "03"));
  TracesRequest request;
  for (const char* id : {"a1", "a2", "a3"}) request.ids.push_back(model::trace_id(id));
  int calls = 0;
  EXPECT_TRUE(reader().traces(context(), request, [&](const model::Batch&) {
    ++calls;
    return false;
  }));
  EXPECT_EQ(calls, 1);
}

TEST_P(TraceStoreContract, KeepsWhatItAcknowledgedWhenItIsOpenedAgain) {
  TestBatch batch;
  batch.resource("cart").span("a1", "01").attribute("k", "v").span("a2", "02");
  const auto shared = batch.share();
  write(shared);
  if (can().durable) under_test().reopen();
  Texts all = stored("a1");
  for (std::string& text : stored("a2")) all.push_back(std::move(text));
  std::ranges::sort(all);
  EXPECT_EQ(all, span_texts(*shared));
}

}  // namespace
}  // namespace cairn::storage
