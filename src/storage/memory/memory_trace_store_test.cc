// SPDX-License-Identifier: Apache-2.0
//
// What only the memory engine promises: limits and the freeing of memory. The contract is tested in
// memory_contract_test.cc.
#include "storage/memory/memory_trace_store.h"

#include <gtest/gtest.h>

#include "model/testing.h"

namespace cairn::storage {
namespace {

using model::TestBatch;

std::string hex(std::size_t number) {
  std::string text = std::to_string(number);
  return text.size() % 2 == 0 ? text : "0" + text;
}

WriteOutcome write(MemoryTraceStore& store, std::shared_ptr<const model::Batch> batch,
                   const std::string& tenant = "") {
  Result<WriteOutcome> outcome = internal_error("done was not called");
  store.writer().write({tenant}, std::move(batch),
                       [&](Result<WriteOutcome> result) { outcome = std::move(result); });
  return outcome.value();
}

std::size_t spans_of(MemoryTraceStore& store, std::string_view trace,
                     const std::string& tenant = "") {
  std::size_t found = 0;
  const auto streamed = store.reader().traces({{tenant}, {}}, {{model::trace_id(trace)}, {}},
                                              [&](const model::Batch& chunk) {
                                                found += chunk.spans.size();
                                                return true;
                                              });
  EXPECT_TRUE(streamed.value().complete);
  return found;
}

TEST(MemoryTraceStoreTest, DropsTheTraceThatCameFirstWhenThereAreTooManySpans) {
  MemoryTraceStore store({.max_spans = 3});
  write(store, TestBatch().span("a1", "01").span("a1", "02").share());
  write(store, TestBatch().span("a2", "03").share());
  write(store, TestBatch().span("a3", "04").share());
  EXPECT_EQ(spans_of(store, "a1"), 0u);
  EXPECT_EQ(spans_of(store, "a2"), 1u);
  EXPECT_EQ(spans_of(store, "a3"), 1u);
  EXPECT_EQ(store.admin().statistics().evicted_spans, 2u);
}

TEST(MemoryTraceStoreTest, ALaterSpanDoesNotMakeATraceYounger) {
  MemoryTraceStore store({.max_traces = 2});
  write(store, TestBatch().span("a1", "01").share());
  write(store, TestBatch().span("a2", "02").share());
  write(store, TestBatch().span("a1", "03").share());
  write(store, TestBatch().span("a3", "04").share());
  EXPECT_EQ(spans_of(store, "a1"), 0u);
  EXPECT_EQ(store.admin().statistics().traces, 2u);
}

TEST(MemoryTraceStoreTest, LimitsSpanAllTenants) {
  MemoryTraceStore store({.max_traces = 1});
  write(store, TestBatch().span("a1", "01").share(), "one");
  write(store, TestBatch().span("a1", "01").share(), "two");
  EXPECT_EQ(spans_of(store, "a1", "one"), 0u);
  EXPECT_EQ(spans_of(store, "a1", "two"), 1u);
}

TEST(MemoryTraceStoreTest, CountsPinnedBytesAndKeepsUnderItsLimit) {
  constexpr std::size_t kBody = 100 * 1000;
  MemoryTraceStore store({.max_bytes = 5 * kBody});
  for (std::size_t i = 10; i < 50; ++i) {
    TestBatch batch;
    batch.span(hex(i), "01");
    batch.batch().pin(PinnedBytes::own(std::string(kBody, 'x')));
    EXPECT_EQ(write(store, batch.share()).accepted, 1u);
    EXPECT_LE(store.admin().statistics().memory_bytes, 5 * kBody);
  }
  EXPECT_EQ(store.admin().statistics().traces, 4u);
  EXPECT_EQ(spans_of(store, "49"), 1u);
}

TEST(MemoryTraceStoreTest, FreesABatchWithItsLastSpan) {
  MemoryTraceStore store({.max_traces = 1});
  const auto shared = TestBatch().span("a1", "01").span("a1", "02").share();
  const std::weak_ptr<const model::Batch> batch = shared;
  write(store, shared);
  write(store, TestBatch().span("a1", "03").share());
  EXPECT_EQ(batch.use_count(), 2);
  write(store, TestBatch().span("a2", "01").share());
  EXPECT_EQ(batch.use_count(), 1);
}

TEST(MemoryTraceStoreTest, DoesNotKeepABatchOfDuplicates) {
  MemoryTraceStore store;
  write(store, TestBatch().span("a1", "01").share());
  const std::size_t before = store.admin().statistics().memory_bytes;
  const auto again = TestBatch().span("a1", "01").share();
  EXPECT_EQ(write(store, again).accepted, 1u);
  EXPECT_EQ(again.use_count(), 1);
  EXPECT_EQ(store.admin().statistics().memory_bytes, before);
}

TEST(MemoryTraceStoreTest, RejectsABatchThatAloneIsTooBig) {
  MemoryTraceStore store({.max_spans = 2});
  write(store, TestBatch().span("a1", "01").share());
  const WriteOutcome outcome =
      write(store, TestBatch().span("a2", "01").span("a2", "02").span("a2", "03").share());
  EXPECT_EQ(outcome.accepted, 0u);
  EXPECT_EQ(outcome.rejected.of(model::RejectionReason::kStorageFull), 3u);
  EXPECT_EQ(spans_of(store, "a1"), 1u);
}

TEST(MemoryTraceStoreTest, FindsDuplicatesInABigTraceAfterAPartOfItWasErased) {
  MemoryTraceStore store;
  const auto part = [](std::string_view service, std::size_t from) {
    TestBatch batch;
    batch.resource(service);
    for (std::size_t i = from; i < from + 100; ++i) batch.span("a1", hex(i));
    return batch.share();
  };
  write(store, part("cart", 100));
  write(store, part("shop", 200));
  write(store, part("cart", 100));
  EXPECT_EQ(spans_of(store, "a1"), 200u);
  EXPECT_EQ(store.admin().erase({}, EraseService{"cart"}, {}).value(), 100u);
  write(store, part("shop", 200));
  EXPECT_EQ(spans_of(store, "a1"), 100u);
}

TEST(MemoryTraceStoreTest, ForgetsTenantsWithoutTraces) {
  MemoryTraceStore store({.max_traces = 1});
  for (std::size_t i = 0; i < 20; ++i) {
    write(store, TestBatch().span("a1", "01").share(), "tenant " + hex(i));
  }
  EXPECT_EQ(store.admin().statistics().details.at("tenants"), 1u);
}

}  // namespace
}  // namespace cairn::storage
