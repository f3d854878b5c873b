// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "storage/columnar/head/head_group.h"
#include "storage/columnar/head/head_testing.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;
using model::TestBatch;

TEST(HeadView, KeepsShowingTheRowsOfItsTime) {
  TestBatch first;
  first.span("a1", "01", "get").attribute("k", "v");
  TestBatch second;
  second.span("a1", "02", "get").attribute("k", "w").span("a2", "01");
  Head head(7);
  append(head, first.batch());
  const auto view = head.view();
  append(head, second.batch());
  EXPECT_EQ(view->name(), "head 7");
  ASSERT_EQ(view->groups().size(), 1u);
  EXPECT_EQ(view->groups()[0]->facts().rows, 1u);
  const auto places = view->find(model::trace_id("a1"));
  ASSERT_EQ(places->size(), 1u);
  std::vector<RowIndex> rows;
  ASSERT_TRUE(view->groups()[0]->rows_of_trace((*places)[0].trace, rows));
  EXPECT_EQ(rows, std::vector<RowIndex>{0});
  EXPECT_TRUE(view->find(model::trace_id("a2"))->empty());
  EXPECT_EQ(head.view()->find(model::trace_id("a2"))->size(), 1u);
}

TEST(HeadView, OutlivesItsHead) {
  auto head = std::make_unique<Head>(1);
  TestBatch batch;
  append(*head, batch.span("a1", "01", "get").attribute("k", "v").batch());
  const auto view = head->view();
  head.reset();
  const auto group = view->groups()[0];
  const auto classes = group->classes();
  const auto columns = group->columns((*classes)[0].span_class);
  EXPECT_EQ((*group->dictionary((*columns)[0]))[0], "v");
}

// The columns of a row group, put together again, are what materialize() gives.
void expect_columns_agree(const RowGroup& group) {
  const auto schema = group.schema().value();
  model::Batch spans;
  ASSERT_TRUE(group.materialize(numbers_below(group.facts().rows), spans));
  const auto trace_of_rows = group.trace_of_rows().value();
  const auto traces = group.traces().value();
  std::uint32_t rows_seen = 0;
  std::vector<std::uint32_t> spans_of_trace(group.facts().traces);
  const std::vector<ClassRows> classes = group.classes().value();
  for (const ClassRows& of : classes) {
    const auto rows = group.rows(of.span_class).value();
    const auto starts = group.starts(of.span_class).value();
    const auto durations = group.durations(of.span_class).value();
    const auto shapes = group.shapes(of.span_class).value();
    const auto resources = group.resources(of.span_class).value();
    const auto extras = group.extras(of.span_class).value();
    const auto has_extra = group.has_extra(of.span_class).value();
    ASSERT_EQ(rows.size(), of.rows);
    ASSERT_EQ(extras.empty(), has_extra.empty());
    rows_seen += of.rows;
    std::vector<std::size_t> cells(of.rows);
    const Pinned<ColumnId> columns = group.columns(of.span_class).value();
    for (const ColumnId column : columns.view) {
      const ColumnKey& key = schema->columns[column];
      const auto values = group.column(of.span_class, column).value();
      const auto dictionary = group.dictionary(column).value();
      for (std::size_t i = 0; i < of.rows; ++i) {
        if (!values.present.empty() && values.present[i] == 0) continue;
        ++cells[i];
        const std::size_t at = values.constant ? 0 : i;
        const model::Span& span = spans.spans[rows[i]];
        if (key.type == ColumnType::kName) {
          const auto text = values.texts.empty() ? dictionary[values.codes[at]] : values.texts[at];
          ASSERT_EQ(text, span.name);
          continue;
        }
        std::uint32_t before = 0;
        const model::Attribute* found = nullptr;
        for (const model::Attribute& attribute : span.attributes) {
          if (attribute.key == key.key && before++ == key.occurrence) found = &attribute;
        }
        ASSERT_TRUE(found);
        ASSERT_EQ(column_type(found->value.kind()), key.type);
        if (key.type == ColumnType::kInt) {
          ASSERT_EQ(static_cast<std::uint64_t>(found->value.as_int()), values.numbers[at]);
        }
        if (key.type == ColumnType::kString) {
          ASSERT_EQ(values.texts.empty(), !dictionary.empty());
          const auto text = values.texts.empty() ? dictionary[values.codes[at]] : values.texts[at];
          ASSERT_EQ(text, found->value.as_string());
        }
      }
    }
    for (std::size_t i = 0; i < of.rows; ++i) {
      const model::Span& span = spans.spans[rows[i]];
      ASSERT_EQ(starts[i], span.start.unix_nanos);
      ASSERT_EQ(starts[i] + durations[i], span.end.unix_nanos);
      ASSERT_EQ(schema->shapes[shapes[i]].span_class, of.span_class);
      ASSERT_EQ(schema->shapes[shapes[i]].columns.size(), cells[i]);
      ASSERT_TRUE(model::same_content(schema->resources[resources[i]], spans.resource_of(span)));
      ASSERT_EQ(traces.ids[trace_of_rows[rows[i]]], span.trace_id);
      ASSERT_LE(traces.starts[trace_of_rows[rows[i]]], span.start.unix_nanos);
      ++spans_of_trace[trace_of_rows[rows[i]]];
    }
  }
  EXPECT_EQ(rows_seen, group.facts().rows);
  EXPECT_TRUE(std::ranges::equal(spans_of_trace, traces.spans.view));
  EXPECT_EQ(*std::ranges::max_element(traces.durations.view), group.facts().max_trace_duration);
}

TEST(HeadView, ColumnsAgreeWithWholeSpans) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    OddBatches batches(seed);
    Head head(1, {.plain_after_values = 8});
    for (int i = 0; i < 5; ++i) {
      append(head, batches.next(60));
      expect_columns_agree(*head.view()->groups()[0]);
    }
  }
}

TEST(HeadView, ReadersBesideTheWriterSeeWholeRows) {
  Head head(1, {.plain_after_values = 8});
  std::atomic<bool> done = false;
  std::jthread reader([&] {
    while (!done) {
      const auto view = head.view();
      if (view->groups().empty()) continue;
      const RowGroup& group = *view->groups()[0];
      const std::uint32_t last = group.facts().rows - 1;
      model::Batch spans;
      ASSERT_TRUE(group.materialize({&last, 1}, spans));
      const auto places = view->find(spans.spans[0].trace_id);
      ASSERT_EQ(places->size(), 1u);
      std::vector<RowIndex> rows;
      ASSERT_TRUE(group.rows_of_trace((*places)[0].trace, rows));
      ASSERT_EQ(rows.back(), last);
      const std::vector<ClassRows> classes = group.classes().value();
      for (const ClassRows& of : classes) {
        const Pinned<ColumnId> columns = group.columns(of.span_class).value();
        for (const ColumnId column : columns.view) {
          ASSERT_TRUE(group.column(of.span_class, column));
          ASSERT_TRUE(group.dictionary(column));
        }
      }
    }
  });
  OddBatches batches(9);
  for (int i = 0; i < 60; ++i) append(head, batches.next(20));
  head.seal();
  done = true;
}

}  // namespace
}  // namespace cairn::storage::columnar
