// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/record/head_record.h"

#include <bit>

#include "storage/columnar/schema/schema_codec.h"

namespace cairn::storage::columnar {
namespace {

static_assert(std::endian::native == std::endian::little, "records are written as they lie");

// Appends `size` bytes to `out` and says where they begin.
std::byte* extend(Bytes& out, std::size_t size) {
  const std::size_t at = out.size();
  out.resize(at + size);
  return out.data() + at;
}

// What a head had when the record began: replay refuses another.
void encode_mark(const RecordMark& mark, Bytes& out) {
  for (const std::size_t size : {mark.schema.names, mark.schema.resources, mark.schema.scopes,
                                 mark.schema.columns, mark.schema.classes, mark.schema.shapes,
                                 mark.wide, mark.texts, mark.extras, mark.cells, mark.rows}) {
    put_varint(out, size);
  }
}

// Count, sizes, and all bytes behind one another.
void encode_texts_from(const StableVector<std::string_view>& texts, std::size_t from, Bytes& out) {
  put_varint(out, texts.size() - from);
  std::size_t bytes = 0;
  for (std::size_t i = from; i < texts.size(); ++i) {
    put_varint(out, texts[i].size());
    bytes += texts[i].size();
  }
  std::byte* to = extend(out, bytes);
  for (std::size_t i = from; i < texts.size(); ++i) {
    std::memcpy(to, texts[i].data(), texts[i].size());
    to += texts[i].size();
  }
}

template <typename T>
void encode_raw_from(const StableVector<T>& numbers, std::size_t from, Bytes& out) {
  put_varint(out, numbers.size() - from);
  std::byte* to = extend(out, (numbers.size() - from) * sizeof(T));
  while (from < numbers.size()) {
    const std::span<const T> run = numbers.run(from, numbers.size() - from);
    std::memcpy(to, run.data(), run.size_bytes());
    to += run.size_bytes();
    from += run.size();
  }
}

void encode_rows_from(const SpanTable& table, std::size_t from, Bytes& out) {
  const std::size_t count = table.rows.size() - from;
  put_varint(out, count);
  std::byte* to = extend(out, count * sizeof(RecordRow));
  while (from < table.rows.size()) {
    const std::span<const SpanRow> run = table.rows.run(from, table.rows.size() - from);
    for (const SpanRow& row : run) {
      const RecordRow written{row.trace_id,       row.span_id,
                              row.parent_span_id, row.start,
                              row.duration,       row.shape | (row.extra != 0 ? kRowHasExtra : 0),
                              row.resource};
      std::memcpy(to, &written, sizeof(written));
      to += sizeof(written);
    }
    from += run.size();
  }
}

// The columns whose dictionaries grew: column, values before, the new ones.
void encode_dictionaries(HeadWriter& writer, Bytes& out) {
  std::vector<std::uint32_t>& recorded = writer.recorded.dictionaries;
  recorded.resize(writer.table.schema.columns.size());
  put_varint(out, writer.grown().size());
  for (const ColumnId column : writer.grown()) {
    const StableVector<std::string_view>& values = *writer.table.dictionaries[column];
    put_varint(out, column);
    put_varint(out, recorded[column]);
    encode_texts_from(values, recorded[column], out);
    recorded[column] = static_cast<std::uint32_t>(values.size());
  }
  writer.grown_done();
}

}  // namespace

void RecordMark::set_sizes(const SpanTable& table) {
  schema = SchemaMark::of(table.schema);
  cells = table.cells.size();
  wide = table.wide.size();
  texts = table.texts.size();
  extras = table.extras.size();
  rows = table.rows.size();
}

void encode_head_record(HeadWriter& writer, Bytes& out) {
  const SpanTable& table = writer.table;
  RecordMark& mark = writer.recorded;
  if (mark.rows == table.rows.size()) return;
  out.push_back(std::byte{kHeadRecordVersion});
  encode_mark(mark, out);
  encode_schema(table.schema, mark.schema, out);
  encode_dictionaries(writer, out);
  encode_raw_from(table.wide, mark.wide, out);
  encode_texts_from(table.texts, mark.texts, out);
  encode_texts_from(table.extras, mark.extras, out);
  encode_raw_from(table.cells, mark.cells, out);
  encode_rows_from(table, mark.rows, out);
  mark.set_sizes(table);
}

}  // namespace cairn::storage::columnar
