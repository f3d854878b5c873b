// SPDX-License-Identifier: Apache-2.0
//
// The contract of StoreAdmin.
#include "storage/api/testing/contract_suite.h"

namespace cairn::storage {
namespace {

using model::TestBatch;
using namespace std::chrono_literals;

std::shared_ptr<const model::Batch> sample() {
  TestBatch batch;
  batch.resource("cart").span("a1", "01").span("a1", "02").parent("01").starting(1s);
  batch.resource("shop").span("a1", "03").parent("01").starting(2s).span("a2", "04");
  batch.resource("").span("a3", "05").starting(3s);
  return batch.share();
}

// What is left after the erasure of `target`, and its count; a store that cannot says so.
class Erasure {
 public:
  std::uint64_t erased = 0;
  bool possible = true;
};

Erasure erase(StoreUnderTest& under_test, const EraseTarget& target,
              const std::string& tenant = "") {
  StoreAdmin& admin = under_test.store().admin();
  const auto erased = admin.erase({tenant}, target, Deadline::never());
  under_test.settle();
  if (!under_test.store().reader().capabilities().erase) {
    EXPECT_EQ(erased.error().code, ErrorCode::kUnimplemented);
    return {0, false};
  }
  EXPECT_TRUE(erased) << (erased ? "" : erased.error().message);
  return {erased ? *erased : 0, true};
}

TEST_P(TraceStoreContract, ErasesTracesById) {
  write(sample());
  const EraseTraces target{{model::trace_id("a1"), model::trace_id("a9")}};
  const Erasure outcome = erase(under_test(), target);
  if (!outcome.possible) return;
  EXPECT_EQ(outcome.erased, 3u);
  EXPECT_TRUE(stored("a1").empty());
  EXPECT_EQ(scanned(Condition::everything()), (Texts{"a2/04", "a3/05"}));
  EXPECT_EQ(found(Condition::everything()), (Texts{"a3", "a2"}));
  EXPECT_EQ(admin().statistics().spans, 2u);
}

TEST_P(TraceStoreContract, ErasesTheSpansOfAService) {
  write(sample());
  const Erasure outcome = erase(under_test(), EraseService{"shop"});
  if (!outcome.possible) return;
  EXPECT_EQ(outcome.erased, 2u);
  EXPECT_EQ(scanned(Condition::everything()), (Texts{"a1/01", "a1/02", "a3/05"}));
  EXPECT_EQ(summary_of("a1").services, (std::vector<ServiceSummary>{{"cart", 2, 0}}));
  EXPECT_EQ(erase(under_test(), EraseService{""}).erased, 1u);
  EXPECT_EQ(scanned(Condition::everything()), (Texts{"a1/01", "a1/02"}));
}

TEST_P(TraceStoreContract, ErasesTheSpansOfARange) {
  write(sample());
  const Erasure outcome = erase(under_test(), EraseRange{between(0s, 2s)});
  if (!outcome.possible) return;
  EXPECT_EQ(outcome.erased, 3u);
  EXPECT_EQ(scanned(Condition::everything()), (Texts{"a1/03", "a3/05"}));
  EXPECT_EQ(summary_of("a1").start, model::kTestStart.plus(2s));
  EXPECT_EQ(erase(under_test(), EraseRange{}).erased, 2u);
  EXPECT_TRUE(found(Condition::everything()).empty());
}

TEST_P(TraceStoreContract, ErasesOnlyTheTenantsOwn) {
  write(sample(), "one");
  write(sample(), "two");
  const Erasure outcome = erase(under_test(), EraseRange{}, "one");
  if (!outcome.possible) return;
  EXPECT_EQ(outcome.erased, 5u);
  EXPECT_TRUE(stored("a1", "one").empty());
  EXPECT_EQ(stored("a1", "two").size(), 3u);
}

TEST_P(TraceStoreContract, ErasedSpansMayComeAgain) {
  write(sample());
  if (!erase(under_test(), EraseTraces{{model::trace_id("a1")}}).possible) return;
  write(sample());
  EXPECT_EQ(stored("a1").size(), 3u);
  EXPECT_EQ(stored("a2").size(), 1u);
}

TEST_P(TraceStoreContract, KeepsWhatWasErasedAwayWhenItIsOpenedAgain) {
  write(sample());
  if (!erase(under_test(), EraseTraces{{model::trace_id("a1")}}).possible) return;
  if (can().durable) under_test().reopen();
  EXPECT_TRUE(stored("a1").empty());
  EXPECT_EQ(stored("a2").size(), 1u);
}

TEST_P(TraceStoreContract, StatisticsCountAllTenants) {
  EXPECT_EQ(admin().statistics().spans, 0u);
  EXPECT_EQ(admin().statistics().oldest_start, model::Timestamp{});
  write(sample(), "one");
  write(TestBatch().span("a1", "01").starting(-5s), "two");
  const StoreStatistics statistics = admin().statistics();
  EXPECT_EQ(statistics.spans, 6u);
  EXPECT_EQ(statistics.traces, 4u);
  EXPECT_GT(statistics.memory_bytes + statistics.disk_bytes, 0u);
  EXPECT_EQ(statistics.evicted_spans, 0u);
  EXPECT_EQ(statistics.oldest_start, model::kTestStart.plus(-5s));
  EXPECT_EQ(statistics.newest_start, model::kTestStart.plus(3s));
}

TEST_P(TraceStoreContract, FlushAndCompactChangeNoAnswer) {
  write(sample());
  const Texts before = stored("a1");
  EXPECT_TRUE(admin().flush(Deadline::never()));
  EXPECT_TRUE(admin().compact(Deadline::never()));
  EXPECT_TRUE(admin().health());
  EXPECT_EQ(stored("a1"), before);
  EXPECT_EQ(scanned(Condition::everything()).size(), 5u);
  write(sample());
  EXPECT_EQ(scanned(Condition::everything()).size(), 5u);
}

}  // namespace
}  // namespace cairn::storage
