// SPDX-License-Identifier: Apache-2.0
//
// Opening again: what is replayed, on how many threads and within which memory; what is set aside;
// and what a store does whose folder goes while it runs.
#include <future>
#include <set>

#include <gtest/gtest.h>

#include "model/testing.h"
#include "storage/columnar/columnar_trace_store.h"
#include "storage/columnar/fs/testing/fault_file_system.h"

namespace cairn::storage {
namespace {

using columnar::FaultFileSystem;

constexpr int kWrites = 40;

ColumnarStoreOptions options() {
  ColumnarStoreOptions made;
  made.path = "store";
  made.shards = 2;
  made.head_rows = 4;
  made.background = false;
  made.min_free_bytes = 0;
  made.wal.retry_pause = std::chrono::milliseconds(1);
  return made;
}

std::string hex(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

class ColumnarRecovery : public ::testing::Test {
 protected:
  Result<void> open(const ColumnarStoreOptions& with = options()) {
    ASSIGN_OR_RETURN(store_, ColumnarTraceStore::open(with, disk_, clock_));
    return {};
  }
  void close() { store_.reset(); }

  Result<WriteOutcome> write(int n, const std::string& tenant = "") {
    model::TestBatch batch;
    batch.resource("shop").span("a" + std::to_string(n), hex(n), "GET /");
    batch.attribute("n", model::AnyValue::integer(n));
    std::promise<Result<WriteOutcome>> answer;
    store_->writer().write({tenant}, batch.share(), [&](Result<WriteOutcome> outcome) {
      answer.set_value(std::move(outcome));
    });
    return answer.get_future().get();
  }
  void write_all() {
    for (int n = 0; n < kWrites; ++n) ASSERT_TRUE(write(n));
  }

  // Span ids in the order of the answer.
  std::vector<std::string> stored(const std::string& tenant = "") {
    std::vector<std::string> ids;
    completeness_ = {};
    const auto answer = store_->reader().scan({{tenant}, {}}, {}, [&](const ScanBlock& block) {
      for (const auto& id : block.span_ids) ids.push_back(id.to_hex());
      return true;
    });
    EXPECT_TRUE(answer);
    if (answer) completeness_ = *answer;
    return ids;
  }
  std::uint64_t detail(const std::string& name) {
    return store_->admin().statistics().details[name];
  }
  std::vector<std::string> files(const std::string& suffix) {
    std::vector<std::string> found = disk_.files();
    std::erase_if(found, [&](const std::string& file) { return !file.ends_with(suffix); });
    return found;
  }

  FaultFileSystem disk_;
  SystemClock clock_;
  std::unique_ptr<ColumnarTraceStore> store_;
  Completeness completeness_;
};

TEST_F(ColumnarRecovery, AnyNumberOfThreadsReplaysTheSameStore) {
  ASSERT_TRUE(open());
  write_all();
  std::vector<std::string> first;
  for (const std::uint32_t threads : {1, 2, 7}) {
    ColumnarStoreOptions with = options();
    with.replay_threads = threads;
    close();
    ASSERT_TRUE(open(with));
    const auto found = stored();
    if (first.empty()) first = found;
    EXPECT_EQ(found, first) << threads;
    EXPECT_EQ(std::set(found.begin(), found.end()).size(), std::size_t{kWrites});
    EXPECT_GE(detail("heads"), 10u);
  }
  write_all();  // all of it is known
  EXPECT_EQ(stored().size(), std::size_t{kWrites});
}

TEST_F(ColumnarRecovery, HeadsBecomeSegmentsWhenTheirMemoryIsUsedUp) {
  ASSERT_TRUE(open());
  write_all();
  const std::uint64_t all = detail("head_bytes");
  close();
  ColumnarStoreOptions with = options();
  with.max_head_bytes = all / 2;
  ASSERT_TRUE(open(with));
  EXPECT_LE(detail("head_bytes"), with.max_head_bytes);
  EXPECT_GE(detail("segments"), 1u);
  EXPECT_EQ(stored().size(), std::size_t{kWrites});
  EXPECT_TRUE(completeness_.complete);
}

TEST_F(ColumnarRecovery, ADiskThatTakesNothingDoesNotKeepTheStoreClosed) {
  ASSERT_TRUE(open());
  write_all();
  close();
  ColumnarStoreOptions with = options();
  with.max_head_bytes = 1;
  disk_.set_free_bytes(0);
  ASSERT_TRUE(open(with));
  EXPECT_EQ(stored().size(), std::size_t{kWrites});
}

TEST_F(ColumnarRecovery, ADiskThatCannotBeReadKeepsTheStoreClosed) {
  ASSERT_TRUE(open());
  write_all();
  close();
  disk_.fail({.at = 15, .forever = true, .call = "read", .path = ".wal"});
  EXPECT_FALSE(open());
  disk_.heal();
  ASSERT_TRUE(open());
  EXPECT_EQ(stored().size(), std::size_t{kWrites});
}

TEST_F(ColumnarRecovery, ASegmentOfATornManifestIsSetAside) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(write(1));
  ASSERT_TRUE(store_->admin().flush(Deadline::never()));
  close();
  const auto segments = files(".seg");
  ASSERT_EQ(segments.size(), 1u);
  for (const std::string& file : disk_.files()) {
    if (file.find("MANIFEST-") == std::string::npos) continue;
    Bytes cut = disk_.content(file);
    cut.resize(cut.size() - 5);
    disk_.put(file, cut);
  }
  for (int i = 0; i < 2; ++i) {  // the second time nothing is torn any more
    ASSERT_TRUE(open());
    close();
    EXPECT_EQ(files(".seg.orphan"), std::vector{segments[0] + ".orphan"});
    EXPECT_TRUE(files(".seg").empty());
  }
}

TEST_F(ColumnarRecovery, AnOrphanOfAWholeManifestIsRemoved) {
  ASSERT_TRUE(open());
  close();
  disk_.put("store/segments/00000000000000aa.seg", as_bytes("left by a crash"));
  ASSERT_TRUE(open());
  EXPECT_TRUE(files(".seg").empty());
  EXPECT_TRUE(files(".orphan").empty());
}

TEST_F(ColumnarRecovery, AWalOfNobodyKnowsWhomIsMissedByAllTenants) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(write(1, "one"));
  close();
  ASSERT_TRUE(open());
  ASSERT_TRUE(write(2, "two"));
  const auto wals = files(".wal");
  close();
  ASSERT_EQ(wals.size(), 2u);
  disk_.flip_bit(wals[1], 8 * 30);  // in its header
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(open());
    for (const std::string tenant : {"one", "two", "three", ""}) {
      (void)stored(tenant);
      EXPECT_FALSE(completeness_.complete) << tenant;
    }
    ASSERT_TRUE(write(3, "three"));
    (void)stored("three");
    EXPECT_FALSE(completeness_.complete);
    ASSERT_TRUE(store_->admin().flush(Deadline::never()));
    close();
  }
}

TEST_F(ColumnarRecovery, AWalThatSaysWhoseItIsIsMissedByThatTenantOnly) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(write(1, "one"));
  ASSERT_TRUE(write(2, "two"));
  const auto wals = files(".wal");
  close();
  ASSERT_EQ(wals.size(), 2u);
  disk_.flip_bit(wals[1], 8 * (disk_.content(wals[1]).size() - 10));
  for (int i = 0; i < 2; ++i) {  // the second time it is called .damaged
    ASSERT_TRUE(open());
    (void)stored("one");
    EXPECT_TRUE(completeness_.complete);
    (void)stored("two");
    EXPECT_FALSE(completeness_.complete);
    ASSERT_TRUE(store_->admin().flush(Deadline::never()));
    close();
  }
}

TEST_F(ColumnarRecovery, AWriteIsRefusedOnceItsWalFileWasRemoved) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(write(1));
  for (const std::string& wal : files(".wal")) ASSERT_TRUE(disk_.remove(wal));
  const auto outcome = write(1);  // to the same file
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(outcome.error().message.find("removed"), std::string::npos) << outcome.error().message;
}

TEST_F(ColumnarRecovery, AStoreWhoseFolderIsGoneIsNotHealthyAndTakesNoWrites) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(write(1));
  EXPECT_TRUE(store_->admin().health());
  for (const std::string& file : disk_.files()) ASSERT_TRUE(disk_.remove(file));
  const auto health = store_->admin().health();
  ASSERT_FALSE(health);
  EXPECT_EQ(health.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(health.error().message.find("folder is gone"), std::string::npos);
  EXPECT_FALSE(write(2));
  EXPECT_EQ(stored().size(), 1u);  // what is in memory is served
}

}  // namespace
}  // namespace cairn::storage
