// SPDX-License-Identifier: Apache-2.0
#include "query/query_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/testing.h"
#include "query/testing/fake_trace_reader.h"

namespace cairn::query {
namespace {

using model::TestBatch;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

class QueryServiceTest : public testing::Test {
 protected:
  QueryServiceTest() {
    // Trace 1: web → cart; trace 2: web alone, later; trace 3: cart alone, last.
    TestBatch t;
    t.resource("web").span("01", "0a", "GET /").kind(model::SpanKind::kServer);
    t.lasting(milliseconds(30));
    t.resource("cart").span("01", "0b", "load").parent("0a").starting(milliseconds(1));
    t.span("01", "0c", "store").parent("0b").starting(milliseconds(2));
    t.resource("web").span("02", "0a", "GET /").starting(seconds(1));
    t.resource("cart").span("03", "0a", "sweep").starting(seconds(2)).lasting(milliseconds(5));
    reader_.add(t.share());
  }

  QueryService service() { return {options_, reader_, admin_}; }

  std::vector<std::string> found(const TraceQuery& query) {
    std::vector<std::string> ids;
    const auto outcome = service().find_traces({}, query, Form::kAdjusted, [&](Trace trace) {
      ids.push_back(trace.id().to_hex().substr(30) + ":" +
                    std::to_string(trace.batch.spans.size()));
      return true;
    });
    EXPECT_TRUE(outcome);
    return ids;
  }

  QueryOptions options_;
  FakeTraceReader reader_;
  FakeStoreAdmin admin_;
};

TEST_F(QueryServiceTest, NamesServicesAndTheirOperations) {
  EXPECT_THAT(service().services({}).value().names, ElementsAre("cart", "web"));
  EXPECT_THAT(service().operation_names({}, "cart").value().names,
              ElementsAre("load", "store", "sweep"));
  EXPECT_THAT(service().operation_names({}, "nobody").value().names, ElementsAre());
}

TEST_F(QueryServiceTest, GivesOperationsByKind) {
  EXPECT_THAT(service().operations({}, "web", "").value().operations,
              ElementsAre(Operation{"GET /", ""}, Operation{"GET /", "server"}));
  EXPECT_THAT(service().operations({}, "web", "server").value().operations,
              ElementsAre(Operation{"GET /", "server"}));
}

TEST_F(QueryServiceTest, SaysWhenThereAreMoreNamesThanItGives) {
  options_.max_names = 1;
  const Names names = service().services({}).value();
  EXPECT_EQ(names.names.size(), 1U);
  EXPECT_FALSE(names.completeness.complete);
}

TEST_F(QueryServiceTest, FindsWholeTracesNewestFirst) {
  EXPECT_THAT(found({}), ElementsAre("03:1", "02:1", "01:3"));
  EXPECT_THAT(found({.service = "web"}), ElementsAre("02:1", "01:3"));
  EXPECT_THAT(found({.service = "web", .limit = 1}), ElementsAre("02:1"));
  EXPECT_THAT(found({.order = SearchOrder::kLongestFirst}), ElementsAre("01:3", "03:1", "02:1"));
}

TEST_F(QueryServiceTest, AsksForAllPredicatesOnOneSpan) {
  EXPECT_THAT(found({.service = "cart", .operation = "load"}), ElementsAre("01:3"));
  EXPECT_THAT(found({.service = "web", .operation = "load"}), ElementsAre());
  EXPECT_THAT(found({.service = "cart", .min_duration = milliseconds(2)}), ElementsAre("03:1"));
  EXPECT_THAT(found({.max_duration = milliseconds(1)}), ElementsAre("02:1", "01:3"));
}

TEST_F(QueryServiceTest, ReadsTracesInGroupsAndStopsWhenTold) {
  int visits = 0;
  const auto outcome = service().find_traces({}, {}, Form::kRaw, [&](Trace) {
    ++visits;
    return false;
  });
  EXPECT_TRUE(outcome);
  EXPECT_EQ(visits, 1);
  EXPECT_EQ(reader_.traces_requests.size(), 1U);
  EXPECT_EQ(reader_.traces_requests[0].ids.size(), 3U);
}

TEST_F(QueryServiceTest, ContinuesAfterACursor) {
  const SearchPage first = service().search({}, {.limit = 2}).value();
  ASSERT_TRUE(first.next);
  const SearchPage second = service().search({}, {.limit = 2, .after = first.next}).value();
  ASSERT_EQ(second.traces.size(), 1U);
  EXPECT_EQ(second.traces[0].id, model::trace_id("01"));
  EXPECT_FALSE(second.next);
}

TEST_F(QueryServiceTest, RefusesLimitsOutsideItsBounds) {
  for (const std::size_t limit : {std::size_t{0}, options_.max_limit + 1}) {
    const auto page = service().search({}, {.limit = limit});
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(page.error().message, HasSubstr("1500"));
  }
}

TEST_F(QueryServiceTest, GivesTracesByIdInTheOrderAskedWithoutTheUnknown) {
  std::vector<model::TraceId> ids;
  const storage::TracesRequest request{
      .ids = {model::trace_id("02"), model::trace_id("0f"), model::trace_id("01")}, .hint = {}};
  ASSERT_TRUE(service().traces({}, request, Form::kAdjusted, [&](Trace trace) {
    ids.push_back(trace.id());
    return true;
  }));
  EXPECT_THAT(ids, ElementsAre(model::trace_id("02"), model::trace_id("01")));
}

TEST_F(QueryServiceTest, CutsTracesThatAreTooLargeAndSaysSo) {
  options_.max_trace_spans = 2;
  std::vector<std::string> warnings;
  const storage::TracesRequest request{.ids = {model::trace_id("01")}, .hint = {}};
  ASSERT_TRUE(service().traces({}, request, Form::kAdjusted, [&](Trace trace) {
    EXPECT_EQ(trace.batch.spans.size(), 2U);
    warnings = trace.warnings;
    return true;
  }));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("2 of them")));
}

TEST_F(QueryServiceTest, CutsNothingWhenTheLimitIsOff) {
  options_.max_trace_spans = 0;
  const storage::TracesRequest request{.ids = {model::trace_id("01")}, .hint = {}};
  ASSERT_TRUE(service().traces({}, request, Form::kAdjusted, [&](Trace trace) {
    EXPECT_EQ(trace.batch.spans.size(), 3U);
    return true;
  }));
}

TEST_F(QueryServiceTest, PassesFailuresAndPartialAnswersOn) {
  reader_.completeness = Completeness::partial("deadline");
  EXPECT_EQ(service().services({}).value().completeness.why_partial, "deadline");
  EXPECT_EQ(service().search({}, {}).value().completeness.why_partial, "deadline");
  reader_.failure = unavailable("disk");
  EXPECT_EQ(service().services({}).error(), unavailable("disk"));
  EXPECT_EQ(service().find_traces({}, {}, Form::kRaw, [](Trace) { return true; }).error(),
            unavailable("disk"));
}

TEST_F(QueryServiceTest, CountsCallsBetweenServices) {
  const Dependencies found = service().dependencies({}, {}).value();
  EXPECT_THAT(found.links, ElementsAre(Dependency{"web", "cart", 1}));
}

}  // namespace
}  // namespace cairn::query
