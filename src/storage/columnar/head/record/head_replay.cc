// SPDX-License-Identifier: Apache-2.0
//
// Replay of a record. Lists that rows refer to grow while it is read; rows are appended last, when
// everything is known to be right, so that a record that is refused leaves none.
#include <algorithm>
#include <array>
#include <cstddef>

#include "storage/columnar/encoding/record_codec.h"
#include "storage/columnar/head/record/head_record.h"
#include "storage/columnar/head/row/vocabulary.h"
#include "storage/columnar/schema/schema_codec.h"

namespace cairn::storage::columnar {
namespace {

Error refused(std::string_view what) {
  return corruption("head record: " + std::string(what));
}

class Replay {
 public:
  Replay(ByteView record, HeadWriter& writer)
      : in_(record), writer_(writer), table_(writer.table) {}

  Result<void> run() {
    RETURN_IF_ERROR(check_beginning());
    RETURN_IF_ERROR(decode_schema(in_, table_.schema));
    writer_.add_columns();
    RETURN_IF_ERROR(read_dictionaries());
    read_wide();
    read_texts(table_.texts);
    RETURN_IF_ERROR(read_extras());
    const ByteView cells = in_.raw(in_.count(sizeof(std::uint32_t)) * sizeof(std::uint32_t));
    const ByteView rows = in_.raw(in_.count(sizeof(RecordRow)) * sizeof(RecordRow));
    RETURN_IF_ERROR(in_.finish("head record"));
    if (rows.empty()) return refused("has no rows");
    RETURN_IF_ERROR(check_rows(rows, cells));
    add_cells(cells);
    add_rows();
    return {};
  }

  // The columns whose dictionaries got values.
  std::span<const ColumnId> grown() const { return grown_; }

 private:
  Result<void> check_beginning();
  Result<void> read_dictionaries();
  void read_wide();
  void read_texts(StableVector<std::string_view>& texts);
  Result<void> read_extras();
  // Also what of a row follows from those before it: `rows_` are ready to be added then.
  Result<void> check_rows(ByteView rows, ByteView cells);
  bool check_cells(const Shape& shape, const std::byte* cells);
  bool is_sound_elsewhere(ColumnId column, std::uint32_t cell);
  bool is_value(ColumnType type, std::string_view text);
  bool is_sound_text(ColumnType type, std::uint32_t index);
  void add_rows();
  void add_cells(ByteView cells);

  ByteReader in_;
  HeadWriter& writer_;
  SpanTable& table_;
  Arena scratch_;
  std::vector<bool> extra_has_attributes_;  // of the new extras
  std::vector<ColumnId> grown_;
  std::vector<SpanRow> rows_;
  struct TextCell {
    std::size_t row = 0;  // of rows_
    ColumnId column = 0;
  };
  std::vector<TextCell> texts_;  // outside of dictionaries
};

// A row as it will be, but for `first_cell` and `extra`; `shape` with kRowHasExtra.
SpanRow row_at(ByteView rows, std::size_t index) {
  static_assert(offsetof(SpanRow, start) == offsetof(RecordRow, start) &&
                offsetof(SpanRow, resource) == offsetof(RecordRow, resource));
  SpanRow row;
  std::memcpy(static_cast<void*>(&row), rows.data() + index * sizeof(RecordRow), sizeof(RecordRow));
  return row;
}

Result<void> Replay::check_beginning() {
  if (in_.fixed<std::uint8_t>() != kHeadRecordVersion) return refused("unknown version");
  RecordMark now;
  now.set_sizes(table_);
  for (const std::size_t size : {now.schema.names, now.schema.resources, now.schema.scopes,
                                 now.schema.columns, now.schema.classes, now.schema.shapes,
                                 now.wide, now.texts, now.extras, now.cells, now.rows}) {
    if (in_.varint() != size) return refused("does not continue the one before");
  }
  return {};
}

Result<void> Replay::read_dictionaries() {
  std::vector<std::uint32_t>& recorded = writer_.recorded.dictionaries;
  recorded.resize(table_.schema.columns.size());
  for (std::size_t left = in_.count(); left > 0; --left) {
    const std::uint64_t column = in_.varint();
    if (column >= table_.dictionaries.size() || !table_.dictionaries[column]) {
      return refused("has values of a column without a dictionary");
    }
    StableVector<std::string_view>& values = *table_.dictionaries[column];
    const std::size_t before = values.size();
    if (in_.varint() != before) return refused("does not continue a dictionary");
    read_texts(values);
    if (values.size() >= kElsewhere) return refused("has too large a dictionary");
    const ColumnType type = table_.schema.columns[column].type;
    for (std::size_t i = before; i < values.size(); ++i) {
      // A segment would refuse a longer one.
      const bool is_short = values[i].size() <= kLongText;
      if (!is_short || !is_value(type, values[i])) {
        return refused("has a value that cannot be read");
      }
    }
    recorded[column] = static_cast<std::uint32_t>(values.size());
    writer_.cell_limits[column] = recorded[column];
    grown_.push_back(static_cast<ColumnId>(column));
  }
  return {};
}

void Replay::read_texts(StableVector<std::string_view>& texts) {
  std::vector<std::size_t> sizes(in_.count());
  std::size_t bytes = 0;
  for (std::size_t& size : sizes) {
    size = in_.count();
    bytes += size;
  }
  std::string_view block = as_text(in_.raw(bytes));
  if (in_.failed()) return;
  block = table_.arena.copy(block);
  for (const std::size_t size : sizes) {
    texts.push_back(block.substr(0, size));
    block.remove_prefix(size);
  }
}

void Replay::read_wide() {
  for (std::size_t left = in_.count(sizeof(std::uint64_t)); left > 0; --left) {
    table_.wide.push_back(in_.fixed<std::uint64_t>());
  }
}

Result<void> Replay::read_extras() {
  const std::size_t before = table_.extras.size();
  read_texts(table_.extras);
  for (std::size_t i = before; i < table_.extras.size(); ++i) {
    scratch_.clear();
    model::Span span;
    RETURN_IF_ERROR(decode_extra(as_bytes(table_.extras[i]), scratch_, span));
    extra_has_attributes_.push_back(!span.attributes.empty());
  }
  return {};
}

// Whether `text` is what a column of that type holds: any text, or one encoded value.
bool Replay::is_value(ColumnType type, std::string_view text) {
  if (type == ColumnType::kString || type == ColumnType::kName) return text.size() <= UINT32_MAX;
  scratch_.clear();
  ByteReader in(as_bytes(text));
  const model::AnyValue value = decode_value(in, scratch_);
  return in.at_end() && !in.failed() && column_type(value.kind()) == type;
}

// Whether the text outside of dictionaries at `index` is what a column of that type holds.
bool Replay::is_sound_text(ColumnType type, std::uint32_t index) {
  if (index >= table_.texts.size()) return false;
  if (type == ColumnType::kString || type == ColumnType::kName) return true;
  // Many cells may name one large text: it is looked at once.
  std::vector<std::uint8_t>& checked = writer_.checked_texts;
  if (checked.size() <= index) checked.resize(table_.texts.size());
  const auto passed = static_cast<std::uint8_t>(type);
  constexpr std::uint8_t kFailed = 0xff;
  if (checked[index] == 0) {
    const std::string_view text = table_.texts[index];
    const auto kind = text.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(text[0]);
    const bool sound = kind < kColumnTypes && is_value(static_cast<ColumnType>(kind), text);
    checked[index] = sound && kind != 0 ? kind : kFailed;
  }
  return checked[index] == passed;
}

// A cell at or above its column's limit: it has to stand elsewhere.
bool Replay::is_sound_elsewhere(ColumnId column, std::uint32_t cell) {
  if (!SpanTable::is_elsewhere(cell)) return false;
  const std::uint32_t index = cell & ~kElsewhere;
  const ColumnType type = table_.schema.columns[column].type;
  if (type == ColumnType::kInt || type == ColumnType::kDouble) return index < table_.wide.size();
  if (!is_text(type) || !is_sound_text(type, index)) return false;
  texts_.push_back({rows_.size(), column});
  return true;
}

bool Replay::check_cells(const Shape& shape, const std::byte* cells) {
  const std::uint32_t* const limits = writer_.cell_limits.data();
  for (const ColumnId column : shape.columns) {
    std::uint32_t cell = 0;
    std::memcpy(&cell, cells, sizeof(cell));
    cells += sizeof(cell);
    if (cell >= limits[column] && !is_sound_elsewhere(column, cell)) return false;
  }
  return true;
}

Result<void> Replay::check_rows(ByteView rows, ByteView cells) {
  const std::size_t cell_count = cells.size() / sizeof(std::uint32_t);
  if (table_.cells.size() + cell_count > UINT32_MAX) return refused("has too many cells");
  const std::size_t extras_before = table_.extras.size() - extra_has_attributes_.size();
  std::size_t cell = 0;
  std::size_t extra = 0;
  rows_.reserve(rows.size() / sizeof(RecordRow));
  for (std::size_t i = 0; i < rows.size() / sizeof(RecordRow); ++i) {
    SpanRow row = row_at(rows, i);
    const bool has_extra = (row.shape & kRowHasExtra) != 0;
    row.shape &= ~kRowHasExtra;
    if (row.shape >= table_.schema.shapes.size() ||
        row.resource >= table_.schema.resources.size()) {
      return refused("has a row of a shape or resource that does not exist");
    }
    const Shape& shape = table_.schema.shapes[row.shape];
    if (cell_count - cell < shape.columns.size()) return refused("has too few cells");
    if (!check_cells(shape, cells.data() + cell * sizeof(std::uint32_t))) {
      return refused("has a cell out of range");
    }
    row.first_cell = static_cast<std::uint32_t>(table_.cells.size() + cell);
    cell += shape.columns.size();
    if (has_extra) {
      if (extra == extra_has_attributes_.size()) return refused("has too few extras");
      if (extra_has_attributes_[extra++] && !shape.rest) {
        return refused("has attributes beside those of the shape");
      }
      row.extra = static_cast<std::uint32_t>(extras_before + extra);
    }
    rows_.push_back(row);
  }
  if (cell != cell_count || extra != extra_has_attributes_.size()) {
    return refused("has cells or extras of no row");
  }
  return {};
}

void Replay::add_cells(ByteView cells) {
  std::array<std::uint32_t, 1024> aligned;
  while (!cells.empty()) {
    const ByteView some = cells.first(std::min(cells.size(), sizeof(aligned)));
    std::memcpy(aligned.data(), some.data(), some.size());
    table_.cells.append(std::span(aligned).first(some.size() / sizeof(std::uint32_t)));
    cells = cells.subspan(some.size());
  }
}

void Replay::add_rows() {
  TraceOrdinal trace = 0;
  std::size_t text = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const SpanRow& row = rows_[i];
    for (; text < texts_.size() && texts_[text].row == i; ++text) {
      writer_.note_text(texts_[text].column);
    }
    table_.rows.push_back(row);
    if (i == 0 || rows_[i - 1].trace_id != row.trace_id) trace = writer_.trace_of(row.trace_id);
    writer_.count_row(trace, row.start, row.start + row.duration);
  }
}

}  // namespace

Result<void> replay_head_record(ByteView record, HeadWriter& writer) {
  writer.indexed = false;
  Replay replay(record, writer);
  RETURN_IF_ERROR(replay.run());
  writer.recorded.set_sizes(writer.table);
  writer.publish(replay.grown());
  return {};
}

}  // namespace cairn::storage::columnar
