// SPDX-License-Identifier: Apache-2.0
//
// Compaction: several segments of one tenant and partition become fewer, larger ones in which each
// trace lies in one piece. Erasing and per-service retention are the same with a filter.
//
//   plan:  which traces go into which output, by first start (only trace tables are read)
//   build: the rows of an output's traces are collected from all inputs into a SpanTable
//   write: one segment per output
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "storage/columnar/segment/segment.h"
#include "storage/columnar/segment/segment_writer.h"

namespace cairn::storage::columnar {

struct CompactionOptions {
  SegmentOptions segment;
  std::uint32_t segment_rows = 524'288;  // an output is closed by the first trace that reaches this
  std::size_t segment_bytes = 96_MiB;    // … or when the rows collected take this much memory
};

// Which rows stay. Null functions keep everything.
struct CompactionFilter {
  std::function<bool(const model::TraceId&)> drop_trace;
  // On whole spans; asked only for groups for which `drop_service`…`drop_start` may say yes.
  std::function<bool(std::string_view service)> drop_service;
  std::function<bool(model::Timestamp start)> drop_start;
};

struct CompactionResult {
  std::vector<SegmentInfo> outputs;  // written and synced, not yet in the manifest
  std::uint64_t rows_in = 0;
  std::uint64_t rows_dropped = 0;  // by the filter
};

// Where outputs go: gives a fresh id and the path for it.
struct CompactionOutput {
  std::function<std::uint64_t()> next_id;
  std::function<std::string(std::uint64_t id)> path_of;
};

// Rewrites `inputs` (one tenant, one partition). Outputs have level max(inputs) + 1. On an error
// whatever was written is removed again. `pace` is called between pieces of work of some
// milliseconds; it may sleep, and an error from it (stop, deadline) ends the compaction.
// Errors: kCorruption of an input, named; disk errors.
Result<CompactionResult> compact(std::span<const std::shared_ptr<const Segment>> inputs,
                                 const CompactionFilter& filter, FileSystem& fs,
                                 const CompactionOutput& output, const CompactionOptions& options,
                                 const std::function<Result<void>()>& pace);

// What to compact next: the ids of segments of one partition, or nothing. Pure.
struct CompactionPolicy {
  std::size_t small_segments = 8;     // so many unmerged ones are merged at once
  std::uint64_t full_rows = 393'216;  // a segment with more rows is left alone until its hour ends
};
struct CompactionChoice {
  std::vector<std::uint64_t> segments;
  std::string why;  // "8 small", "hour is over"
};
// `current_hour`: the unix hour now; `everything`: an operator asked, do all that is useful.
// A partition whose hour is over for 10 minutes (`closed`) is merged as a whole once.
std::vector<CompactionChoice> choose_compactions(
    std::span<const SegmentInfo> segments, const CompactionPolicy& policy,
    const std::function<bool(std::uint64_t hour)>& closed, bool everything);

// Which segments are over the limits of age and size, oldest partition first. Pure.
struct RetentionLimits {
  Duration max_age{0};          // by time of arrival, in whole hours; 0: no limit
  std::uint64_t max_bytes = 0;  // of segments; 0: no limit
  std::vector<std::pair<std::string, Duration>> services;  // shorter ages for some services
};
std::vector<std::uint64_t> expired_segments(std::span<const SegmentInfo> segments,
                                            const RetentionLimits& limits, std::uint64_t now_nanos);

}  // namespace cairn::storage::columnar
