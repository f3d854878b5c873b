// SPDX-License-Identifier: Apache-2.0
//
// Replay of a record. Lists that rows refer to grow while it is read; rows are appended last, when
// everything is known to be right, so that a record that is refused leaves none.
#include "storage/columnar/encoding/record_codec.h"
#include "storage/columnar/head/record/head_record.h"
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
    add_rows(rows, cells);
    return {};
  }

 private:
  Result<void> check_beginning();
  Result<void> read_dictionaries();
  void read_wide();
  void read_texts(StableVector<std::string_view>& texts);
  Result<void> read_extras();
  Result<void> check_rows(ByteView rows, ByteView cells);
  bool is_sound(ColumnId column, std::uint32_t cell);
  bool is_value(ColumnType type, std::string_view text);
  bool is_sound_text(ColumnId column, ColumnType type, std::uint32_t cell);
  void add_rows(ByteView rows, ByteView cells);

  ByteReader in_;
  HeadWriter& writer_;
  SpanTable& table_;
  Arena scratch_;
  std::vector<bool> extra_has_attributes_;  // of the new extras
};

std::uint32_t cell_at(ByteView cells, std::size_t index) {
  std::uint32_t cell = 0;
  std::memcpy(&cell, cells.data() + index * sizeof(cell), sizeof(cell));
  return cell;
}

RecordRow row_at(ByteView rows, std::size_t index) {
  RecordRow row;
  std::memcpy(&row, rows.data() + index * sizeof(row), sizeof(row));
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
      if (!is_value(type, values[i])) return refused("has a value that cannot be read");
    }
    recorded[column] = static_cast<std::uint32_t>(values.size());
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

bool Replay::is_sound_text(ColumnId column, ColumnType type, std::uint32_t cell) {
  if (!SpanTable::is_elsewhere(cell)) return cell < table_.dictionaries[column]->size();
  const std::uint32_t index = cell & ~kElsewhere;
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

bool Replay::is_sound(ColumnId column, std::uint32_t cell) {
  const ColumnType type = table_.schema.columns[column].type;
  switch (type) {
    case ColumnType::kEmpty:
      return cell == 0;
    case ColumnType::kBool:
      return cell <= 1;
    case ColumnType::kInt:
      return !SpanTable::is_elsewhere(cell) || (cell & ~kElsewhere) < table_.wide.size();
    case ColumnType::kDouble:
      return SpanTable::is_elsewhere(cell) && (cell & ~kElsewhere) < table_.wide.size();
    default:
      return is_sound_text(column, type, cell);
  }
}

Result<void> Replay::check_rows(ByteView rows, ByteView cells) {
  const std::size_t cell_count = cells.size() / sizeof(std::uint32_t);
  if (table_.cells.size() + cell_count > UINT32_MAX) return refused("has too many cells");
  std::size_t cell = 0;
  std::size_t extra = 0;
  for (std::size_t i = 0; i < rows.size() / sizeof(RecordRow); ++i) {
    const RecordRow row = row_at(rows, i);
    const std::uint32_t shape_id = row.shape & ~kRowHasExtra;
    if (shape_id >= table_.schema.shapes.size() || row.resource >= table_.schema.resources.size()) {
      return refused("has a row of a shape or resource that does not exist");
    }
    const Shape& shape = table_.schema.shapes[shape_id];
    if (cell_count - cell < shape.columns.size()) return refused("has too few cells");
    for (const ColumnId column : shape.columns) {
      if (!is_sound(column, cell_at(cells, cell++))) return refused("has a cell out of range");
    }
    if ((row.shape & kRowHasExtra) == 0) continue;
    if (extra == extra_has_attributes_.size()) return refused("has too few extras");
    if (extra_has_attributes_[extra++] && !shape.rest) {
      return refused("has attributes beside those of the shape");
    }
  }
  if (cell != cell_count || extra != extra_has_attributes_.size()) {
    return refused("has cells or extras of no row");
  }
  return {};
}

void Replay::add_rows(ByteView rows, ByteView cells) {
  std::size_t cell = 0;
  auto extra = static_cast<std::uint32_t>(table_.extras.size() - extra_has_attributes_.size());
  for (std::size_t i = 0; i < rows.size() / sizeof(RecordRow); ++i) {
    const RecordRow from = row_at(rows, i);
    SpanRow row;
    row.trace_id = from.trace_id;
    row.span_id = from.span_id;
    row.parent_span_id = from.parent_span_id;
    row.start = from.start;
    row.duration = from.duration;
    row.shape = from.shape & ~kRowHasExtra;
    row.resource = from.resource;
    row.first_cell = static_cast<std::uint32_t>(table_.cells.size());
    row.extra = (from.shape & kRowHasExtra) != 0 ? ++extra : 0;
    for (const ColumnId column : table_.schema.shapes[row.shape].columns) {
      table_.cells.push_back(cell_at(cells, cell++));
      writer_.note_text(column, table_.cells[table_.cells.size() - 1]);
    }
    table_.rows.push_back(row);
    writer_.count_row(writer_.trace_of(row.trace_id), row.start, row.start + row.duration);
  }
}

}  // namespace

Result<void> replay_head_record(ByteView record, HeadWriter& writer) {
  writer.indexed = false;
  RETURN_IF_ERROR(Replay(record, writer).run());
  writer.recorded.set_sizes(writer.table);
  writer.publish();
  return {};
}

}  // namespace cairn::storage::columnar
