// SPDX-License-Identifier: Apache-2.0
#include "server/store_metrics.h"

namespace cairn::server {

void add_store_metrics(MetricsRegistry& metrics, const storage::StoreAdmin& admin) {
  Gauge& spans = metrics.gauge("cairn_storage_spans", "Spans stored now.");
  Gauge& traces = metrics.gauge("cairn_storage_traces", "Traces stored now.");
  Gauge& memory = metrics.gauge("cairn_storage_memory_bytes", "Memory that the store holds.");
  Gauge& disk = metrics.gauge("cairn_storage_disk_bytes", "Disk that the store holds.");
  Gauge& evicted = metrics.gauge("cairn_storage_evicted_spans",
                                 "Spans dropped by limits or retention since start.");
  metrics.before_scrape([&admin, &spans, &traces, &memory, &disk, &evicted] {
    const storage::StoreStatistics now = admin.statistics();
    const auto set = [](Gauge& gauge, std::uint64_t value) {
      gauge.set(static_cast<std::int64_t>(value));
    };
    set(spans, now.spans);
    set(traces, now.traces);
    set(memory, now.memory_bytes);
    set(disk, now.disk_bytes);
    set(evicted, now.evicted_spans);
  });
}

}  // namespace cairn::server
