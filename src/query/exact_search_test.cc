// SPDX-License-Identifier: Apache-2.0
#include "query/exact_search.h"

#include <gtest/gtest.h>

#include "model/testing.h"
#include "query/testing/fake_trace_reader.h"
#include "query/trace_query.h"

namespace cairn::query {
namespace {

// Ten traces, one a second; those of even number are errors.
class ExactSearchTest : public testing::Test {
 protected:
  ExactSearchTest() {
    model::TestBatch t;
    for (int i = 0; i < 10; ++i) {
      t.span(std::to_string(i + 1), "0a").starting(std::chrono::seconds(i));
      if (i % 2 == 1) t.status(model::StatusCode::kError);
    }
    reader_.add(t.share());
    request_.condition = to_condition({.tags = {{"error", "true"}}});
  }

  storage::SearchPage search() { return search_exactly(reader_, {}, request_, 1000).value(); }
  // The last hex digits of the ids on the page.
  static std::string ids_of(const storage::SearchPage& page) {
    std::string ids;
    for (const auto& trace : page.traces) ids += trace.id.to_hex().back();
    return ids;
  }

  FakeTraceReader reader_;
  storage::SearchRequest request_;
};

TEST_F(ExactSearchTest, TakesAnExactEnginesWord) {
  EXPECT_EQ(ids_of(search()), "08642");
  EXPECT_TRUE(reader_.traces_requests.empty());
}

TEST_F(ExactSearchTest, ChecksWhatAnEngineOnlyNarrows) {
  reader_.ignores_condition = true;
  EXPECT_EQ(ids_of(search()), "0987654321") << "the engine gives too much";
  reader_.declared.conditions = storage::Support::kNarrowed;
  EXPECT_EQ(ids_of(search()), "08642");
}

TEST_F(ExactSearchTest, FillsPagesAndContinuesWhereTheyEnd) {
  reader_.ignores_condition = true;
  reader_.declared.conditions = storage::Support::kNarrowed;
  request_.limit = 2;
  std::string ids;
  for (int pages = 1;; ++pages) {
    const storage::SearchPage page = search();
    ids += ids_of(page) + ' ';
    if (!page.next) break;
    EXPECT_EQ(page.traces.size(), 2U);
    request_.after = page.next;
    ASSERT_LT(pages, 5);
  }
  EXPECT_EQ(ids, "08 64 2 ");
}

TEST_F(ExactSearchTest, TakesTheEnginesWordForTracesTooLargeToCheck) {
  reader_.ignores_condition = true;
  reader_.declared.conditions = storage::Support::kNarrowed;
  model::TestBatch t;
  t.span("f", "01").starting(std::chrono::seconds(20));
  t.span("f", "02").starting(std::chrono::seconds(21));
  reader_.add(t.share());
  EXPECT_EQ(ids_of(search_exactly(reader_, {}, request_, 1).value()), "f08642");
}

TEST_F(ExactSearchTest, StopsWhenTheEngineRunsOutOfTime) {
  reader_.ignores_condition = true;
  reader_.declared.conditions = storage::Support::kNarrowed;
  reader_.completeness = storage::Completeness::partial("deadline");
  request_.limit = 3;
  const storage::SearchPage page = search();
  EXPECT_FALSE(page.completeness.complete);
  EXPECT_EQ(ids_of(page), "08");
}

TEST_F(ExactSearchTest, RefusesAnOrderTheEngineLacks) {
  reader_.declared.longest_first = false;
  request_.order = storage::SearchOrder::kLongestFirst;
  const auto page = search_exactly(reader_, {}, request_, 1000);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::kUnimplemented);
}

}  // namespace
}  // namespace cairn::query
