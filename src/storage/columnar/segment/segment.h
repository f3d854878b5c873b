// SPDX-License-Identifier: Apache-2.0
//
// Segment: an immutable file of spans, open for reading. Opening reads the footer and the trace
// filter; everything else comes through the PageCache when it is asked for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/columnar/schema/row_group.h"
#include "storage/columnar/segment/page/page.h"
#include "storage/columnar/segment/segment_writer.h"

namespace cairn::storage::columnar {

// Bytes of the file by what they hold: {"attribute http.method string", "dictionary", bytes}.
struct ColumnBytes {
  std::string column;
  std::string encoding;
  std::uint64_t bytes = 0;
  std::uint64_t pages = 0;
};

// Thread rule: any thread. Ownership: holds the file open, so that it can be read after it was
// removed from its directory.
class Segment : public SpanSource {
 public:
  // Errors: kCorruption when header, footer or filter do not check or the version is unknown.
  // `cache` outlives the segment.
  static Result<std::shared_ptr<const Segment>> open(FileSystem& fs, const std::string& path,
                                                     std::uint64_t id, PageCache& cache);

  virtual const SegmentInfo& info() const = 0;
  virtual std::size_t memory_bytes() const = 0;  // resident, the cache apart
  // Whether the filter lets the trace pass; find() answers exactly.
  virtual bool may_contain(const model::TraceId& id) const = 0;
  // Reads every page and tests every invariant. The first thing that is wrong, with its place.
  virtual Result<void> check() const = 0;
  // Reads the directories, not the pages.
  virtual Result<std::vector<ColumnBytes>> column_bytes() const = 0;
  // For people: `cairn dump segment`.
  virtual Result<std::string> describe() const = 0;
};

}  // namespace cairn::storage::columnar
