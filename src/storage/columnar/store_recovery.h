// SPDX-License-Identifier: Apache-2.0
//
// What happens between opening the directory and the first call: orphans go, segments are opened,
// WAL files become sealed heads again.
#pragma once

#include "storage/columnar/head_flusher.h"
#include "storage/columnar/store_core.h"

namespace cairn::storage::columnar {

// When the manifest ends in a torn record: segments that it does not name get the suffix ".orphan".
// The record may have named them, and what was replaced by them may be gone; as a rule a crash came
// in between, and they hold nothing that is not elsewhere.
// To be called before the manifest is opened, which writes it anew. Errors: the disk's.
Result<void> set_orphans_aside(FileSystem& fs, const std::string& directory);

// Replays WAL files on ColumnarStoreOptions::replay_threads threads; when they hold more than heads
// may, the oldest become segments meanwhile.
// Afterwards every acknowledged span is readable. Damage that is found is logged, named in the
// tenant's snapshots (in all tenants' when it is not known whose it was) and does not prevent
// opening. Errors: the disk's.
Result<void> recover(StoreCore& core, HeadFlusher& flusher);

}  // namespace cairn::storage::columnar
