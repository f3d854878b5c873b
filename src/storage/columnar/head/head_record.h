// SPDX-License-Identifier: Apache-2.0
//
// A head's growth as bytes, the payload of a WAL record; docs/formats/wal-rows.md has the table.
#pragma once

#include "storage/columnar/head/head_state.h"

namespace cairn::storage::columnar {

inline constexpr std::uint8_t kHeadRecordVersion = 1;

// Appends what was added since the last call; nothing when nothing was.
void encode_head_record(HeadWriter& writer, Bytes& out);

// Adds and publishes what encode_head_record() wrote. Errors: kCorruption; no row was added then.
Result<void> replay_head_record(ByteView record, HeadWriter& writer);

}  // namespace cairn::storage::columnar
