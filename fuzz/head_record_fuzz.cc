// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as what a head writes to the WAL: as a whole record, as a schema, as the extra of a
// row. A record that is accepted can be read in every way a head can, and its spans, appended to
// another head, come back from that one's record.
#include <cstdint>
#include <cstdlib>
#include <numeric>

#include "model/batch.h"
#include "storage/columnar/encoding/record_codec.h"
#include "storage/columnar/head/head.h"
#include "storage/columnar/schema/schema_codec.h"

using namespace cairn;
using namespace cairn::storage::columnar;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::uint32_t> numbers_below(std::size_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0u);
  return numbers;
}

model::Batch spans_of(const Head& head) {
  model::Batch out;
  materialize(*head.table(), numbers_below(head.rows()), out);
  require(out.spans.size() == head.rows());
  return out;
}

void read_class(const RowGroup& group, const ClassRows& of) {
  require(group.rows(of.span_class)->size() == of.rows);
  require(group.starts(of.span_class)->size() == of.rows);
  require(group.durations(of.span_class)->size() == of.rows);
  require(group.resources(of.span_class)->size() == of.rows);
  require(group.shapes(of.span_class)->size() == of.rows);
  require(group.extras(of.span_class)->size() == group.has_extra(of.span_class)->size());
  const Pinned<ColumnId> columns = group.columns(of.span_class).value();
  for (const ColumnId column : columns.view) {
    const ColumnValues values = group.column(of.span_class, column).value();
    const Pinned<std::string_view> dictionary = group.dictionary(column).value();
    for (const std::uint32_t code : values.codes.view) {
      require(code < dictionary.size() || !values.present.empty());
    }
  }
}

void read_view(const Head& head) {
  const auto view = head.view();
  require(view->groups().size() == (head.rows() == 0 ? 0u : 1u));
  for (const auto& group : view->groups()) {
    const std::vector<ClassRows> classes = group->classes().value();
    std::size_t rows = 0;
    for (const ClassRows& of : classes) {
      read_class(*group, of);
      rows += of.rows;
    }
    require(rows == group->facts().rows);
    const TraceTable traces = group->traces().value();
    for (TraceOrdinal trace = 0; trace < group->facts().traces; ++trace) {
      std::vector<RowIndex> of_trace;
      require(group->rows_of_trace(trace, of_trace).has_value());
      require(of_trace.size() == traces.spans[trace]);
      require(view->find(traces.ids[trace])->size() == 1);
    }
  }
}

void replay(ByteView record) {
  Head head(1);
  if (!head.replay(record)) {
    require(head.rows() == 0);
    return;
  }
  read_view(head);
  const model::Batch spans = spans_of(head);
  Head other(2);
  other.append(spans, numbers_below(spans.spans.size()), nullptr);
  Bytes again;
  other.record(again);
  Head copy(2);
  require(copy.replay(again).has_value());
  const model::Batch a = spans_of(other);
  const model::Batch b = spans_of(copy);
  require(a.spans.size() == b.spans.size());
  for (std::size_t i = 0; i < a.spans.size(); ++i) {
    require(model::same_content(a.spans[i], b.spans[i]));
  }
  // What is there already is found again.
  require(head.append(a, numbers_below(a.spans.size()), nullptr).added <= a.spans.size());
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(reinterpret_cast<const std::byte*>(data), size);
  replay(bytes);
  Schema schema;
  ByteReader in(bytes);
  if (decode_schema(in, schema)) {
    Bytes again;
    encode_schema(schema, {}, again);
    Schema copy;
    ByteReader second(again);
    require(decode_schema(second, copy).has_value());
  }
  Arena arena;
  model::Span span;
  if (decode_extra(bytes, arena, span)) {
    Bytes again;
    encode_extra(span, true, again);
    model::Span back;
    require(decode_extra(again, arena, back).has_value());
    require(model::same_content(span, back));
  }
  return 0;
}
