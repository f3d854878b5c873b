// SPDX-License-Identifier: Apache-2.0
#include "bench/store/store_under_test.h"

#include <cstdlib>
#include <system_error>

#include "base/clock.h"
#include "storage/columnar/columnar_trace_store.h"
#include "storage/columnar/fs/posix_file_system.h"
#include "storage/memory/memory_trace_store.h"

namespace cairn::bench {
namespace {

namespace files = std::filesystem;

class MemoryUnderTest final : public StoreUnderTest {
 public:
  MemoryUnderTest() : store_(storage::MemoryStoreOptions{0, 0, 0}) {}

  storage::TraceStore& store() override { return store_; }
  void close() override {}
  Result<void> open(std::size_t) override { return {}; }
  std::uint64_t disk_bytes() const override { return 0; }

 private:
  storage::MemoryTraceStore store_;
};

class ColumnarUnderTest final : public StoreUnderTest {
 public:
  ColumnarUnderTest(const StoreChoice& choice, files::path directory)
      : directory_(std::move(directory)), files_(storage::columnar::make_posix_file_system()) {
    options_.path = directory_ / "store";
    options_.shards = choice.shards;
    options_.background = choice.background;
    if (choice.head_bytes != 0) options_.max_head_bytes = choice.head_bytes;
  }
  ~ColumnarUnderTest() override {
    store_.reset();
    std::error_code ignored;
    files::remove_all(directory_, ignored);
  }

  storage::TraceStore& store() override { return *store_; }
  void close() override { store_.reset(); }
  Result<void> open(std::size_t head_bytes) override {
    storage::ColumnarStoreOptions options = options_;
    if (head_bytes != 0) options.max_head_bytes = head_bytes;
    ASSIGN_OR_RETURN(store_, storage::ColumnarTraceStore::open(options, *files_, clock_));
    return {};
  }
  std::uint64_t disk_bytes() const override {
    std::uint64_t bytes = 0;
    std::error_code failed;
    for (const auto& entry : files::recursive_directory_iterator(directory_, failed)) {
      const std::uint64_t size = entry.is_regular_file(failed) ? entry.file_size(failed) : 0;
      if (!failed) bytes += size;  // else it went meanwhile
    }
    return bytes;
  }

 private:
  const files::path directory_;
  const SystemClock clock_;
  storage::ColumnarStoreOptions options_;
  std::unique_ptr<storage::columnar::FileSystem> files_;
  std::unique_ptr<storage::ColumnarTraceStore> store_;
};

Result<files::path> make_directory(const std::string& parent) {
  std::error_code failed;
  const files::path folder =
      parent.empty() ? files::temp_directory_path(failed) : files::path(parent);
  std::string name = folder / "cairn-store-bench-XXXXXX";
  if (failed || ::mkdtemp(name.data()) == nullptr) {
    return unavailable("cannot make a directory in " + folder.string());
  }
  return files::path(name);
}

}  // namespace

Result<std::unique_ptr<StoreUnderTest>> StoreUnderTest::make(const StoreChoice& choice) {
  if (choice.engine == "memory") {
    return std::unique_ptr<StoreUnderTest>(std::make_unique<MemoryUnderTest>());
  }
  ASSIGN_OR_RETURN(files::path directory, make_directory(choice.directory));
  auto opened = std::make_unique<ColumnarUnderTest>(choice, std::move(directory));
  RETURN_IF_ERROR(opened->open(0));
  return std::unique_ptr<StoreUnderTest>(std::move(opened));
}

}  // namespace cairn::bench
