// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/metrics.h"
#include "storage/api/store_admin.h"

namespace cairn::server {

// Shows the store's statistics in /metrics, asked for at each scrape.
// Ownership: `admin` outlives the registry's last scrape.
void add_store_metrics(MetricsRegistry& metrics, const storage::StoreAdmin& admin);

}  // namespace cairn::server
