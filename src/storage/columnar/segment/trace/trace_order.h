// SPDX-License-Identifier: Apache-2.0
//
// The order of a group's rows: traces by id, in a trace depth first, so that a parent comes before
// its children and a subtree is one range.
//
//   trace A: root ─┬─ child ── grandchild        rows      0  1  2  3
//                  └─ child                      distance  0  1  1  3   to the parent's row
//
// Roots and children come by start, then span id. A root is a row whose parent is not in the group,
// or is itself; a ring of rows has none, so its first row by start is made one.
// Cost: n log n in the rows of a trace, whatever their parents; no recursion.
// Thread rule: pure.
#pragma once

#include <vector>

#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

struct TraceOrder {
  std::vector<SpanRow> spans;           // copies, in the group's order
  std::vector<std::uint32_t> distance;  // by row: to the parent's row; 0: not in the group
  std::vector<RowIndex> first;          // by trace: its first row; one more, the number of rows
};

// `rows` of `table`: whole traces, or what of them is to be in this group; any order, each once.
TraceOrder order_traces(const SpanTable& table, std::span<const RowIndex> rows);

}  // namespace cairn::storage::columnar
