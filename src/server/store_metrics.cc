// SPDX-License-Identifier: Apache-2.0
#include "server/store_metrics.h"

#include <map>
#include <memory>
#include <string>

namespace cairn::server {
namespace {

void set(Gauge& gauge, std::uint64_t value) {
  gauge.set(static_cast<std::int64_t>(value));
}

// Attribute keys are the senders': as labels they would be without end, so they count together.
std::string column_kind(const std::string& column) {
  return column.starts_with("attribute ") ? "attribute" : column;
}

// By kind of column and encoding.
using ColumnGauges = std::map<std::pair<std::string, std::string>, Gauge*>;

void set_columns(MetricsRegistry& metrics, const storage::StoreAdmin& admin, ColumnGauges& gauges) {
  std::map<std::pair<std::string, std::string>, std::uint64_t> bytes;
  for (const storage::ColumnStatistics& column : admin.columns()) {
    bytes[{column_kind(column.column), column.encoding}] += column.bytes;
  }
  for (const auto& [column, sum] : bytes) {
    Gauge*& gauge = gauges[column];
    if (!gauge) {
      gauge =
          &metrics.gauge("cairn_storage_column_bytes", "Disk bytes by kind of column and encoding.",
                         {{"column", column.first}, {"encoding", column.second}});
    }
  }
  for (const auto& [column, gauge] : gauges) set(*gauge, bytes[column]);
}

}  // namespace

void add_store_metrics(MetricsRegistry& metrics, const storage::StoreAdmin& admin) {
  Gauge& spans = metrics.gauge("cairn_storage_spans", "Spans stored now.");
  Gauge& traces = metrics.gauge(
      "cairn_storage_traces", "Traces stored now; once a segment or head that holds a part of it.");
  Gauge& memory = metrics.gauge("cairn_storage_memory_bytes", "Memory that the store holds.");
  Gauge& disk = metrics.gauge("cairn_storage_disk_bytes", "Disk that the store holds.");
  Gauge& evicted = metrics.gauge("cairn_storage_evicted_spans",
                                 "Spans dropped by limits or retention since start.");
  const auto columns = std::make_shared<ColumnGauges>();
  metrics.before_scrape([columns, &metrics, &admin, &spans, &traces, &memory, &disk, &evicted] {
    const storage::StoreStatistics now = admin.statistics();
    set(spans, now.spans);
    set(traces, now.traces);
    set(memory, now.memory_bytes);
    set(disk, now.disk_bytes);
    set(evicted, now.evicted_spans);
    for (const auto& [name, value] : now.details) {
      set(metrics.gauge("cairn_storage_" + name, "What only this engine counts."), value);
    }
    set_columns(metrics, admin, *columns);
  });
}

}  // namespace cairn::server
