// SPDX-License-Identifier: Apache-2.0
//
// The contract on the columnar store, as it runs (background threads, large heads) and in
// miniature: heads of a few spans, row groups of a few traces, flushed every other time, so that a
// short history passes through every stage.
#include <filesystem>
#include <random>

#include "storage/api/testing/contract_suite.h"
#include "storage/columnar/columnar_trace_store.h"
#include "storage/columnar/fs/posix_file_system.h"
#include "storage/columnar/fs/testing/fault_file_system.h"

namespace cairn::storage {
namespace {

constexpr int kKeptHours = 2;

std::string fresh_directory() {
  std::string path = (std::filesystem::temp_directory_path() / "cairn-store-XXXXXX").string();
  CAIRN_CHECK(mkdtemp(path.data()) != nullptr);
  return path;
}

ColumnarStoreOptions as_it_runs() {
  ColumnarStoreOptions options;
  options.shards = 2;
  options.min_free_bytes = 0;
  return options;
}

ColumnarStoreOptions in_miniature() {
  ColumnarStoreOptions options = as_it_runs();
  options.head_rows = 7;
  options.segment.group_rows = 16;
  options.compaction.segment_rows = 64;
  options.compaction_policy.small_segments = 3;
  options.compaction_policy.full_rows = 48;
  options.background = false;
  options.retention.max_age = std::chrono::hours(kKeptHours);
  return options;
}

class ColumnarUnderTest final : public StoreUnderTest {
 public:
  // Background threads and a real disk, or neither: a disk in memory lets many histories pass.
  explicit ColumnarUnderTest(ColumnarStoreOptions options) : options_(std::move(options)) {
    if (options_.background) {
      fs_ = columnar::make_posix_file_system();
      options_.path = fresh_directory();
    } else {
      fs_ = std::make_unique<columnar::FaultFileSystem>();
    }
    open();
  }
  ~ColumnarUnderTest() override {
    store_.reset();
    if (options_.background) std::filesystem::remove_all(options_.path);
  }

  TraceStore& store() override { return *store_; }
  void settle() override {
    if (!options_.background && ++writes_ % 2 == 0) {
      EXPECT_TRUE(store_->admin().flush(Deadline::never()));
    }
  }
  void reopen() override {
    store_.reset();
    open();
  }
  std::optional<int> kept_hours() const override {
    if (options_.retention.max_age == Duration(0)) return std::nullopt;
    return kKeptHours;
  }
  void let_an_hour_pass() override { clock_.advance(std::chrono::hours(1)); }

 private:
  void open() {
    auto opened = ColumnarTraceStore::open(options_, *fs_, clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
  }

  ColumnarStoreOptions options_;
  std::unique_ptr<columnar::FileSystem> fs_;
  ManualClock clock_{model::kTestStart.unix_nanos};
  std::unique_ptr<ColumnarTraceStore> store_;
  int writes_ = 0;
};

Engine engine(std::string name, const ColumnarStoreOptions& options) {
  return {std::move(name), [options] { return std::make_unique<ColumnarUnderTest>(options); }};
}

INSTANTIATE_TEST_SUITE_P(Columnar, TraceStoreContract,
                         ::testing::Values(engine("columnar", as_it_runs()),
                                           engine("miniature", in_miniature())),
                         engine_name);

}  // namespace
}  // namespace cairn::storage
