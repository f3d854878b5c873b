// SPDX-License-Identifier: Apache-2.0
//
// Compaction: several segments of one tenant and partition become fewer, larger ones in which each
// trace lies in one piece. Erasing and per-service retention are the same with a filter.
//
//   plan:  which traces go into which output, by first start (only trace tables are read)
//   build: the rows of an output's traces are collected from all inputs into a SpanTable
//   write: one segment per output
//
// Memory: one output's table, the codes of one input, and the plan (some 5 B a row).
// A trace with more rows than an output should have may lie in several outputs. Inputs are taken
// for distinct spans (heads keep duplicates out): none are looked for here.
#pragma once

#include <functional>
#include <memory>
#include <optional>
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
  // Of the outputs (see choose_compactions); none: the highest of the inputs, nothing was joined.
  std::optional<std::uint32_t> level = std::nullopt;
};

// Which rows stay: those for which no function says yes. Null functions keep everything.
struct CompactionFilter {
  std::function<bool(const model::TraceId&)> drop_trace;
  std::function<bool(std::string_view service)> drop_service;  // asked once a resource
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

// Rewrites `inputs` (one tenant, one partition). Nothing is written when no row stays. Inputs whose
// vocabularies together pass the limits of a segment are compacted apart from each other.
// On an error whatever was written is removed again. `pace` is called between pieces of work of
// some milliseconds; it may sleep, and an error from it (stop, deadline) ends the compaction.
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
  std::uint32_t level = 0;  // that they get
  std::string why;          // "8 small", "hour is over"
};
// Levels say what was done: 0 left by a head, 1 joined with its neighbours, 2 joined with all of
// its partition. So:
//   hour runs    `small_segments` or more of level 0 and below `full_rows` are merged, oldest
//                first, at most 16 a run
//   hour closed  merged as a whole (in windows of time of 8 Mi rows or 64 segments) as long as a
//                window has several segments and one below level 2
//   everything   as if closed; and windows that fewer segments could hold, whatever their level
// What a closed partition was merged into is not chosen again, however many segments that are,
// until a late one joins them.
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
