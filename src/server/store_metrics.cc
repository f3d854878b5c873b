// SPDX-License-Identifier: Apache-2.0
#include "server/store_metrics.h"

namespace cairn::server {

void add_store_metrics(MetricsRegistry& metrics, const storage::StoreAdmin& admin) {
  const auto gauge = [&](std::string_view name, std::string_view help, auto member) {
    metrics.gauge_from(name, help, {}, [&admin, member] {
      return static_cast<double>(admin.statistics().*member);
    });
  };
  using Statistics = storage::StoreStatistics;
  gauge("cairn_storage_spans", "Spans stored now.", &Statistics::spans);
  gauge("cairn_storage_traces", "Traces stored now.", &Statistics::traces);
  gauge("cairn_storage_memory_bytes", "Memory that the store holds.", &Statistics::memory_bytes);
  gauge("cairn_storage_disk_bytes", "Disk that the store holds.", &Statistics::disk_bytes);
  gauge("cairn_storage_evicted_spans", "Spans dropped by limits or retention since start.",
        &Statistics::evicted_spans);
}

}  // namespace cairn::server
