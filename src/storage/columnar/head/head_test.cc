// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/head.h"

#include <numeric>

#include <gtest/gtest.h>

#include "model/testing.h"
#include "model/text.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;
using model::TestBatch;

std::vector<std::uint32_t> all_of(const model::Batch& batch) {
  std::vector<std::uint32_t> indexes(batch.spans.size());
  std::iota(indexes.begin(), indexes.end(), 0u);
  return indexes;
}

std::size_t append(Head& head, const model::Batch& batch) {
  return head.append(batch, all_of(batch), nullptr);
}

model::Batch spans_of(const Head& head) {
  model::Batch out;
  std::vector<RowIndex> rows(head.rows());
  std::iota(rows.begin(), rows.end(), 0u);
  materialize(*head.table(), rows, out);
  return out;
}

// Every span of `batch` at the row of its index.
void expect_same(const model::Batch& stored, const model::Batch& sent) {
  ASSERT_EQ(stored.spans.size(), sent.spans.size());
  for (std::size_t i = 0; i < sent.spans.size(); ++i) {
    ASSERT_TRUE(model::same_content(stored.spans[i], sent.spans[i])) << i;
    ASSERT_TRUE(
        model::same_content(stored.scope_of(stored.spans[i]), sent.scope_of(sent.spans[i])));
    ASSERT_TRUE(
        model::same_content(stored.resource_of(stored.spans[i]), sent.resource_of(sent.spans[i])));
  }
}

TEST(Head, GivesBackWhatWasAppended) {
  TestBatch batch;
  batch.resource("cart", {{"zone", AnyValue::string("a")}}).scope("http", "1");
  batch.span("a1", "01", "GET /").kind(model::SpanKind::kServer).attribute("k", "v");
  batch.attribute("n", AnyValue::integer(-5))
      .attribute("k", AnyValue::real(0.5))
      .attribute("k", "w");
  batch.span("a1", "02", "GET /").parent("01").status(model::StatusCode::kError, "no");
  batch.event("e", std::chrono::milliseconds(1), {{"x", AnyValue::boolean(true)}});
  batch.resource("shop").span("a2", "01", "");
  Head head(3);
  EXPECT_EQ(append(head, batch.batch()), 3u);
  EXPECT_EQ(head.rows(), 3u);
  expect_same(spans_of(head), batch.batch());
}

TEST(Head, KeepsASpanOnce) {
  TestBatch batch;
  batch.span("a1", "01").attribute("k", "v");
  batch.span("a1", "01").attribute("k", "w");
  batch.span("a1", "01").attribute("k", "v");
  batch.span("a1", "01").attribute("k", "w");
  batch.span("a1", "01").attribute("k", "w").event("e", std::chrono::milliseconds(1));
  Head head(1);
  EXPECT_EQ(append(head, batch.batch()), 3u);
  EXPECT_EQ(append(head, batch.batch()), 0u);
}

TEST(Head, AViewKeepsShowingTheRowsOfItsTime) {
  TestBatch first;
  first.span("a1", "01", "get").attribute("k", "v");
  TestBatch second;
  second.span("a1", "02", "get").attribute("k", "w");
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
}

}  // namespace
}  // namespace cairn::storage::columnar
