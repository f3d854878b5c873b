// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/trace/trace_order.h"

#include <cstring>

#include <gtest/gtest.h>

namespace cairn::storage::columnar {
namespace {

struct Spans {
  SpanTable table;

  void add(std::uint8_t trace, std::uint64_t id, std::uint64_t parent, std::uint64_t start) {
    SpanRow row;
    row.trace_id.bytes[0] = static_cast<std::byte>(trace);
    std::memcpy(row.span_id.bytes.data(), &id, sizeof id);
    std::memcpy(row.parent_span_id.bytes.data(), &parent, sizeof parent);
    row.start = start;
    TraceOrdinal ordinal = 0;
    while (ordinal < table.traces.size() && table.traces[ordinal] != row.trace_id) ++ordinal;
    if (ordinal == table.traces.size()) table.traces.push_back(row.trace_id);
    table.rows.push_back(row);
    table.trace_of_row.push_back(ordinal);
  }

  TraceOrder order() const {
    std::vector<RowIndex> rows;
    for (std::size_t i = table.rows.size(); i-- > 0;) rows.push_back(static_cast<RowIndex>(i));
    return order_traces(table, rows);
  }
};

std::vector<std::uint64_t> ids(const TraceOrder& order) {
  std::vector<std::uint64_t> made;
  for (const SpanRow& row : order.spans) {
    std::memcpy(&made.emplace_back(), row.span_id.bytes.data(), sizeof(std::uint64_t));
  }
  return made;
}

using Numbers = std::vector<std::uint64_t>;
using Distances = std::vector<std::uint32_t>;

TEST(TraceOrder, GoesDepthFirstAndChildrenByStart) {
  Spans spans;
  spans.add(1, 4, 1, 30);
  spans.add(1, 1, 0, 10);
  spans.add(1, 3, 2, 25);
  spans.add(1, 2, 1, 20);
  const TraceOrder order = spans.order();
  EXPECT_EQ(ids(order), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(order.distance, (Distances{0, 1, 1, 3}));
  EXPECT_EQ(order.first, (std::vector<RowIndex>{0, 4}));
}

TEST(TraceOrder, TracesComeById) {
  Spans spans;
  spans.add(9, 1, 0, 10);
  spans.add(3, 2, 0, 20);
  spans.add(9, 3, 1, 30);
  const TraceOrder order = spans.order();
  EXPECT_EQ(ids(order), (Numbers{2, 1, 3}));
  EXPECT_EQ(order.first, (std::vector<RowIndex>{0, 1, 3}));
}

TEST(TraceOrder, AParentElsewhereMakesARoot) {
  Spans spans;
  spans.add(1, 2, 99, 20);
  spans.add(1, 1, 0, 10);
  const TraceOrder order = spans.order();
  EXPECT_EQ(ids(order), (Numbers{1, 2}));
  EXPECT_EQ(order.distance, (Distances{0, 0}));
}

TEST(TraceOrder, ARingBeginsAtItsFirstStart) {
  Spans spans;
  spans.add(1, 1, 3, 30);
  spans.add(1, 2, 1, 10);
  spans.add(1, 3, 2, 20);
  const TraceOrder order = spans.order();
  EXPECT_EQ(ids(order), (Numbers{2, 3, 1}));
  EXPECT_EQ(order.distance, (Distances{0, 1, 1}));
}

TEST(TraceOrder, ASpanIsNotItsOwnParent) {
  Spans spans;
  spans.add(1, 1, 1, 30);
  EXPECT_EQ(spans.order().distance, (Distances{0}));
}

TEST(TraceOrder, ManySpansAreOrderedAsFewAre) {
  Spans spans;
  for (std::uint64_t i = 1; i <= 500; ++i) spans.add(1, i, i / 2, 1'000 + i);
  const TraceOrder order = spans.order();
  for (std::size_t row = 1; row < order.spans.size(); ++row) {
    ASSERT_GT(order.distance[row], 0U);
    EXPECT_EQ(order.spans[row - order.distance[row]].span_id, order.spans[row].parent_span_id);
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
