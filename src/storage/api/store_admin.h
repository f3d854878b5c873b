// SPDX-License-Identifier: Apache-2.0
//
// What operators do with a store: delete, flush, compact, look at its state.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/tenant.h"
#include "storage/api/time_range.h"

namespace cairn::storage {

// Which spans to delete. Spans that arrive later are not affected.
struct EraseTraces {
  std::vector<model::TraceId> ids;
};
struct EraseService {
  std::string service;  // spans whose resource has this service.name; empty: those without one
};
struct EraseRange {
  TimeRange range;  // spans that start inside
};
using EraseTarget = std::variant<EraseTraces, EraseService, EraseRange>;

// Disk bytes of one kind of column in one encoding.
struct ColumnStatistics {
  std::string column;    // "span_id", "attribute http.method string"
  std::string encoding;  // "pfor"
  std::uint64_t bytes = 0;
  std::uint64_t pages = 0;

  bool operator==(const ColumnStatistics&) const = default;
};

struct StoreStatistics {
  std::uint64_t spans = 0;
  std::uint64_t traces = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t disk_bytes = 0;
  std::uint64_t evicted_spans = 0;  // dropped by a limit or by retention since start
  model::Timestamp oldest_start;    // 0 when empty
  model::Timestamp newest_start;
  // What only this engine has, by name: "wal_lag_bytes".
  std::map<std::string, std::uint64_t> details;
};

// Thread rule: every method may be called from any thread. Calls may block.
class StoreAdmin {
 public:
  virtual ~StoreAdmin() = default;

  // Deletes and says how many spans went. Reads that start after it returns do not see them.
  virtual Result<std::uint64_t> erase(const model::TenantId& tenant, const EraseTarget& target,
                                      const Deadline& deadline) = 0;
  // Everything accepted so far reaches its final place; a no-op where there is none.
  virtual Result<void> flush(const Deadline& deadline) = 0;
  // Does all the background work that is due; a no-op where there is none.
  virtual Result<void> compact(const Deadline& deadline) = 0;
  // Over all tenants. Cheap: no more than a look at what is in memory.
  virtual StoreStatistics statistics() const = 0;
  // Where the disk bytes are, over all tenants, largest first. Empty for stores without columns.
  // Reads what it needs once for each segment.
  virtual std::vector<ColumnStatistics> columns() const { return {}; }
  // An Error when the store cannot take writes now, saying why.
  virtual Result<void> health() const = 0;
};

}  // namespace cairn::storage
