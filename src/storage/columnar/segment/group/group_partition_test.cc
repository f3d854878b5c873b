// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/group/group_partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/testing.h"
#include "storage/columnar/segment/segment_testing.h"

namespace cairn::storage::columnar {
namespace {

using testing::ElementsAre;

// Traces with so many rows each, starting one minute after the other, the last one first.
std::shared_ptr<const SpanTable> table_of(std::initializer_list<int> sizes) {
  model::TestBatch t;
  int number = static_cast<int>(sizes.size());
  int span = 1;
  for (const int size : std::vector(std::rbegin(sizes), std::rend(sizes))) {
    for (int i = 0; i < size; ++i) {
      t.span(std::to_string(number), std::to_string(span++))
          .starting(std::chrono::minutes(number) + std::chrono::seconds(size - i));
    }
    --number;
  }
  return make_table(t.batch());
}

// The number of rows of each group.
std::vector<std::size_t> sizes(const SpanTable& table, std::uint32_t group_rows) {
  const GroupPartition made = partition_rows(table, group_rows);
  std::vector<bool> seen(table.rows.size(), false);
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < made.size(); ++i) {
    sizes.push_back(made.group(i).size());
    EXPECT_TRUE(std::ranges::is_sorted(made.group(i)));
    for (const RowIndex row : made.group(i)) {
      EXPECT_FALSE(seen[row]);
      seen[row] = true;
    }
  }
  EXPECT_EQ(made.rows.size(), table.rows.size());
  return sizes;
}

TEST(GroupPartition, PutsEverythingIntoOneGroupThatIsNotFull) {
  EXPECT_THAT(sizes(*table_of({3, 4, 5}), 100), ElementsAre(12));
  EXPECT_THAT(sizes(*table_of({3, 4, 5}), 12), ElementsAre(12));
}

TEST(GroupPartition, MakesGroupsOfWholeTracesInTheOrderOfTheirStarts) {
  EXPECT_THAT(sizes(*table_of({1, 2, 3, 4, 5, 6}), 10), ElementsAre(15, 6));
  EXPECT_THAT(sizes(*table_of({5, 5, 5, 5}), 10), ElementsAre(10, 10));
}

TEST(GroupPartition, LeavesNoSmallRest) {
  EXPECT_THAT(sizes(*table_of({5, 5, 2}), 10), ElementsAre(12));
}

TEST(GroupPartition, CutsALargeTraceIntoPiecesByStart) {
  const auto table = table_of({3, 25, 4});
  EXPECT_THAT(sizes(*table, 10), ElementsAre(3, 8, 8, 9, 4));
  const GroupPartition made = partition_rows(*table, 10);
  std::uint64_t last = 0;
  for (std::size_t group = 1; group <= 3; ++group) {
    std::uint64_t most = 0;
    for (const RowIndex row : made.group(group)) {
      EXPECT_GE(table->rows[row].start, last);
      most = std::max(most, table->rows[row].start);
    }
    last = most;
  }
}

TEST(GroupPartition, NamesTheFirstGroupOfEachTrace) {
  const auto table = table_of({3, 25, 4});
  const GroupPartition made = partition_rows(*table, 10);
  EXPECT_EQ(made.traces, 3U);
  for (std::size_t i = 0; i < table->traces.size(); ++i) {
    const auto number = std::to_integer<std::uint32_t>(table->traces[i].bytes[15]);
    EXPECT_EQ(made.group_of_trace[i], number == 1 ? 0U : number == 2 ? 1U : 4U);
  }
}

}  // namespace
}  // namespace cairn::storage::columnar
