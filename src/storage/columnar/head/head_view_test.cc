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

// Compares the arrays of a row group with what materialize() gives.
class GroupCheck {
 public:
  explicit GroupCheck(const RowGroup& group)
      : group_(group), schema_(group.schema().value()), traces_(group.traces().value()) {
    EXPECT_TRUE(group.materialize(numbers_below(group.facts().rows), spans_));
  }

  void run() {
    const std::vector<ClassRows> classes = group_.classes().value();
    std::vector<std::uint32_t> spans_of_trace(group_.facts().traces);
    std::uint32_t rows = 0;
    for (const ClassRows& of : classes) {
      check_rows(of, spans_of_trace);
      rows += of.rows;
    }
    EXPECT_EQ(rows, group_.facts().rows);
    EXPECT_TRUE(std::ranges::equal(spans_of_trace, traces_.spans.view));
    EXPECT_EQ(*std::ranges::max_element(traces_.durations.view), group_.facts().max_trace_duration);
  }

 private:
  void check_rows(const ClassRows& of, std::vector<std::uint32_t>& spans_of_trace) {
    const auto rows = group_.rows(of.span_class).value();
    const auto starts = group_.starts(of.span_class).value();
    const auto durations = group_.durations(of.span_class).value();
    const auto shapes = group_.shapes(of.span_class).value();
    const auto resources = group_.resources(of.span_class).value();
    const auto trace_of_rows = group_.trace_of_rows().value();
    ASSERT_EQ(rows.size(), of.rows);
    ASSERT_EQ(group_.extras(of.span_class)->size(), group_.has_extra(of.span_class)->size());
    const std::vector<std::size_t> cells = check_columns(of, rows);
    for (std::size_t i = 0; i < of.rows; ++i) {
      const model::Span& span = spans_.spans[rows[i]];
      const TraceOrdinal trace = trace_of_rows[rows[i]];
      ASSERT_EQ(starts[i], span.start.unix_nanos);
      ASSERT_EQ(starts[i] + durations[i], span.end.unix_nanos);
      ASSERT_EQ(schema_->shapes[shapes[i]].span_class, of.span_class);
      ASSERT_EQ(schema_->shapes[shapes[i]].columns.size(), cells[i]);
      const model::Resource& resource = schema_->resources[resources[i]];
      ASSERT_TRUE(model::same_content(resource, spans_.resource_of(span)));
      ASSERT_EQ(traces_.ids[trace], span.trace_id);
      ASSERT_LE(traces_.starts[trace], span.start.unix_nanos);
      ++spans_of_trace[trace];
    }
  }

  // How many columns each class row has.
  std::vector<std::size_t> check_columns(const ClassRows& of, const Pinned<RowIndex>& rows) {
    std::vector<std::size_t> cells(of.rows);
    const Pinned<ColumnId> columns = group_.columns(of.span_class).value();
    for (const ColumnId column : columns.view) {
      const auto values = group_.column(of.span_class, column).value();
      for (std::size_t i = 0; i < of.rows; ++i) {
        if (!values.present.empty() && values.present[i] == 0) continue;
        ++cells[i];
        check_value(column, values, values.constant ? 0 : i, spans_.spans[rows[i]]);
      }
    }
    return cells;
  }

  void check_value(ColumnId column, const ColumnValues& values, std::size_t at,
                   const model::Span& span) {
    const ColumnKey& key = schema_->columns[column];
    if (key.type == ColumnType::kName) {
      ASSERT_EQ(text(column, values, at), span.name);
      return;
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
      ASSERT_EQ(text(column, values, at), found->value.as_string());
    }
  }

  std::string_view text(ColumnId column, const ColumnValues& values, std::size_t at) {
    const auto dictionary = group_.dictionary(column).value();
    EXPECT_EQ(values.texts.empty(), !dictionary.empty());
    return values.texts.empty() ? dictionary[values.codes[at]] : values.texts[at];
  }

  const RowGroup& group_;
  const std::shared_ptr<const Schema> schema_;
  const TraceTable traces_;
  model::Batch spans_;
};

TEST(HeadView, ColumnsAgreeWithWholeSpans) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    OddBatches batches(seed);
    Head head(1, {.plain_after_values = 8});
    for (int i = 0; i < 5; ++i) {
      append(head, batches.next(60));
      GroupCheck(*head.view()->groups()[0]).run();
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
