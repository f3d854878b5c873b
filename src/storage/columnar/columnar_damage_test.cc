// SPDX-License-Identifier: Apache-2.0
//
// A bit flips in some file of the store: opening refuses and names the file, or what can still be
// read is served as it was and the answer says what is missing.
#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "model/testing.h"
#include "model/text.h"
#include "storage/columnar/columnar_trace_store.h"
#include "storage/columnar/fs/testing/fault_file_system.h"

namespace cairn::storage {
namespace {

using columnar::FaultFileSystem;
using namespace std::string_view_literals;

constexpr int kTraces = 24;
constexpr std::size_t kFlipsOfAFile = 300;

ColumnarStoreOptions options() {
  ColumnarStoreOptions made;
  made.path = "store";
  made.shards = 1;
  made.background = false;
  made.min_free_bytes = 0;
  made.segment.group_rows = 16;
  return made;
}

std::string hex(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::shared_ptr<const model::Batch> some_trace(int n) {
  model::TestBatch batch;
  const std::string trace = "a" + std::to_string(n);
  batch.resource(n % 2 == 0 ? "shop" : "cart").span(trace, hex(n), "GET /" + std::to_string(n));
  batch.attribute("n", model::AnyValue::integer(n * 1000));
  batch.attribute("text", model::AnyValue::string("some value " + std::to_string(n % 7)));
  batch.event("exception", std::chrono::microseconds(3))
      .span(trace, hex(n + 50), "inner")
      .parent(hex(n));
  return batch.share();
}

// Path → bytes of everything on the disk.
using Image = std::map<std::string, Bytes>;

// A store with two segments and a WAL with records, closed.
Image an_image() {
  FaultFileSystem disk;
  SystemClock clock;
  auto store = ColumnarTraceStore::open(options(), disk, clock);
  EXPECT_TRUE(store);
  for (int n = 1; n <= kTraces; ++n) {
    (*store)->writer().write({}, some_trace(n), [](const Result<WriteOutcome>&) {});
    const bool flushes = n == 8 || n == 16;
    EXPECT_TRUE(!flushes || (*store)->admin().flush(Deadline::never()));
  }
  store = unavailable("closed");
  Image image;
  for (const std::string& path : disk.files()) image[path] = disk.content(path);
  return image;
}

struct Reading {
  std::optional<Error> refused;
  std::set<std::string> spans;  // as texts
  Completeness completeness;
};

Reading read(const Image& image, const std::string& flipped, std::size_t bit) {
  FaultFileSystem disk;
  for (const auto& [path, bytes] : image) disk.put(path, bytes);
  if (!flipped.empty()) disk.flip_bit(flipped, bit);
  SystemClock clock;
  Reading reading;
  auto store = ColumnarTraceStore::open(options(), disk, clock);
  if (!store) {
    reading.refused = store.error();
    return reading;
  }
  TracesRequest request;
  for (int n = 1; n <= kTraces; ++n) {
    request.ids.push_back(model::trace_id("a" + std::to_string(n)));
  }
  const auto answer = (*store)->reader().traces({{}, {}}, request, [&](const model::Batch& chunk) {
    for (const model::Span& span : chunk.spans) {
      model::Batch alone;
      model::BatchAppender(alone).append(chunk, span);
      reading.spans.insert(model::to_text(alone));
    }
    return true;
  });
  EXPECT_TRUE(answer);
  if (answer) reading.completeness = *answer;
  return reading;
}

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

void expect_contained(const Reading& reading, const Reading& whole, const std::string& file) {
  if (reading.refused) {
    EXPECT_NE(reading.refused->message.find(base_name(file)), std::string::npos)
        << reading.refused->message;
    return;
  }
  for (const std::string& span : reading.spans) EXPECT_TRUE(whole.spans.contains(span)) << span;
  const bool all = reading.spans.size() == whole.spans.size();
  // The last record of a WAL cannot be told from one that was never finished.
  const std::size_t lost = whole.spans.size() - reading.spans.size();
  const bool torn = file.ends_with(".wal") && lost <= 2;
  EXPECT_TRUE(all || torn || !reading.completeness.complete) << "lost " << lost << " silently";
  // Two of three sources are left, at least.
  EXPECT_GE(reading.spans.size(), 2u * kTraces * 2 / 3);
}

TEST(ColumnarDamage, AFlippedBitIsNamedAndContained) {
  const Image image = an_image();
  const Reading whole = read(image, "", 0);
  ASSERT_FALSE(whole.refused);
  ASSERT_EQ(whole.spans.size(), 2u * kTraces);
  std::mt19937_64 random(20);
  for (const auto& [path, bytes] : image) {
    if (bytes.empty()) continue;
    for (std::size_t i = 0; i < kFlipsOfAFile && !HasFailure(); ++i) {
      const std::size_t bit = random() % (bytes.size() * 8);
      SCOPED_TRACE(path + " bit " + std::to_string(bit));
      expect_contained(read(image, path, bit), whole, path);
    }
  }
}

TEST(ColumnarDamage, SegmentsWithoutAManifestAreNotTakenForOrphans) {
  FaultFileSystem disk;
  for (const auto& [path, bytes] : an_image()) {
    if (path.find("/segments/") != std::string::npos) disk.put(path, bytes);
  }
  const auto files = disk.files();
  SystemClock clock;
  const auto store = ColumnarTraceStore::open(options(), disk, clock);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kCorruption);
  for (const std::string& file : files) EXPECT_TRUE(disk.exists(file)) << file;
}

TEST(ColumnarDamage, AWalOfANewerVersionIsLeftForItsBuild) {
  Image image = an_image();
  FaultFileSystem disk;
  for (auto& [path, bytes] : image) {
    const std::string_view later = "CAIRNWAL\x02\0\0\0\x18\0\0\0\x44\x1e\xc7\x72"sv;
    if (path.ends_with(".wal")) std::ranges::copy(as_bytes(later), bytes.begin());
    disk.put(path, bytes);
  }
  const auto files = disk.files();
  SystemClock clock;
  const auto store = ColumnarTraceStore::open(options(), disk, clock);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kUnimplemented);
  for (const std::string& file : files) {
    EXPECT_TRUE(!file.ends_with(".wal") || disk.exists(file)) << file;
  }
}

TEST(ColumnarDamage, ALostSegmentIsForgottenWhenItsTimeIsOver) {
  FaultFileSystem disk;
  bool lost_one = false;
  for (const auto& [path, bytes] : an_image()) {
    const bool loses = !lost_one && path.ends_with(".seg");
    lost_one = lost_one || loses;
    if (!loses) disk.put(path, bytes);
  }
  SystemClock now;
  ManualClock clock(now.unix_nanos());
  ColumnarStoreOptions with_retention = options();
  with_retention.retention.max_age = std::chrono::hours(1);
  auto store = ColumnarTraceStore::open(with_retention, disk, clock);
  ASSERT_TRUE(store);
  const EraseTraces target{{model::trace_id("a1")}};
  EXPECT_FALSE((*store)->admin().erase({}, target, Deadline::never()));
  const auto before = (*store)->reader().search({{}, {}}, {});
  EXPECT_TRUE(before && !before->completeness.complete);
  clock.advance(std::chrono::hours(3));
  EXPECT_TRUE((*store)->admin().compact(Deadline::never()));
  const auto after = (*store)->reader().search({{}, {}}, {});
  EXPECT_TRUE(after && after->completeness.complete);
  EXPECT_TRUE((*store)->admin().erase({}, target, Deadline::never()));
}

}  // namespace
}  // namespace cairn::storage
