// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/columnar_admin.h"

#include <algorithm>
#include <functional>
#include <set>

namespace cairn::storage::columnar {
namespace {

void add_times(StoreStatistics& statistics, model::Timestamp oldest, model::Timestamp newest) {
  const bool first = statistics.spans == 0;
  statistics.oldest_start = first ? oldest : std::min(statistics.oldest_start, oldest);
  statistics.newest_start = first ? newest : std::max(statistics.newest_start, newest);
}

void add_heads(StoreStatistics& statistics, const TenantSources::Contents& contents) {
  for (const auto& entry : contents.heads) {
    const auto view = entry->head->view();
    for (const auto& group : view->groups()) {
      const GroupFacts& facts = group->facts();
      if (facts.rows == 0) continue;
      add_times(statistics, facts.min_start, facts.max_start);
      statistics.spans += facts.rows;
      statistics.traces += facts.traces;
      statistics.details["head_spans"] += facts.rows;
    }
    statistics.details["heads"] += 1;
  }
}

void add_segments(StoreStatistics& statistics, const TenantSources::Contents& contents) {
  for (const auto& segment : contents.segments) {
    const SegmentInfo& info = segment->info();
    add_times(statistics, info.min_start, info.max_start);
    statistics.spans += info.rows;
    statistics.traces += info.traces;
    statistics.disk_bytes += info.bytes;
    statistics.memory_bytes += segment->memory_bytes();
    statistics.details["segments"] += 1;
    statistics.details["segment_bytes"] += info.bytes;
    statistics.details["segments_level_" + std::to_string(std::min(info.level, 9u))] += 1;
  }
}

}  // namespace

Result<std::uint64_t> ColumnarAdmin::erase(const model::TenantId& tenant, const EraseTarget& target,
                                           const Deadline& deadline) {
  return maintenance_.erase(tenant, target, deadline);
}

Result<void> ColumnarAdmin::flush(const Deadline& deadline) {
  return flusher_.flush_all(deadline);
}

Result<void> ColumnarAdmin::compact(const Deadline& deadline) {
  RETURN_IF_ERROR(flusher_.flush_all(deadline));
  return maintenance_.work(true, deadline);
}

StoreStatistics ColumnarAdmin::statistics() const {
  StoreStatistics statistics;
  const auto tenants = core_.tenants();
  for (const TenantState* tenant : tenants) {
    const TenantSources::Contents contents = tenant->sources->contents();
    add_heads(statistics, contents);
    add_segments(statistics, contents);
  }
  const WalStatistics wal = core_.wal().statistics();
  statistics.memory_bytes += core_.head_bytes() + core_.cache().bytes();
  statistics.evicted_spans = maintenance_.evicted_spans();
  auto& details = statistics.details;
  details["tenants"] = tenants.size();
  details["head_bytes"] = core_.head_bytes();
  details["cache_bytes"] = core_.cache().bytes();
  details["wal_lag_bytes"] = wal.queued_bytes;
  details["wal_written_bytes"] = wal.written_bytes;
  details["wal_syncs"] = wal.syncs;
  details["wal_records"] = wal.records;
  details["heads_waiting"] = flusher_.waiting();
  details["compaction_debt_segments"] = maintenance_.debt();
  details["compacted_spans"] = maintenance_.compacted_spans();
  return statistics;
}

const std::vector<ColumnBytes>& ColumnarAdmin::columns_of(const Segment& segment) const {
  const auto [found, is_new] = columns_.try_emplace(segment.info().id);
  if (is_new) {
    // A segment that cannot be read is reported by whoever reads its spans.
    found->second = segment.column_bytes().value_or({});
  }
  return found->second;
}

std::vector<ColumnStatistics> ColumnarAdmin::columns() const {
  std::map<std::pair<std::string, std::string>, ColumnStatistics> sums;
  std::set<std::uint64_t> present;
  const MutexLock lock(mutex_);
  for (const TenantState* tenant : core_.tenants()) {
    for (const auto& segment : tenant->sources->segments()) {
      present.insert(segment->info().id);
      for (const ColumnBytes& column : columns_of(*segment)) {
        ColumnStatistics& sum = sums[{column.column, column.encoding}];
        sum.bytes += column.bytes;
        sum.pages += column.pages;
      }
    }
  }
  std::erase_if(columns_, [&](const auto& kept) { return !present.contains(kept.first); });
  std::vector<ColumnStatistics> all;
  for (auto& [key, sum] : sums) all.push_back({key.first, key.second, sum.bytes, sum.pages});
  std::ranges::stable_sort(all, std::greater(), &ColumnStatistics::bytes);
  return all;
}

Result<void> ColumnarAdmin::health() const {
  core_.check_disk();
  if (auto room = core_.admit(0); !room) return room;
  if (const std::string trouble = flusher_.trouble(); !trouble.empty()) {
    return unavailable(trouble);
  }
  return {};
}

}  // namespace cairn::storage::columnar
