// SPDX-License-Identifier: Apache-2.0
#include "query/dependencies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/testing.h"

namespace cairn::query {
namespace {

using testing::ElementsAre;

// Feeds spans in blocks of any size.
class DependencyCounterTest : public testing::Test {
 protected:
  struct Row {
    const char* trace;
    const char* span;
    const char* parent;
    const char* service;  // null: none
  };

  void add(const std::vector<Row>& rows) {
    std::vector<model::TraceId> traces;
    std::vector<model::SpanId> spans;
    std::vector<model::SpanId> parents;
    std::vector<model::AnyValue> services;
    for (const Row& row : rows) {
      traces.push_back(model::trace_id(row.trace));
      spans.push_back(model::span_id(row.span));
      parents.push_back(model::span_id(row.parent));
      services.push_back(row.service ? model::AnyValue::string(row.service) : model::AnyValue());
    }
    storage::ScanBlock block;
    block.trace_ids = traces;
    block.span_ids = spans;
    block.parent_span_ids = parents;
    block.columns.emplace_back(services);
    counter_.add(block);
  }

  DependencyCounter counter_;
};

TEST_F(DependencyCounterTest, CountsCallsFromServiceToService) {
  add({{"1", "a", "0", "web"},
       {"1", "b", "a", "cart"},
       {"1", "c", "a", "cart"},
       {"1", "d", "b", "db"},
       {"2", "a", "0", "web"},
       {"2", "b", "a", "cart"}});
  EXPECT_THAT(counter_.finish(),
              ElementsAre(Dependency{"cart", "db", 1}, Dependency{"web", "cart", 3}));
}

TEST_F(DependencyCounterTest, LeavesOutCallsWithinAServiceAndUnknownEnds) {
  add({{"1", "a", "0", "web"},
       {"1", "b", "a", "web"},
       {"1", "c", "f", "cart"},
       {"1", "d", "a", nullptr},
       {"1", "e", "d", "db"}});
  EXPECT_THAT(counter_.finish(), ElementsAre());
}

TEST_F(DependencyCounterTest, FindsParentsThatComeLaterOrInAnotherBlock) {
  add({{"1", "b", "a", "cart"}});
  add({{"1", "a", "0", "web"}, {"2", "b", "a", "cart"}});
  EXPECT_THAT(counter_.finish(), ElementsAre(Dependency{"web", "cart", 1}))
      << "the same span id in another trace is another span";
}

}  // namespace
}  // namespace cairn::query
