// SPDX-License-Identifier: Apache-2.0
//
// What happens between opening the directory and the first call: orphans go, segments are opened,
// WAL files become sealed heads again.
#pragma once

#include "storage/columnar/head_flusher.h"
#include "storage/columnar/store_core.h"

namespace cairn::storage::columnar {

// Afterwards every acknowledged span is readable. Damage that is found is logged, named in the
// tenant's snapshots and does not prevent opening. Errors: the disk's.
Result<void> recover(StoreCore& core, HeadFlusher& flusher);

}  // namespace cairn::storage::columnar
