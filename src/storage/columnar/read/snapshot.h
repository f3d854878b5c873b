// SPDX-License-Identifier: Apache-2.0
//
// Snapshot: all sources of one tenant at one moment. Whoever holds it reads without locks; what it
// names stays readable.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/tenant.h"
#include "storage/columnar/schema/row_group.h"

namespace cairn::storage::columnar {

struct Snapshot {
  std::vector<std::shared_ptr<const SpanSource>> sources;
  // What is known to be missing: "segment 7: header: checksum". Answers say so.
  std::vector<std::string> missing;
};

// Thread rule: any thread.
class SnapshotProvider {
 public:
  virtual ~SnapshotProvider() = default;
  virtual std::shared_ptr<const Snapshot> snapshot(const model::TenantId& tenant) const = 0;
};

}  // namespace cairn::storage::columnar
