// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/page/page.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/columnar/segment/page/packed_page.h"

namespace cairn::storage::columnar {
namespace {

using testing::HasSubstr;

// One file in memory.
class MemoryFile final : public AppendFile, public ReadFile {
 public:
  Result<void> append(ByteView bytes) override {
    ++appends;
    put_raw(content, bytes);
    return {};
  }
  Result<void> sync() override { return {}; }
  Result<void> truncate(std::uint64_t size) override {
    content.resize(size);
    return {};
  }
  Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override {
    ++reads;
    if (offset + into.size() > content.size()) return corruption("the file ends");
    std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return {};
  }
  std::uint64_t size() const override { return content.size(); }

  Bytes content;
  int appends = 0;
  mutable int reads = 0;
};

Bytes bytes_of(std::size_t size, int fill) {
  return Bytes(size, static_cast<std::byte>(fill));
}

struct Fixture {
  std::shared_ptr<MemoryFile> file = std::make_shared<MemoryFile>();
  PageWriter writer{*file};
  PageCache cache{1_MiB};
  PageReader reader{"segment 7", 7, file, cache};

  PageRef write(const Bytes& bytes) {
    auto page = writer.write(bytes);
    EXPECT_TRUE(page);
    return page ? *page : PageRef{};
  }
};

TEST(PageWriter, GathersPagesIntoOneWrite) {
  Fixture f;
  const PageRef first = f.write(bytes_of(100, 1));
  const PageRef second = f.write(bytes_of(50, 2));
  EXPECT_EQ(first.offset, 0U);
  EXPECT_EQ(second.offset, 100U);
  EXPECT_EQ(f.writer.size(), 150U);
  EXPECT_EQ(f.file->appends, 0);
  ASSERT_TRUE(f.writer.flush());
  EXPECT_EQ(f.file->appends, 1);
  EXPECT_EQ(f.file->size(), 150U);
}

TEST(PageWriter, WritesAPageLargerThanItsBufferInItsPlace) {
  Fixture f;
  f.write(bytes_of(10, 1));
  const PageRef large = f.write(bytes_of(3_MiB, 2));
  const PageRef after = f.write(bytes_of(10, 3));
  ASSERT_TRUE(f.writer.flush());
  for (const PageRef& page : {large, after}) ASSERT_TRUE(f.reader.read(page, "x"));
  EXPECT_EQ(after.offset, 10 + 3_MiB);
}

TEST(PageWriter, NeverWritesAnEmptyPage) {
  Fixture f;
  f.write(bytes_of(5, 1));
  EXPECT_EQ(f.write({}), PageRef{});
  const auto read = f.reader.read(PageRef{}, "nothing");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->empty());
}

TEST(PageReader, GivesBackWhatWasWritten) {
  Fixture f;
  const PageRef page = f.write(bytes_of(100, 9));
  ASSERT_TRUE(f.writer.flush());
  const auto read = f.reader.read(page, "starts");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, bytes_of(100, 9));
}

TEST(PageReader, NamesSegmentPlaceAndContentOfADamagedPage) {
  Fixture f;
  f.write(bytes_of(8, 0));
  const PageRef page = f.write(bytes_of(100, 9));
  ASSERT_TRUE(f.writer.flush());
  f.file->content[50] ^= std::byte{1};
  const auto read = f.reader.read(page, "starts of class 4");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCorruption);
  EXPECT_EQ(read.error().message,
            "segment 7: page at 8 (100 bytes, starts of class 4): checksum mismatch");
}

TEST(PageReader, RefusesAPageOutsideTheFileBeforeReading) {
  Fixture f;
  f.write(bytes_of(8, 0));
  ASSERT_TRUE(f.writer.flush());
  for (const PageRef& page : {PageRef{4, 5, 0}, PageRef{9, 1, 0}, PageRef{~0ULL, 2, 0}}) {
    const auto read = f.reader.read(page, "x");
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("outside the file"));
  }
  EXPECT_EQ(f.file->reads, 0);
}

TEST(PageReader, ReadsARunOfPagesAtOnce) {
  Fixture f;
  f.write(bytes_of(3, 0));
  const std::vector<PageRef> pages = {f.write(bytes_of(10, 1)), PageRef{}, f.write(bytes_of(7, 2))};
  ASSERT_TRUE(f.writer.flush());
  Bytes buffer;
  const auto views = f.reader.read_run(pages, "columns", buffer);
  ASSERT_TRUE(views);
  ASSERT_EQ(views->size(), 3U);
  EXPECT_EQ((*views)[0].size(), 10U);
  EXPECT_TRUE((*views)[1].empty());
  EXPECT_EQ((*views)[2].back(), std::byte{2});
  EXPECT_EQ(f.file->reads, 1);
}

TEST(PageReader, ChecksEachPageOfARun) {
  Fixture f;
  const std::vector<PageRef> pages = {f.write(bytes_of(10, 1)), f.write(bytes_of(7, 2))};
  ASSERT_TRUE(f.writer.flush());
  f.file->content[12] ^= std::byte{4};
  Bytes buffer;
  const auto views = f.reader.read_run(pages, "columns", buffer);
  ASSERT_FALSE(views);
  EXPECT_THAT(views.error().message, HasSubstr("page at 10"));
}

TEST(PageReader, RefusesARunWithAGap) {
  Fixture f;
  const PageRef first = f.write(bytes_of(10, 1));
  f.write(bytes_of(1, 1));
  const PageRef third = f.write(bytes_of(10, 1));
  ASSERT_TRUE(f.writer.flush());
  Bytes buffer;
  EXPECT_FALSE(f.reader.read_run(std::vector<PageRef>{first, third}, "columns", buffer));
}

TEST(PackedPage, RefusesASizeThatIsNeverWrittenBeforeThereIsMemory) {
  Fixture f;
  const PageRef page = f.write(bytes_of(2_MiB, 0));
  ASSERT_TRUE(f.writer.flush());
  const std::uint64_t ratio = 2_MiB * kMostUnpacking;
  for (const std::uint64_t size : {ratio, ratio + 1, kMostUnpacked + 1}) {
    const auto read = read_packed(f.reader, {page, size}, "schema");
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("too large a size"));
  }
}

// What a test keeps in the cache: a number that says that it takes `bytes`.
std::shared_ptr<const int> keep(PageCache& cache, PageCache::Key key, int value, std::size_t bytes,
                                int* loads = nullptr) {
  const auto got = cache.get<int>(key, [&]() -> Result<std::pair<int, std::size_t>> {
    if (loads != nullptr) ++*loads;
    return std::pair(value, bytes);
  });
  EXPECT_TRUE(got);
  return got ? *got : nullptr;
}

TEST(PageCache, LoadsAValueOnce) {
  PageCache cache(1_MiB);
  int loads = 0;
  EXPECT_EQ(*keep(cache, {1, 2}, 5, 100, &loads), 5);
  EXPECT_EQ(*keep(cache, {1, 2}, 6, 100, &loads), 5);
  EXPECT_EQ(loads, 1);
}

TEST(PageCache, KeepsNoFailure) {
  PageCache cache(1_MiB);
  const auto failed = cache.get<int>(
      {1, 2}, []() -> Result<std::pair<int, std::size_t>> { return corruption("no"); });
  EXPECT_FALSE(failed);
  EXPECT_EQ(*keep(cache, {1, 2}, 6, 100), 6);
}

TEST(PageCache, StaysWithinItsBytesAndKeepsWhatIsUsed) {
  PageCache cache(800'000);
  int loads = 0;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    keep(cache, {1, i}, 1, 1000);
    keep(cache, {2, 0}, 1, 1000, &loads);
    ASSERT_LE(cache.bytes(), 800'000U);
  }
  EXPECT_EQ(loads, 1);
  EXPECT_GT(cache.bytes(), 600'000U);
}

TEST(PageCache, NeverKeepsWhatIsLargerThanAShard) {
  PageCache cache(800'000);
  int loads = 0;
  keep(cache, {1, 1}, 1, 900'000, &loads);
  keep(cache, {1, 1}, 1, 900'000, &loads);
  EXPECT_EQ(loads, 2);
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(PageCache, ForgetsASegmentThatIsGone) {
  PageCache cache(1_MiB);
  for (std::uint64_t i = 0; i < 100; ++i) keep(cache, {i % 2, i}, 1, 100);
  const std::size_t both = cache.bytes();
  cache.drop(0);
  EXPECT_EQ(cache.bytes(), both / 2);
  int loads = 0;
  keep(cache, {1, 1}, 1, 100, &loads);
  EXPECT_EQ(loads, 0);
}

TEST(PageCache, AValueInUseOutlivesItsPlace) {
  PageCache cache(1_MiB);
  const auto value = keep(cache, {1, 1}, 42, 100);
  cache.drop(1);
  EXPECT_EQ(*value, 42);
}

TEST(PageCache, IsSafeForManyThreads) {
  PageCache cache(100'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache] {
      for (std::uint64_t i = 0; i < 2000; ++i) {
        EXPECT_EQ(*keep(cache, {i % 3, i % 97}, static_cast<int>(i % 97), 1000),
                  static_cast<int>(i % 97));
        if (i % 500 == 0) cache.drop(i % 3);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cache.bytes(), 100'000U);
}

}  // namespace
}  // namespace cairn::storage::columnar
