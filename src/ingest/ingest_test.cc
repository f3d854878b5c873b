// SPDX-License-Identifier: Apache-2.0
#include "ingest/ingest.h"

#include <latch>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/testing.h"

namespace cairn::ingest {
namespace {

using ::testing::HasSubstr;

// Takes everything, or fails when told to.
class FakeWriter final : public storage::TraceWriter {
 public:
  void write(const model::TenantId&, std::shared_ptr<const model::Batch> batch,
             storage::WriteDone done) override {
    if (failure) return done(*failure);
    written = std::move(batch);
    done(storage::WriteOutcome{written->spans.size(), {}});
  }

  std::optional<Error> failure;
  std::shared_ptr<const model::Batch> written;
};

class FakeObserver final : public BatchObserver {
 public:
  void observe(const model::TenantId&, const model::Batch& batch) override {
    seen += batch.spans.size();
  }
  std::size_t seen = 0;
};

class IngestTest : public ::testing::Test {
 protected:
  Result<storage::WriteOutcome> accept(model::TestBatch& spans, model::Rejections rejected = {}) {
    Result<storage::WriteOutcome> answer = internal_error("done was not called");
    Ingest ingest(options_, writer_, clock_, &observer_);
    ingest.accept(door_, {{}, std::make_shared<model::Batch>(std::move(spans.batch())), rejected},
                  [&](Result<storage::WriteOutcome> outcome) { answer = std::move(outcome); });
    return answer;
  }

  IngestOptions options_{.max_attributes_per_span = 2,
                         .max_resource_attributes = 2,
                         .max_resource_bytes = 100,
                         .max_span_bytes = 100};
  MetricsRegistry metrics_;
  ManualClock clock_{1};
  FakeObserver observer_;
  FakeWriter writer_;
  Door door_{{"otlp", "grpc"}, metrics_};
};

TEST_F(IngestTest, KeepsTheGoodSpansOfABadBatch) {
  model::TestBatch t;
  t.span("1", "1", "good");
  t.span("1", "2").attribute("a", "1").attribute("b", "2").attribute("c", "3");
  t.span("1", "3").attribute("a", std::string(101, 'x'));
  t.span("1", "4", "good too");
  const auto outcome = accept(t);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->accepted, 2u);
  EXPECT_EQ(outcome->rejected.of(model::RejectionReason::kTooManyAttributes), 1u);
  EXPECT_EQ(outcome->rejected.of(model::RejectionReason::kTooLarge), 1u);
  ASSERT_EQ(writer_.written->spans.size(), 2u);
  EXPECT_EQ(writer_.written->spans[1].name, "good too");
}

TEST_F(IngestTest, LimitsHoldForEventsToo) {
  model::TestBatch t;
  t.span("1", "1").event("e", Duration(0),
                         {{"a", model::AnyValue::integer(1)},
                          {"b", model::AnyValue::integer(1)},
                          {"c", model::AnyValue::integer(1)}});
  EXPECT_EQ(accept(t)->rejected.of(model::RejectionReason::kTooManyAttributes), 1u);
}

TEST_F(IngestTest, AnOversizedResourceOrScopeRejectsItsSpansOnly) {
  using model::AnyValue;
  model::TestBatch t;
  t.resource("many", {{"a", AnyValue::integer(1)}, {"b", AnyValue::integer(2)}}).span("1", "1");
  t.resource("large", {{"a", AnyValue::string(std::string(100, 'x'))}}).span("1", "2");
  t.resource("good").span("1", "3");
  t.scope(std::string(101, 'x')).span("1", "4");
  const auto outcome = accept(t);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->accepted, 1u);
  EXPECT_EQ(outcome->rejected.of(model::RejectionReason::kTooManyAttributes), 1u);
  EXPECT_EQ(outcome->rejected.of(model::RejectionReason::kTooLarge), 2u);
}

TEST_F(IngestTest, AddsTheDecodersRejections) {
  model::TestBatch t;
  t.span("1", "1");
  model::Rejections rejected;
  rejected.add(model::RejectionReason::kInvalidTraceId, 3);
  EXPECT_EQ(accept(t, rejected)->rejected.total(), 3u);
  EXPECT_THAT(metrics_.render_prometheus(),
              HasSubstr("cairn_ingest_spans_rejected_total{format=\"otlp\",transport=\"grpc\","
                        "reason=\"invalid_trace_id\"} 3"));
}

TEST_F(IngestTest, WithoutSpansTheWriterIsNotAsked) {
  writer_.failure = unavailable("down");
  model::TestBatch t;
  EXPECT_TRUE(accept(t));
}

TEST_F(IngestTest, PassesTheWritersErrorOnAndCountsIt) {
  writer_.failure = resource_exhausted("full");
  model::TestBatch t;
  t.span("1", "1");
  EXPECT_EQ(accept(t).error().message, "full");
  EXPECT_THAT(metrics_.render_prometheus(),
              HasSubstr("cairn_ingest_requests_failed_total{format=\"otlp\",transport=\"grpc\","
                        "code=\"RESOURCE_EXHAUSTED\"} 1"));
}

TEST_F(IngestTest, CountsWhatSamplingLeavesOutAndTellsNobody) {
  options_.sampling_probability = 0;
  model::TestBatch t;
  t.span("1", "1").span("1", "2");
  const auto outcome = accept(t);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->accepted, 0U);
  EXPECT_FALSE(outcome->rejected.any());
  EXPECT_THAT(
      metrics_.render_prometheus(),
      HasSubstr("cairn_ingest_spans_sampled_out_total{format=\"otlp\",transport=\"grpc\"} 2"));
}

TEST_F(IngestTest, CountsWhatProcessorsChange) {
  options_.processors = {parse_processor_rule("drop a").value()};
  options_.max_value_bytes = 1;
  model::TestBatch t;
  t.span("1", "1").attribute("a", "1").attribute("b", "22");
  ASSERT_TRUE(accept(t));
  EXPECT_EQ(writer_.written->spans[0].attributes.size(), 1U);
  EXPECT_THAT(metrics_.render_prometheus(), HasSubstr("action=\"drop\""));
  EXPECT_THAT(metrics_.render_prometheus(), HasSubstr("action=\"truncate\""));
}

TEST_F(IngestTest, AServiceMayHaveLimitsOfItsOwn) {
  options_.max_attributes_per_span = 1;
  options_.rates.services = {{.name = "cart", .max_attributes = 3, .max_value_bytes = 2}};
  model::TestBatch t;
  t.resource("cart").span("1", "1").attribute("a", "1").attribute("b", "12345");
  t.resource("shop").span("1", "2").attribute("a", "1").attribute("b", "12345");
  const auto outcome = accept(t);
  EXPECT_EQ(outcome->accepted, 1U);
  EXPECT_EQ(outcome->rejected.of(model::RejectionReason::kTooManyAttributes), 1U);
  EXPECT_EQ(writer_.written->spans[0].attributes[1].value.as_string(), "12");
}

TEST_F(IngestTest, TheObserverSeesWhatIsWritten) {
  options_.max_trace_spans = 2;
  model::TestBatch t;
  t.span("1", "1").span("1", "2").span("1", "3");
  const auto outcome = accept(t);
  EXPECT_EQ(outcome->rejected.of(model::RejectionReason::kTraceTooLarge), 1U);
  EXPECT_EQ(observer_.seen, 2U);
}

// The first failure of a kind makes its counter; TSan looks on.
TEST_F(IngestTest, CountsTheFailuresOfManyThreads) {
  constexpr int kThreads = 8;
  std::latch all(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        all.arrive_and_wait();
        for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
          door_.count_failed(static_cast<ErrorCode>(code));
        }
      });
    }
  }
  EXPECT_THAT(metrics_.render_prometheus(), HasSubstr(R"(code="UNAVAILABLE"} 8)"));
}

}  // namespace
}  // namespace cairn::ingest
