// SPDX-License-Identifier: Apache-2.0
//
// Writes the rows of a SpanTable as one segment file. docs/formats/segment.md has the byte tables.
//
//   header | pages of group 0 | … | pages of group n-1 | schema | dictionaries | trace filter |
//   pre-aggregates | group directories | footer | footer size, checksum, "CAIRNSEG"
//
// Traces are put into groups by their first start, so that a group is a piece of time; in a group
// they are sorted by id.
// Thread rule: none; a call works on its arguments. Cost: one pass per column.
#pragma once

#include <cstdint>
#include <string>

#include "storage/columnar/fs/file_system.h"
#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

inline constexpr std::uint32_t kSegmentVersion = 1;

struct SegmentOptions {
  std::uint32_t group_rows = 65536;  // a group is closed by the first trace that reaches this
  int zstd_level = 1;
  std::uint64_t filter_seed = 0;  // random, chosen by the caller
};

// What the manifest keeps of a segment.
struct SegmentInfo {
  std::uint64_t id = 0;  // unique in the store, never used again
  std::string tenant;
  std::uint64_t partition = 0;  // the unix hour in which its spans arrived
  std::uint32_t level = 0;      // 0: from a head; 1 and up: how often compacted
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  std::uint64_t traces = 0;  // in this segment
  model::Timestamp min_start;
  model::Timestamp max_start;

  bool operator==(const SegmentInfo&) const = default;
};

// "<id as 16 hex digits>.seg"
std::string segment_file_name(std::uint64_t id);

// Writes `table`'s rows to `path` and syncs the file (not its directory). `info` names the segment
// and comes back completed. After an error the file may exist in part; the caller removes it.
// REQUIRES: at least one row.
Result<SegmentInfo> write_segment(const SpanTable& table, SegmentInfo info, FileSystem& fs,
                                  const std::string& path, const SegmentOptions& options);

}  // namespace cairn::storage::columnar
