// SPDX-License-Identifier: Apache-2.0
//
// For tests of segments: random spans of every form, tables made of them, and what a table or a
// segment holds as texts that can be compared.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "model/batch.h"
#include "storage/columnar/fs/testing/fault_file_system.h"
#include "storage/columnar/head/head.h"
#include "storage/columnar/segment/segment.h"
#include "storage/columnar/segment/segment_writer.h"

namespace cairn::storage::columnar {

// Spans with colliding ids, keys and times, and whatever else a sender may do. One seed gives the
// same spans everywhere. Thread rule: one thread.
class RandomSpans {
 public:
  struct Options {
    std::size_t traces = 20;  // ids to choose from
    std::size_t names = 6;    // span names to choose from
    bool wild_times = false;  // any number, instead of some minutes
    bool many_texts = false;  // values that never repeat
  };
  RandomSpans(std::uint64_t seed, const Options& options) : random_(seed), options_(options) {}

  // `spans` more, of new and known traces.
  void append(std::size_t spans, model::Batch& batch);

 private:
  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
  bool chance(std::size_t percent) { return pick(100) < percent; }
  model::TraceId trace_id();
  model::SpanId span_id();
  std::uint64_t time();
  model::AnyValue value(Arena& arena, int depth);
  std::span<const model::Attribute> attributes(Arena& arena, std::size_t most);
  std::string_view text(Arena& arena);
  void seldom_parts(model::Span& span, Arena& arena);

  std::mt19937_64 random_;
  Options options_;
};

// A table that holds the spans, as a head makes it. A column of texts turns plain once it has
// `plain_after` values that hardly repeat.
std::shared_ptr<const SpanTable> make_table(const model::Batch& batch,
                                            std::size_t plain_after = 200);

// Every field of every span, with scope and resource, one text a span, sorted.
std::vector<std::string> contents(const model::Batch& batch);
// All rows of all groups.
Result<std::vector<std::string>> contents(const SpanSource& source);
std::vector<std::string> contents(const SpanTable& table);

// A table as a segment on a disk in memory.
struct SegmentOnDisk {
  FaultFileSystem disk;
  PageCache cache{8_MiB};
  SegmentInfo info;
  std::string path = "7.seg";

  // Writes segment 7.
  Result<void> write(const SpanTable& table, const SegmentOptions& options = {});
  Result<std::shared_ptr<const Segment>> open() { return Segment::open(disk, path, 7, cache); }
};

}  // namespace cairn::storage::columnar
