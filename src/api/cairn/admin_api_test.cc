// SPDX-License-Identifier: Apache-2.0
#include "api/cairn/admin_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/request/testing/test_call.h"
#include "model/testing.h"
#include "query/testing/fake_trace_reader.h"

namespace cairn::api::cairn {
namespace {

using nlohmann::json;
using request::Answer;
using request::test_call;

class AdminApiTest : public testing::Test {
 protected:
  AdminApiTest() {
    api_.add_reading_routes(router_, "");
    api_.add_changing_routes(router_, true);
  }

  Answer call(const std::string& method, const std::string& target) {
    return test_call(router_, method, target);
  }

  query::FakeTraceReader reader_;
  query::FakeStoreAdmin admin_;
  query::QueryService query_{{}, reader_, admin_};
  WorkerPool workers_{"query", 1, 4};
  AdminApi api_{query_, workers_};
  net::Router router_;
};

TEST_F(AdminApiTest, TellsWhatTheStoreHolds) {
  EXPECT_EQ(call("GET", "/api/admin/storage").body,
            R"({"spans":0,"traces":0,"memoryBytes":0,"diskBytes":0,"evictedSpans":0,)"
            R"("oldestStartUnixNano":null,"newestStartUnixNano":null,"details":{},"columns":[]})");
  admin_.answer.spans = 7;
  admin_.answer.newest_start = model::kTestStart;
  admin_.answer.details["shards"] = 4;
  admin_.column_answer = {{"duration", "pfor", 100, 2}};
  const json statistics = json::parse(call("GET", "/api/admin/storage").body);
  EXPECT_EQ(statistics["spans"], 7);
  EXPECT_EQ(statistics["newestStartUnixNano"], "1700000000000000000");
  EXPECT_EQ(statistics["details"]["shards"], 4);
  EXPECT_EQ(statistics["columns"][0],
            json::parse(R"({"column":"duration","encoding":"pfor","bytes":100,"pages":2})"));
}

TEST_F(AdminApiTest, ErasesATraceAServiceOrARange) {
  EXPECT_EQ(call("DELETE", "/api/admin/traces/a1").body, R"({"erasedSpans":3})");
  EXPECT_EQ(call("DELETE", "/api/admin/services/the%20shop").status, 200);
  EXPECT_EQ(call("DELETE", "/api/admin/spans?start=1&end=3").status, 200);
  ASSERT_EQ(admin_.erased.size(), 3u);
  EXPECT_EQ(std::get<query::EraseTraces>(admin_.erased[0]).ids, std::vector{model::trace_id("a1")});
  EXPECT_EQ(std::get<query::EraseService>(admin_.erased[1]).service, "the shop");
  const auto range = std::get<query::EraseRange>(admin_.erased[2]).range;
  EXPECT_EQ(range.begin.unix_nanos, 1000u);
  EXPECT_EQ(range.end.unix_nanos, 3000u);
}

TEST_F(AdminApiTest, NeverErasesMoreThanWasSaid) {
  for (const char* target :
       {"/api/admin/spans", "/api/admin/spans?start=1", "/api/admin/spans?end=1",
        "/api/admin/spans?start=3&end=3", "/api/admin/traces/nonsense!"}) {
    EXPECT_EQ(call("DELETE", target).status, 400) << target;
  }
  EXPECT_TRUE(admin_.erased.empty());
}

TEST_F(AdminApiTest, FlushesAndCompacts) {
  EXPECT_EQ(call("POST", "/api/admin/flush").status, 200);
  EXPECT_EQ(call("POST", "/api/admin/compact").status, 200);
  EXPECT_EQ(admin_.flushes, 1);
  EXPECT_EQ(admin_.compactions, 1);
}

TEST_F(AdminApiTest, ChangesNothingUnlessAllowed) {
  net::Router router;
  api_.add_changing_routes(router, false);
  for (const auto& [method, target] :
       {std::pair("DELETE", "/api/admin/traces/a1"), std::pair("POST", "/api/admin/flush")}) {
    const Answer answer = test_call(router, method, target);
    EXPECT_EQ(answer.status, 403);
    EXPECT_THAT(answer.body, testing::HasSubstr("admin.allow_changes"));
  }
  EXPECT_TRUE(admin_.erased.empty());
}

}  // namespace
}  // namespace cairn::api::cairn
