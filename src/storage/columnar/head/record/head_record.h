// SPDX-License-Identifier: Apache-2.0
//
// A head's growth as bytes, the payload of a WAL record; docs/formats/wal-rows.md has the table.
#pragma once

#include "storage/columnar/head/head_state.h"

namespace cairn::storage::columnar {

inline constexpr std::uint8_t kHeadRecordVersion = 1;

// One row in a record. Where its cells and its extra are follows from the rows before it.
struct RecordRow {
  model::TraceId trace_id;
  model::SpanId span_id;
  model::SpanId parent_span_id;
  std::uint64_t start = 0;
  std::uint64_t duration = 0;
  std::uint32_t shape = 0;  // with kRowHasExtra
  ResourceId resource = 0;
};
static_assert(sizeof(RecordRow) == 56);

inline constexpr std::uint32_t kRowHasExtra = 0x8000'0000;

// Appends what was added since the last call; nothing when nothing was.
void encode_head_record(HeadWriter& writer, Bytes& out);

// Adds and publishes what encode_head_record() wrote. Errors: kCorruption; no row was added then.
Result<void> replay_head_record(ByteView record, HeadWriter& writer);

}  // namespace cairn::storage::columnar
