// SPDX-License-Identifier: Apache-2.0
//
// CellWriter: turns attribute values into cells and appends what the cells refer to: dictionary
// values, wide numbers, texts.
// Thread rule: one thread (the head's writer).
#pragma once

#include <vector>

#include "storage/columnar/head/row/hash_index.h"
#include "storage/columnar/head/row/vocabulary.h"
#include "storage/columnar/head/span_table.h"

namespace cairn::storage::columnar {

class CellWriter {
 public:
  // `first_text_row`: by column, the first row whose cell is kElsewhere in `texts`, plus 1; 0 none.
  // Read by others with atomic access.
  CellWriter(SpanTable& table, StableVector<std::uint32_t>& first_text_row,
             std::size_t plain_after_values, std::uint64_t seed)
      : table_(table),
        first_text_row_(first_text_row),
        plain_after_values_(plain_after_values),
        seed_(seed) {}

  // Makes room for columns that the schema got.
  void add_columns();
  // Appends the cells of one row: `steps` and `path` as Vocabulary gave them, of a class without a
  // name when `named`. Attributes that have no step are left out. Some cells are set only by
  // finish_cells(), with the same steps and path: the memory it needs comes meanwhile.
  void begin_cells(std::span<Step> steps, const StepPath& path, bool named,
                   const model::Span& span);
  void finish_cells(std::span<Step> steps, const StepPath& path);

  // The next row has a text of this column that stands outside of the dictionary.
  void note_text(ColumnId column);

  // The columns whose dictionaries grew since the last call of grown_done().
  std::span<const ColumnId> grown() const { return grown_; }
  void grown_done();

  // Forgets what it knows and learns the table's dictionaries, which came from elsewhere.
  void learn();
  std::size_t memory_bytes() const;

 private:
  struct TextColumn {
    HashIndex index;
    std::uint32_t lookups = 0;  // of the last few thousand …
    std::uint32_t added = 0;    // … those that found nothing
    bool plain = false;
    bool grown = false;
  };

  // A text that waits for its turn: its place in the dictionary's index was asked for, and the
  // others are looked at meanwhile.
  struct Pending {
    std::string_view text;
    std::uint64_t hash = 0;
    ColumnId column = 0;
    std::uint32_t position = 0;
  };

  void prefetch(const Pending& pending) const;
  // The cell; or 0, and the text is in `pending_`.
  std::uint32_t begin_text(Step& step, std::string_view text, std::uint32_t position);
  std::uint32_t begin_other_text(Step& step, std::string_view text, std::uint32_t position);
  // Of a value that is not a string.
  std::uint32_t other_cell(Step& step, const model::AnyValue& value);
  std::uint32_t text_cell(Step& step, std::string_view text);
  std::uint32_t wide_cell(Step& step, std::uint64_t number);
  std::uint32_t encoded_cell(Step& step, const model::AnyValue& value);
  bool has_index(ColumnId column, std::string_view text) const {
    return !columns_[column].plain && text.size() <= kLongText;
  }
  std::uint32_t look_up(Step& step, std::string_view text, std::uint64_t hash);
  std::uint32_t add_text(Step& step, std::string_view text);
  std::string_view keep(std::string_view text);
  void turn_plain_if_pointless(TextColumn& column, std::size_t values);

  SpanTable& table_;
  StableVector<std::uint32_t>& first_text_row_;
  const std::size_t plain_after_values_;
  const std::uint64_t seed_;
  std::vector<TextColumn> columns_;  // by ColumnId
  std::vector<ColumnId> grown_;
  std::array<Pending, kMaxShapeColumns> pending_;
  std::size_t pending_count_ = 0;
  std::size_t first_cell_ = 0;  // of the row that was begun
  Bytes scratch_;
};

}  // namespace cairn::storage::columnar
