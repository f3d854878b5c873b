// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "storage/columnar/compaction/compactor.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::size_t kMostSmall = 16;            // merged in one run
constexpr std::uint64_t kWindowRows = 8'388'608;  // merged in one run when an hour is over
constexpr std::size_t kWindowSegments = 64;
constexpr std::uint32_t kJoinedLevel = 1;  // merged with its neighbours
constexpr std::uint32_t kWholeLevel = 2;   // merged with its whole window
constexpr std::uint64_t kHourNanos = 3'600'000'000'000;

using Segments = std::vector<const SegmentInfo*>;

CompactionChoice choice_of(std::span<const SegmentInfo* const> segments, std::uint32_t level,
                           std::string why) {
  CompactionChoice choice;
  choice.level = level;
  for (const SegmentInfo* segment : segments) choice.segments.push_back(segment->id);
  choice.why = std::move(why);
  return choice;
}

// The hour still runs: only what heads left, so that no row is rewritten more than once.
void choose_small(const Segments& partition, const CompactionPolicy& policy,
                  std::vector<CompactionChoice>& out) {
  Segments small;
  for (const SegmentInfo* segment : partition) {
    if (segment->level == 0 && segment->rows < policy.full_rows) small.push_back(segment);
  }
  std::ranges::sort(small, {}, &SegmentInfo::id);
  std::span<const SegmentInfo* const> left = small;
  const std::size_t enough = std::max<std::size_t>(policy.small_segments, 2);
  while (left.size() >= enough) {
    const auto run = left.first(std::min(left.size(), kMostSmall));
    out.push_back(choice_of(run, kJoinedLevel, fmt::format("{} small", run.size())));
    left = left.subspan(run.size());
  }
}

// Pieces of a partition that are merged each as a whole. By time, so that what parts of a trace lie
// in different windows is little.
std::vector<Segments> windows_of(Segments partition) {
  std::ranges::sort(partition, {}, [](const SegmentInfo* segment) {
    return std::tuple(segment->min_start, segment->id);
  });
  std::vector<Segments> windows;
  std::uint64_t rows = 0;
  for (const SegmentInfo* segment : partition) {
    if (windows.empty() || rows + segment->rows > kWindowRows ||
        windows.back().size() == kWindowSegments) {
      windows.emplace_back();
      rows = 0;
    }
    windows.back().push_back(segment);
    rows += segment->rows;
  }
  return windows;
}

// Whether fewer segments would hold the same.
bool would_shrink(const Segments& window, const CompactionPolicy& policy) {
  std::uint64_t rows = 0;
  for (const SegmentInfo* segment : window) rows += segment->rows;
  return rows / std::max<std::uint64_t>(policy.full_rows, 1) + 1 < window.size();
}

void choose_whole(const Segments& partition, const CompactionPolicy& policy, bool everything,
                  std::vector<CompactionChoice>& out) {
  for (const Segments& window : windows_of(partition)) {
    if (window.size() < 2) continue;
    const bool unmerged = std::ranges::any_of(
        window, [](const SegmentInfo* segment) { return segment->level < kWholeLevel; });
    if (unmerged || (everything && would_shrink(window, policy))) {
      out.push_back(choice_of(window, kWholeLevel, everything ? "asked for" : "hour is over"));
    }
  }
}

}  // namespace

std::vector<CompactionChoice> choose_compactions(
    std::span<const SegmentInfo> segments, const CompactionPolicy& policy,
    const std::function<bool(std::uint64_t hour)>& closed, bool everything) {
  std::map<std::pair<std::string_view, std::uint64_t>, Segments> partitions;
  for (const SegmentInfo& segment : segments) {
    partitions[{segment.tenant, segment.partition}].push_back(&segment);
  }
  std::vector<CompactionChoice> out;
  for (const auto& [key, partition] : partitions) {
    if (everything || closed(key.second)) {
      choose_whole(partition, policy, everything, out);
    } else {
      choose_small(partition, policy, out);
    }
  }
  return out;
}

std::vector<std::uint64_t> expired_segments(std::span<const SegmentInfo> segments,
                                            const RetentionLimits& limits,
                                            std::uint64_t now_nanos) {
  Segments by_age;
  std::uint64_t bytes = 0;
  for (const SegmentInfo& segment : segments) {
    by_age.push_back(&segment);
    bytes += segment.bytes;
  }
  std::ranges::sort(by_age, {}, [](const SegmentInfo* segment) {
    return std::tuple(segment->partition, segment->id);
  });
  const auto max_age =
      static_cast<std::uint64_t>(std::max<std::int64_t>(limits.max_age.count(), 0));
  std::vector<std::uint64_t> expired;
  for (const SegmentInfo* segment : by_age) {
    const std::uint64_t end = (segment->partition + 1) * kHourNanos;
    const bool too_old = max_age > 0 && now_nanos >= max_age && end <= now_nanos - max_age;
    const bool too_much = limits.max_bytes > 0 && bytes > limits.max_bytes;
    if (!too_old && !too_much) continue;
    expired.push_back(segment->id);
    bytes -= segment->bytes;
  }
  return expired;
}

}  // namespace cairn::storage::columnar
