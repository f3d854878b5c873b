// SPDX-License-Identifier: Apache-2.0
#include "bench/store/querying.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/memory/memory_trace_store.h"

namespace cairn::bench {
namespace {

TEST(QueryingTest, EveryQuestionHasAnAnswer) {
  storage::MemoryTraceStore store;
  WritingOptions options;
  options.workload.spans = 20'000;
  const auto written = write_workload(store, options);
  ASSERT_TRUE(written);
  std::map<std::string, std::uint64_t> results;
  for (Question& question : all_questions(store, written->samples)) {
    question.most_runs = 2;
    const auto latencies = measure(question, std::chrono::hours(1));
    ASSERT_TRUE(latencies) << latencies.error().message;
    EXPECT_EQ(latencies->ascending.size(), 2);
    EXPECT_TRUE(std::ranges::is_sorted(latencies->ascending));
    results[question.name] = latencies->results;
  }
  EXPECT_EQ(results["missing trace id"], 0);
  EXPECT_EQ(results["20 newest traces: a value that does not occur"], 0);
  EXPECT_EQ(results["20 newest traces: a value of one span"], 1);
  EXPECT_EQ(results["20 newest traces: a tag of one span in ten"], 20);
  EXPECT_EQ(results["p99 duration by service"], 12);
  EXPECT_EQ(results["p99 duration by pod"], 35);
  for (const auto& [name, count] : results) {
    if (name.find("missing") == std::string::npos && name.find("not occur") == std::string::npos) {
      EXPECT_GT(count, 0) << name;
    }
  }
}

TEST(QueryingTest, StopsWhenItsTimeIsOver) {
  const Question question{"long", 1'000, [](std::size_t) -> Result<std::uint64_t> { return {1}; }};
  const auto latencies = measure(question, Duration(-1));
  ASSERT_TRUE(latencies);
  EXPECT_EQ(latencies->ascending.size(), 1);
}

TEST(QueryingTest, SpansAreFoundAfterTheyWereWritten) {
  storage::MemoryTraceStore store;
  const auto fresh = measure_freshness(store, 5);
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->to_acknowledged.size(), 5);
  EXPECT_EQ(fresh->to_found.size(), 5);
}

}  // namespace
}  // namespace cairn::bench
