// SPDX-License-Identifier: Apache-2.0
#include "api/cairn/cairn_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/request/testing/test_call.h"
#include "model/testing.h"
#include "query/testing/fake_trace_reader.h"

namespace cairn::api::cairn {
namespace {

using model::TestBatch;
using nlohmann::json;
using request::Answer;
using request::test_call;

class CairnApiTest : public testing::Test {
 protected:
  CairnApiTest() {
    TestBatch t;
    t.resource("web").span("0a", "01", "GET /").lasting(std::chrono::milliseconds(30));
    t.resource("cart").span("0a", "02", "load").parent("01").starting(std::chrono::milliseconds(1));
    t.status(model::StatusCode::kError);
    t.resource("cart").span("0b", "01", "sweep").starting(std::chrono::seconds(1));
    t.span("0c", "02", "orphan").parent("01").starting(std::chrono::seconds(2));
    reader_.add(t.share());
    api_.add_routes(router_, "");
  }

  Answer get(const std::string& target) { return test_call(router_, "GET", target); }
  json search(const std::string& parameters) {
    const Answer answer = get("/api/cairn/v1/search?" + parameters);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body);
  }
  static std::string ids_of(const json& page) {
    std::string ids;
    for (const json& trace : page["traces"]) ids += trace["traceId"].get<std::string>().back();
    return ids;
  }

  ManualClock clock_{model::kTestStart.unix_nanos + 60'000'000'000};
  query::FakeTraceReader reader_;
  query::FakeStoreAdmin admin_;
  query::QueryService query_{{}, reader_, admin_};
  WorkerPool workers_{"query", 1, 4};
  CairnApi api_{query_, workers_, clock_};
  net::Router router_;
};

TEST_F(CairnApiTest, SummarisesTraces) {
  const Answer answer = get("/api/cairn/v1/search?operation=load");
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.body,
            R"({"traces":[{"traceId":"0000000000000000000000000000000a","rootService":"web",)"
            R"("rootName":"GET /","startUnixNano":"1700000000000000000","durationNano":"30000000",)"
            R"("spanCount":2,"errorCount":1,"services":[)"
            R"({"name":"cart","spanCount":1,"errorCount":1},)"
            R"({"name":"web","spanCount":1,"errorCount":0}],"incomplete":false}],)"
            R"("next":null,"partial":null})");
}

TEST_F(CairnApiTest, MarksTracesWithoutARootIncomplete) {
  const json trace = search("operation=orphan")["traces"][0];
  EXPECT_EQ(trace["incomplete"], true);
  EXPECT_TRUE(trace["rootService"].is_null());
  EXPECT_TRUE(trace["rootName"].is_null());
}

TEST_F(CairnApiTest, OrdersByStartOrByDuration) {
  EXPECT_EQ(ids_of(search("")), "cba");
  EXPECT_EQ(ids_of(search("order=newest")), "cba");
  EXPECT_EQ(ids_of(search("order=longest")), "acb");
}

TEST_F(CairnApiTest, PagesThroughEverythingOnce) {
  for (const std::string order : {"newest", "longest"}) {
    std::string ids;
    std::string cursor;
    int pages = 0;
    do {
      const json page = search("limit=1&order=" + order + "&cursor=" + cursor);
      ids += ids_of(page);
      cursor = page["next"].is_null() ? "" : page["next"].get<std::string>();
      ++pages;
    } while (!cursor.empty());
    EXPECT_EQ(pages, 3);
    EXPECT_EQ(ids, order == "newest" ? "cba" : "acb");
  }
}

TEST_F(CairnApiTest, SaysWhyAPageIsPartial) {
  reader_.completeness = query::Completeness::partial("deadline");
  EXPECT_EQ(search("")["partial"], "deadline");
}

TEST_F(CairnApiTest, RefusesBadParametersAsJson) {
  const std::string newest = search("limit=1")["next"];
  for (const std::string& parameters :
       {std::string("limit=0"), std::string("order=oldest"), std::string("cursor=x"),
        "order=longest&cursor=" + newest, "cursor=x" + newest.substr(1),
        "cursor=n" + std::string(48, 'g'), std::string("start=x"), std::string("service=%")}) {
    const Answer answer = get("/api/cairn/v1/search?" + parameters);
    EXPECT_EQ(answer.status, 400) << parameters;
    EXPECT_EQ(answer.header("content-type"), "application/json");
    EXPECT_EQ(json::parse(answer.body)["error"]["code"], 400);
    EXPECT_NE(json::parse(answer.body)["error"]["message"], "");
  }
}

TEST_F(CairnApiTest, PassesTheStoresFailuresOn) {
  reader_.failure = unavailable("the disk is gone");
  const Answer answer = get("/api/cairn/v1/search");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, R"({"error":{"code":503,"message":"the disk is gone"}})");
}

TEST_F(CairnApiTest, GivesATraceAsItWasSent) {
  const Answer answer = get("/api/cairn/v1/traces/b");
  EXPECT_EQ(answer.status, 200);
  const json trace = json::parse(answer.body);
  const json& resource = trace["resourceSpans"][0];
  EXPECT_EQ(resource["resource"]["attributes"][0]["value"]["stringValue"], "cart");
  const json& span = resource["scopeSpans"][0]["spans"][0];
  EXPECT_EQ(span["traceId"], "0000000000000000000000000000000b");
  EXPECT_EQ(span["startTimeUnixNano"], "1700000001000000000");
}

TEST_F(CairnApiTest, DoesNotPassAPartOfATraceForTheWhole) {
  const query::QueryService small{{.max_trace_spans = 1}, reader_, admin_};
  const CairnApi api(small, workers_, clock_);
  net::Router router;
  api.add_routes(router, "");
  EXPECT_EQ(test_call(router, "GET", "/api/cairn/v1/traces/a").status, 503);
  EXPECT_EQ(test_call(router, "GET", "/api/cairn/v1/traces/b").status, 200);
}

TEST_F(CairnApiTest, AnUnknownOrMalformedTraceIdIsAnError) {
  EXPECT_EQ(get("/api/cairn/v1/traces/ffff").status, 404);
  EXPECT_EQ(get("/api/cairn/v1/traces/nonsense!").status, 400);
}

}  // namespace
}  // namespace cairn::api::cairn
