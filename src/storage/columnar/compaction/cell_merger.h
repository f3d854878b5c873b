// SPDX-License-Identifier: Apache-2.0
//
// CellMerger: values as cells of the table that a compaction collects. A text column has a
// dictionary until its values turn out to repeat too seldom; later ones stand as they are.
// Thread rule: one thread.
#pragma once

#include <vector>

#include "storage/columnar/head/row/hash_index.h"
#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

class CellMerger {
 public:
  // `table` is empty and outlives it.
  explicit CellMerger(SpanTable& table);

  // Makes room for columns that the schema got.
  void add_columns();
  // So many cells of the column are about to be asked for, repeated ones included.
  void expect(ColumnId column, std::size_t cells) { columns_[column].cells += cells; }

  std::uint32_t text(ColumnId column, std::string_view text);
  std::uint32_t integer(std::uint64_t number) {
    return number < kElsewhere ? static_cast<std::uint32_t>(number) : wide(number);
  }
  std::uint32_t wide(std::uint64_t number);
  // Index into `extras` plus 1; 0 for none.
  std::uint32_t extra(std::string_view bytes);

 private:
  struct TextColumn {
    HashIndex index;
    std::uint64_t cells = 0;
    bool plain = false;
  };

  std::uint32_t plain_text(std::string_view text);

  SpanTable& table_;
  const std::uint64_t seed_;
  std::vector<TextColumn> columns_;  // by ColumnId
  std::uint64_t last_wide_ = 0;
};

}  // namespace cairn::storage::columnar
