// SPDX-License-Identifier: Apache-2.0
//
// Which rows of a table lie together in which row group of its segment.
#pragma once

#include <span>
#include <vector>

#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

// The rows of group g are rows[ends[g - 1] … ends[g]), ascending.
struct GroupPartition {
  std::vector<RowIndex> rows;
  std::vector<std::size_t> ends;
  std::uint64_t traces = 0;                   // that have rows
  std::vector<std::uint32_t> group_of_trace;  // by the table's ordinal: the (first) group

  std::size_t size() const { return ends.size(); }
  std::span<const RowIndex> group(std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::span(rows).subspan(begin, ends[index] - begin);
  }
};

// Traces by first start (then id) into groups of about `group_rows` rows: as few groups as round to
// that size, all about equally large. A trace of more than `group_rows` rows is cut into pieces by
// start; each has a group to itself, one after another.
// REQUIRES: group_rows > 0.
GroupPartition partition_rows(const SpanTable& table, std::uint32_t group_rows);

}  // namespace cairn::storage::columnar
