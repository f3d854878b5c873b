// SPDX-License-Identifier: Apache-2.0
#include "api/jaeger/jaeger_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/request/testing/test_call.h"
#include "model/testing.h"
#include "query/testing/fake_trace_reader.h"

namespace cairn::api::jaeger {
namespace {

using model::TestBatch;
using nlohmann::json;
using request::Answer;
using request::test_call;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr const char* kPlainText = "text/plain; charset=utf-8";

class JaegerApiTest : public testing::Test {
 protected:
  JaegerApiTest() {
    TestBatch t;
    t.resource("web").span("0a", "01", "GET /").kind(model::SpanKind::kServer);
    t.lasting(milliseconds(30)).attribute("http.status_code", model::AnyValue::integer(200));
    t.resource("cart").span("0a", "02", "load").parent("01").starting(milliseconds(1));
    t.status(model::StatusCode::kError);
    t.resource("web").span("0b", "01", "GET /").starting(std::chrono::seconds(1));
    reader_.add(t.share());
    api_.add_routes(router_, "");
  }

  Answer get(const std::string& target) { return test_call(router_, "GET", target); }
  json get_json(const std::string& target) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/json");
    return json::parse(answer.body);
  }
  // The trace ids of a search, joined by spaces.
  std::string found(const std::string& parameters) {
    std::string ids;
    const json answer = get_json("/api/traces?" + parameters);
    for (const json& trace : answer["data"]) {
      const std::string id = trace["traceID"];
      ids += (ids.empty() ? "" : " ") + id.substr(id.find_first_not_of('0'));
    }
    return ids;
  }

  ManualClock clock_{model::kTestStart.unix_nanos + 60'000'000'000};
  query::FakeTraceReader reader_;
  query::FakeStoreAdmin admin_;
  query::QueryService query_{{.max_trace_spans = 2}, reader_, admin_};
  WorkerPool workers_{"query", 1, 4};
  JaegerApi api_{query_, workers_, clock_};
  net::Router router_;
};

TEST_F(JaegerApiTest, ListsServices) {
  EXPECT_EQ(get("/api/services").body,
            R"({"data":["cart","web"],"total":2,"limit":0,"offset":0,"errors":null})");
}

TEST_F(JaegerApiTest, ListsOperationNamesOfAService) {
  EXPECT_EQ(get("/api/services/web/operations").body,
            R"({"data":["GET /"],"total":1,"limit":0,"offset":0,"errors":null})");
  EXPECT_EQ(get("/api/services/nobody/operations").body,
            R"({"data":null,"total":0,"limit":0,"offset":0,"errors":null})");
}

TEST_F(JaegerApiTest, ListsOperationsWithTheirKinds) {
  EXPECT_EQ(
      get_json("/api/operations?service=web")["data"],
      json::parse(R"([{"name":"GET /","spanKind":""},{"name":"GET /","spanKind":"server"}])"));
  EXPECT_EQ(get_json("/api/operations?service=web&spanKind=server")["total"], 1);
  EXPECT_EQ(get_json("/api/operations?service=nobody")["data"], json::array());
}

TEST_F(JaegerApiTest, FailsInAnEnvelopeServedAsText) {
  const Answer answer = get("/api/operations");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.header("content-type"), kPlainText);
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.body, R"({"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":400,)"
                         R"("msg":"parameter 'service' is required"}]})"
                         "\n");
}

TEST_F(JaegerApiTest, FindsTracesNewestFirst) {
  const json answer = get_json("/api/traces?service=web");
  EXPECT_EQ(answer["total"], 0);
  EXPECT_TRUE(answer["errors"].is_null());
  EXPECT_EQ(found("service=web"), "b a");
  EXPECT_EQ(found(""), "b a") << "a service is not required";
  EXPECT_EQ(found("service=web&limit=1"), "b");
  EXPECT_EQ(found("service=nobody"), "");
}

TEST_F(JaegerApiTest, SearchesByEveryPredicate) {
  EXPECT_EQ(found("service=cart&operation=load"), "a");
  EXPECT_EQ(found("service=web&operation=load"), "");
  EXPECT_EQ(found("minDuration=20ms"), "a");
  EXPECT_EQ(found("service=web&maxDuration=20ms"), "b");
  EXPECT_EQ(found("tag=http.status_code:200"), "a");
  EXPECT_EQ(found("tags=%7B%22error%22:%22true%22%7D"), "a");
  EXPECT_EQ(found("service=web&tag=error:true"), "") << "both on one span";
  EXPECT_EQ(found("start=1700000000500000"), "b");
  EXPECT_EQ(found("start=1700000000000000&end=1700000000500000"), "a");
}

TEST_F(JaegerApiTest, RefusesBadParameters) {
  for (const char* target :
       {"/api/traces?limit=0", "/api/traces?limit=9999", "/api/traces?start=x", "/api/traces?tag=x",
        "/api/traces?tags=x", "/api/traces?minDuration=5",
        "/api/traces?minDuration=2s&maxDuration=1s", "/api/traces?raw=maybe",
        "/api/traces?traceID=xyz", "/api/traces?service=%zz", "/api/traces/xyz",
        "/api/traces/0a?start=x", "/api/traces/0a?raw=maybe", "/api/dependencies?endTs=x",
        "/api/dependencies?lookback=-1"}) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 400) << target;
    EXPECT_EQ(answer.header("content-type"), kPlainText);
    const json body = json::parse(answer.body);
    EXPECT_TRUE(body["data"].is_null());
    EXPECT_EQ(body["errors"][0]["code"], 400);
    EXPECT_EQ(answer.body.back(), '\n');
  }
}

TEST_F(JaegerApiTest, GetsATraceByEverySpellingOfItsId) {
  for (const char* id : {"a", "0a", "000000000000000a", "0000000000000000000000000000000A",
                         "AAAAAAAAAAo=", "AAAAAAAAAAAAAAAAAAAACg"}) {
    const json data = get_json(std::string("/api/traces/") + id)["data"];
    ASSERT_EQ(data.size(), 1U) << id;
    EXPECT_EQ(data[0]["traceID"], "000000000000000a");
    EXPECT_EQ(data[0]["spans"].size(), 2U);
  }
}

TEST_F(JaegerApiTest, SaysWhenATraceIsNotThere) {
  const Answer answer = get("/api/traces/ff");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, R"({"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":404,)"
                         R"("msg":"trace not found"}]})"
                         "\n");
}

TEST_F(JaegerApiTest, FetchesTracesByIdAndNamesTheMissing) {
  const json answer = get_json("/api/traces?traceID=0b&traceID=ff&traceID=0a");
  ASSERT_EQ(answer["data"].size(), 2U);
  EXPECT_EQ(answer["data"][0]["traceID"], "000000000000000b");
  EXPECT_EQ(answer["errors"],
            json::parse(R"([{"msg":"trace not found","traceID":"00000000000000ff"}])"));
}

TEST_F(JaegerApiTest, SkipsTheAdjustersWhenRaw) {
  TestBatch t;
  t.span("0c", "01").parent("0f");
  t.attribute("b", "1").attribute("a", "2");
  reader_.add(t.share());
  const json adjusted = get_json("/api/traces/0c")["data"][0]["spans"][0];
  EXPECT_EQ(adjusted["tags"][0]["key"], "a");
  EXPECT_EQ(adjusted["warnings"].size(), 1U);
  const json raw = get_json("/api/traces/0c?raw=true")["data"][0]["spans"][0];
  EXPECT_EQ(raw["tags"][0]["key"], "b");
  EXPECT_TRUE(raw["warnings"].is_null());
}

TEST_F(JaegerApiTest, IndentsWhenAsked) {
  EXPECT_THAT(get("/api/services?prettyPrint=true").body,
              HasSubstr("{\n    \"data\": [\n        \"cart\","));
}

TEST_F(JaegerApiTest, CutsLargeTracesAndSaysSo) {
  TestBatch t;
  t.span("0d", "01").span("0d", "02").span("0d", "03");
  reader_.add(t.share());
  const json answer = get_json("/api/traces/0d");
  EXPECT_EQ(answer["data"][0]["spans"].size(), 2U);
  EXPECT_EQ(answer["data"][0]["warnings"].size(), 1U);
  EXPECT_EQ(answer["errors"][0]["traceID"], "000000000000000d");
}

TEST_F(JaegerApiTest, StreamsLargeAnswers) {
  TestBatch t;
  t.span("0e", "01").attribute("big", std::string(3'000'000, 'x'));
  reader_.add(t.share());
  const Answer answer = get("/api/traces/0e");
  EXPECT_GT(answer.pieces, 1U);
  EXPECT_EQ(json::parse(answer.body)["data"][0]["spans"].size(), 1U);
}

TEST_F(JaegerApiTest, SaysWhenAnAnswerIsPartial) {
  reader_.completeness = query::Completeness::partial("deadline");
  EXPECT_THAT(get_json("/api/services")["errors"][0]["msg"].get<std::string>(),
              HasSubstr("deadline"));
  EXPECT_EQ(get_json("/api/traces?service=web")["errors"].size(), 1U);
  EXPECT_EQ(get("/api/traces/ff").status, 504) << "not found is not known";
}

TEST_F(JaegerApiTest, PassesTheStoresFailuresOn) {
  reader_.failure = unavailable("the disk is gone");
  for (const char* target :
       {"/api/services", "/api/services/web/operations", "/api/operations?service=web",
        "/api/traces", "/api/traces/0a", "/api/traces?traceID=0a", "/api/dependencies"}) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 503) << target;
    EXPECT_THAT(answer.body, HasSubstr("the disk is gone"));
  }
}

TEST_F(JaegerApiTest, CountsCallsBetweenServices) {
  EXPECT_EQ(get("/api/dependencies").body,
            R"({"data":[{"parent":"web","child":"cart","callCount":1}],)"
            R"("total":0,"limit":0,"offset":0,"errors":null})");
  EXPECT_EQ(get_json("/api/dependencies?service=other")["data"], json::array());
  EXPECT_EQ(get_json("/api/dependencies?endTs=1600000000000&lookback=1000")["data"], json::array());
}

TEST_F(JaegerApiTest, HasNoArchiveAndNoMetrics) {
  const Answer archive = test_call(router_, "POST", "/api/archive/0a");
  EXPECT_EQ(archive.status, 500);
  EXPECT_THAT(archive.body, HasSubstr("archive span storage was not configured"));
  EXPECT_EQ(test_call(router_, "POST", "/api/archive/zz").status, 400);
  EXPECT_EQ(get("/api/metrics/latencies?service=web").status, 501);
}

TEST_F(JaegerApiTest, KnowsNoOtherPath) {
  for (const char* target : {"/api/nothing", "/api/", "/api/services/web"}) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_EQ(answer.body, "404 page not found\n");
    EXPECT_EQ(answer.header("content-type"), kPlainText);
  }
}

TEST_F(JaegerApiTest, LivesUnderABasePath) {
  net::Router router;
  api_.add_routes(router, "/jaeger");
  EXPECT_EQ(test_call(router, "GET", "/jaeger/api/services").status, 200);
  EXPECT_EQ(test_call(router, "GET", "/api/services").status, 0);
}

}  // namespace
}  // namespace cairn::api::jaeger
