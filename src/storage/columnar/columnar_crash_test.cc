// SPDX-License-Identifier: Apache-2.0
//
// A scripted life of the store is stopped at every call it makes to the file system, as by kill -9
// and as by a power cut, and opened again: every acknowledged span is there once, nothing is there
// that was not sent, what was erased stays erased, and sending all of it again changes nothing
// else.
#include <future>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "model/testing.h"
#include "model/text.h"
#include "storage/columnar/columnar_trace_store.h"
#include "storage/columnar/fs/testing/fault_file_system.h"

namespace cairn::storage {
namespace {

using columnar::FaultFileSystem;
using columnar::PowerCut;

constexpr int kWrites = 12;
constexpr int kErasedTrace = 2;
const std::string kDirectory = "store";

std::string hex(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string trace_hex(int trace) {
  return "a" + std::to_string(trace);
}

// Spans of three traces, two of which other writes continue.
std::shared_ptr<const model::Batch> nth(int n) {
  model::TestBatch batch;
  batch.resource("shop").span(trace_hex(n % 5), hex(3 * n + 1), "first");
  batch.span(trace_hex((n + 1) % 5), hex(3 * n + 2), "second");
  batch.resource("cart").span(trace_hex(n % 5), hex(3 * n + 3), "third");
  return batch.share();
}

// "trace/span" of each span of a batch.
std::vector<std::string> ids_of(const model::Batch& batch) {
  std::vector<std::string> ids;
  for (const model::Span& span : batch.spans) {
    ids.push_back(span.trace_id.to_hex() + "/" + span.span_id.to_hex());
  }
  return ids;
}

bool is_of(const std::string& id, int trace) {
  return id.starts_with(model::trace_id(trace_hex(trace)).to_hex());
}

// What a sender knows when its server died.
struct Knowledge {
  std::set<std::string> sent;
  std::set<std::string> acknowledged;
  bool erase_tried = false;
  bool erased = false;
};

class Life {
 public:
  explicit Life(FaultFileSystem& disk) : disk_(disk) {
    options_.path = kDirectory;
    options_.shards = 1;
    options_.head_rows = 8;
    options_.background = false;
    options_.min_free_bytes = 0;
    options_.wal.retry_pause = std::chrono::milliseconds(1);
    options_.compaction_policy.small_segments = 2;
    options_.segment.group_rows = 8;
  }

  Result<void> open() {
    ASSIGN_OR_RETURN(store_, ColumnarTraceStore::open(options_, disk_, clock_));
    return {};
  }
  void close() { store_.reset(); }
  ColumnarTraceStore& store() { return *store_; }

  bool write(const std::shared_ptr<const model::Batch>& batch) {
    std::promise<bool> promise;
    store_->writer().write({}, batch, [&](const Result<WriteOutcome>& outcome) {
      promise.set_value(outcome.has_value());
    });
    return promise.get_future().get();
  }

  // Writes, flushes, merges and erases until all is done or the disk is gone.
  void run(Knowledge& known) {
    for (int n = 0; n < kWrites; ++n) {
      const auto batch = nth(n);
      const auto ids = ids_of(*batch);
      known.sent.insert(ids.begin(), ids.end());
      if (write(batch)) known.acknowledged.insert(ids.begin(), ids.end());
      if (n % 3 == 2) (void)store_->admin().flush(Deadline::never()).has_value();
      if (n % 6 == 5) (void)store_->admin().compact(Deadline::never()).has_value();
    }
    known.erase_tried = true;
    const EraseTraces target{{model::trace_id(trace_hex(kErasedTrace))}};
    known.erased = store_->admin().erase({}, target, Deadline::never()).has_value();
  }

  // "trace/span" → how often it is found.
  std::map<std::string, int> stored() {
    std::map<std::string, int> found;
    const auto answer = store_->reader().scan({{}, {}}, {}, [&](const ScanBlock& block) {
      for (std::size_t i = 0; i < block.span_ids.size(); ++i) {
        ++found[block.trace_ids[i].to_hex() + "/" + block.span_ids[i].to_hex()];
      }
      return true;
    });
    EXPECT_TRUE(answer && answer->complete);
    return found;
  }

 private:
  ColumnarStoreOptions options_;
  FaultFileSystem& disk_;
  SystemClock clock_;
  std::unique_ptr<ColumnarTraceStore> store_;
};

void expect_what_was_promised(Life& life, const Knowledge& known) {
  const auto found = life.stored();
  int erased_found = 0;
  int erased_expected = 0;
  for (const auto& [id, count] : found) {
    EXPECT_EQ(count, 1) << id;
    EXPECT_TRUE(known.sent.contains(id)) << id;
    if (is_of(id, kErasedTrace)) ++erased_found;
  }
  for (const std::string& id : known.acknowledged) {
    if (is_of(id, kErasedTrace)) {
      ++erased_expected;
    } else {
      EXPECT_TRUE(found.contains(id)) << "lost " << id;
    }
  }
  if (known.erased) {
    EXPECT_EQ(erased_found, 0);
  } else if (known.erase_tried) {
    EXPECT_TRUE(erased_found == 0 || erased_found >= erased_expected) << "half an erase";
  } else {
    EXPECT_GE(erased_found, erased_expected);
  }
}

void expect_retries_change_nothing_else(Life& life) {
  for (int n = 0; n < kWrites; ++n) EXPECT_TRUE(life.write(nth(n)));
  const auto found = life.stored();
  EXPECT_EQ(found.size(), 3u * kWrites);
  for (const auto& [id, count] : found) EXPECT_EQ(count, 1) << id;
  EXPECT_TRUE(life.store().admin().compact(Deadline::never()));
  EXPECT_EQ(life.stored(), found);
}

// The number of calls of an undisturbed life.
std::uint64_t calls_of_a_life() {
  FaultFileSystem disk;
  Life life(disk);
  EXPECT_TRUE(life.open());
  Knowledge known;
  life.run(known);
  EXPECT_TRUE(known.erased);
  EXPECT_EQ(known.sent, known.acknowledged);
  expect_what_was_promised(life, known);
  life.close();
  return disk.call_count();
}

void stop_at(std::uint64_t call, PowerCut what, std::uint64_t seed) {
  SCOPED_TRACE("stopped at call " + std::to_string(call) + ", seed " + std::to_string(seed));
  FaultFileSystem disk;
  Life life(disk);
  Knowledge known;
  disk.stop_at_call(call);
  if (life.open()) {
    life.run(known);
    life.close();
  }
  disk.crash(what, seed);
  const auto opened = life.open();
  ASSERT_TRUE(opened) << opened.error().message;
  expect_what_was_promised(life, known);
  expect_retries_change_nothing_else(life);
}

class ColumnarCrash : public ::testing::TestWithParam<std::pair<PowerCut, std::uint64_t>> {};

TEST_P(ColumnarCrash, KeepsItsPromisesWhereverItIsStopped) {
  const auto [what, seed] = GetParam();
  const std::uint64_t calls = calls_of_a_life();
  for (std::uint64_t call = 1; call <= calls + 1 && !HasFailure(); ++call) {
    stop_at(call, what, seed == 0 ? 0 : seed + call);
  }
}

INSTANTIATE_TEST_SUITE_P(, ColumnarCrash,
                         ::testing::Values(std::pair(PowerCut::kProcessOnly, 0),
                                           std::pair(PowerCut::kForgetUnsynced, 0),
                                           std::pair(PowerCut::kForgetUnsynced, 7),
                                           std::pair(PowerCut::kForgetUnsynced, 70'000)));

TEST(ColumnarDiskFull, RefusesWritesServesReadsAndHeals) {
  FaultFileSystem disk;
  Life life(disk);
  ASSERT_TRUE(life.open());
  ASSERT_TRUE(life.write(nth(0)));
  disk.set_free_bytes(10);
  EXPECT_FALSE(life.write(nth(1)));
  EXPECT_FALSE(life.write(nth(2)));
  EXPECT_FALSE(life.store().admin().health());
  EXPECT_GE(life.stored().size(), 3u);
  disk.set_free_bytes(std::nullopt);
  // A refused sender tries again until it is taken.
  while (!life.write(nth(2))) {
  }
  EXPECT_TRUE(life.write(nth(1)));
  life.close();
  disk.crash(PowerCut::kForgetUnsynced);
  ASSERT_TRUE(life.open());
  EXPECT_EQ(life.stored().size(), 9u);
}

}  // namespace
}  // namespace cairn::storage
