// SPDX-License-Identifier: Apache-2.0
//
// What span processors see, with an exporter and without.
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sdk/trace/testing/fixture.h"

namespace cairn::trace {
namespace {

class Processors : public testing::RecorderTest {};

class Watching : public SpanProcessor {
 public:
  void on_start(SpanRef span, const SpanContext&, const Context& parent) noexcept override {
    span.set("seen", "at the start");
    if (parent.span_context().is_valid()) parents.fetch_add(1);
  }
  void on_end(const SpanView& span) noexcept override {
    const std::lock_guard lock(mutex);
    ended.emplace_back(span.name);
  }
  std::atomic<int> parents{0};
  std::mutex mutex;
  std::vector<std::string> ended;
};

class RecordOnly : public Sampler {
 public:
  SamplingResult should_sample(const SamplingParameters&) const noexcept override {
    SamplingResult result;
    result.decision = SamplingDecision::kRecordOnly;
    return result;
  }
  std::string description() const override { return "RecordOnly"; }
};

TEST_F(Processors, ProcessorsSeeSpansStartAndEnd) {
  auto watching = std::make_shared<Watching>();
  Options options;
  options.processors = {watching};
  start_memory(options);
  {
    const Span parent = tracer_.start("parent");
    const Scope scope(parent);
    tracer_.start("child").end();
  }
  flush();
  EXPECT_EQ(watching->ended, (std::vector<std::string>{"child", "parent"}));
  EXPECT_EQ(watching->parents, 1);
  EXPECT_EQ(memory_->span("child").attributes.at("seen"), "at the start");
}

TEST_F(Processors, RecordOnlySpansAreSeenByProcessorsAndNotExported) {
  auto watching = std::make_shared<Watching>();
  Options options;
  options.processors = {watching};
  options.sampler = std::make_shared<RecordOnly>();
  start_memory(options);
  {
    const Span span = tracer_.start("s");
    EXPECT_TRUE(span.is_recording());
    EXPECT_FALSE(span.context().is_sampled());
  }
  flush();
  EXPECT_EQ(watching->ended.size(), 1U);
  EXPECT_TRUE(memory_->spans().empty());
  EXPECT_EQ(stats().started, 0U);
}

TEST_F(Processors, SpansThatOnlyProcessorsSeeAreNotLost) {
  const auto watching = std::make_shared<Watching>();
  Options options;
  options.processors = {watching};
  start_with(options);
  tracer_.start("s").end();
  EXPECT_EQ(flush(), FlushResult::kOk);
  EXPECT_EQ(watching->ended.size(), 1U);
  EXPECT_EQ(stats().started, 0U);
  EXPECT_EQ(stats().dropped(), 0U);
}

}  // namespace
}  // namespace cairn::trace
