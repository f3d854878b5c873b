// SPDX-License-Identifier: Apache-2.0
#include "bench/store/writing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/memory/memory_trace_store.h"

namespace cairn::bench {
namespace {

// A memory engine that does not take every request at once.
class MoodyStore final : public storage::TraceStore, public storage::TraceWriter {
 public:
  storage::TraceWriter& writer() override { return *this; }
  storage::TraceReader& reader() override { return store_.reader(); }
  storage::StoreAdmin& admin() override { return store_.admin(); }

  void write(const model::TenantId& tenant, std::shared_ptr<const model::Batch> batch,
             storage::WriteDone done) override {
    if (answers++ % every == every - 1) return done(refusal);
    store_.writer().write(tenant, std::move(batch), std::move(done));
  }

  int every = 3;
  int answers = 0;
  Error refusal = resource_exhausted("slow down");

 private:
  storage::MemoryTraceStore store_;
};

WritingOptions small() {
  WritingOptions options;
  options.workload.spans = 5'000;
  options.workload.spans_per_request = 100;
  return options;
}

TEST(WritingTest, WritesTheWholeWorkload) {
  storage::MemoryTraceStore store;
  const auto result = write_workload(store, small());
  ASSERT_TRUE(result);
  EXPECT_GE(result->spans, 5'000);
  EXPECT_EQ(result->rejected_spans, 0);
  EXPECT_EQ(result->refused, 0);
  EXPECT_EQ(result->flushes, 0);
  EXPECT_GT(result->bytes, 300 * result->spans);
  EXPECT_EQ(store.admin().statistics().spans, result->spans);
}

TEST(WritingTest, WritesAgainWhatWasRefused) {
  MoodyStore store;
  const auto result = write_workload(store, small());
  ASSERT_TRUE(result);
  EXPECT_GT(result->refused, 0);
  EXPECT_EQ(result->rejected_spans, 0);
  EXPECT_EQ(store.admin().statistics().spans, result->spans);
}

TEST(WritingTest, StopsAtAnErrorThatDoesNotPass) {
  MoodyStore store;
  store.refusal = unavailable("the disk is gone");
  const auto result = write_workload(store, small());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "the disk is gone");
}

TEST(WritingTest, FlushesWhenAsked) {
  storage::MemoryTraceStore store;
  WritingOptions options = small();
  options.workload.spans = 20'000;
  options.flush_every = 6'400;  // as many as are prepared at once
  const auto result = write_workload(store, options);
  ASSERT_TRUE(result);
  EXPECT_GE(result->flushes, 3);
}

}  // namespace
}  // namespace cairn::bench
