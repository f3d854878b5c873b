// SPDX-License-Identifier: Apache-2.0
//
// Which text columns of a table get a dictionary in its segment, and which stand as they are.
#pragma once

#include <vector>

#include "storage/columnar/head/span_table.h"
#include "storage/columnar/segment/group/group_codec.h"

namespace cairn::storage::columnar {

// By ColumnId; kPlain for columns that hold no texts. Plain is a column with a cell that is
// kElsewhere, or one that is smaller without a dictionary: judged by encoding some of its values.
std::vector<TextForm> choose_text_forms(const SpanTable& table, int zstd_level);

}  // namespace cairn::storage::columnar
