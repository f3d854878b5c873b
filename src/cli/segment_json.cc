// SPDX-License-Identifier: Apache-2.0
#include "cli/segment_json.h"

namespace cairn::cli {

void write_segment_info(JsonWriter& json, const storage::columnar::SegmentInfo& info) {
  json.member("id", info.id);
  json.member("tenant", info.tenant);
  json.member("partition", info.partition);
  json.member("level", static_cast<std::uint64_t>(info.level));
  json.member("bytes", info.bytes);
  json.member("rows", info.rows);
  json.member("traces", info.traces);
  json.member("min_start_unix_nanos", info.min_start.unix_nanos);
  json.member("max_start_unix_nanos", info.max_start.unix_nanos);
}

}  // namespace cairn::cli
