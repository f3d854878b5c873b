// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json_writer.h"
#include "storage/columnar/segment/segment_writer.h"

namespace cairn::cli {

// The members of an object about a segment: "id", "tenant", "partition" …
void write_segment_info(JsonWriter& json, const storage::columnar::SegmentInfo& info);

}  // namespace cairn::cli
