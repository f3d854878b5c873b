// SPDX-License-Identifier: Apache-2.0
//
// The contract under concurrency: run it under ThreadSanitizer as well.
#include <atomic>
#include <thread>

#include "storage/api/testing/contract_suite.h"

namespace cairn::storage {
namespace {

using model::TestBatch;

constexpr std::size_t kWrites = 200;
constexpr std::size_t kSpansOfAWrite = 3;

std::string hex_of(std::size_t number) {
  const std::string digits = std::to_string(number);
  return digits.size() % 2 == 0 ? digits : "0" + digits;
}

// The n-th write: three spans of each of two traces.
std::shared_ptr<const model::Batch> nth(std::size_t n) {
  TestBatch batch;
  for (std::size_t i = 1; i <= kSpansOfAWrite; ++i) {
    batch.span("a1", hex_of(n * kSpansOfAWrite + i)).span("a2", hex_of(n * kSpansOfAWrite + i));
  }
  return batch.share();
}

std::size_t count_spans(TraceReader& reader, const ReadContext& context) {
  std::size_t spans = 0;
  const auto answer =
      reader.traces(context, {{model::trace_id("a1")}, {}}, [&](const model::Batch& chunk) {
        spans += chunk.spans.size();
        return true;
      });
  EXPECT_TRUE(answer && answer->complete);
  return spans;
}

void expect_whole_writes(TraceReader& reader, const ReadContext& context) {
  EXPECT_EQ(count_spans(reader, context) % kSpansOfAWrite, 0u);
  const auto page = reader.search(context, {});
  ASSERT_TRUE(page);
  for (const TraceSummary& summary : page->traces) {
    EXPECT_EQ(summary.spans % kSpansOfAWrite, 0u);
  }
}

TEST_P(TraceStoreContract, ReadersSeeTheSpansOfARequestTogetherWhileOthersWrite) {
  std::atomic<std::size_t> done{0};
  std::atomic<std::size_t> next{0};
  const auto write_all = [&] {
    for (std::size_t n = next++; n < kWrites; n = next++) {
      under_test().store().writer().write({""}, nth(n), [&](const Result<WriteOutcome>& outcome) {
        EXPECT_TRUE(outcome);
        ++done;
      });
    }
  };
  const auto read_until_done = [&] {
    while (done < kWrites && !HasFailure()) expect_whole_writes(reader(), context());
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) threads.emplace_back(write_all);
    for (int i = 0; i < 2; ++i) threads.emplace_back(read_until_done);
  }
  under_test().settle();
  EXPECT_EQ(stored("a1").size(), kWrites * kSpansOfAWrite);
  EXPECT_EQ(admin().statistics().spans, 2 * kWrites * kSpansOfAWrite);
}

TEST_P(TraceStoreContract, AnswersEveryQuestionWhileOthersWriteAndErase) {
  if (!can().erase) return;
  std::atomic<bool> written{false};
  std::jthread writer([&] {
    for (std::size_t n = 0; n < kWrites; ++n) {
      under_test().store().writer().write(
          {""}, nth(n), [](const Result<WriteOutcome>& outcome) { EXPECT_TRUE(outcome); });
    }
    written = true;
  });
  while (!written && !HasFailure()) {
    EXPECT_TRUE(admin().erase({""}, EraseTraces{{model::trace_id("a1")}}, Deadline::never()));
    EXPECT_TRUE(reader().scan(context(), {}, [](const ScanBlock&) { return true; }));
    EXPECT_TRUE(reader().names(context(), {}));
    EXPECT_TRUE(reader().values(context(), {Field::intrinsic(Intrinsic::kName), {}, "", {}}));
    expect_whole_writes(reader(), context());
    EXPECT_LE(admin().statistics().spans, 2 * kWrites * kSpansOfAWrite);
  }
  writer.join();
  under_test().settle();
  EXPECT_EQ(stored("a2").size(), kWrites * kSpansOfAWrite);
}

}  // namespace
}  // namespace cairn::storage
