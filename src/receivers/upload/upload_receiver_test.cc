// SPDX-License-Identifier: Apache-2.0
#include "receivers/upload/upload_receiver.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receivers/deliver/testing/receiver_server.h"

namespace cairn::receivers::upload {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string golden(const std::string& name) {
  std::ifstream in(std::string(CAIRN_SOURCE_DIR) + "/tests/golden/" + name, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

std::string otlp_span(const std::string& name, const std::string& trace = std::string(32, '1')) {
  return R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":")" + trace +
         R"(","spanId":"1111111111111111","name":")" + name + R"("}]}]}]})";
}
const std::string kZipkinSpan = R"({"traceId":"1","id":"2","name":"z","tags":{}})";

class UploadReceiverTest : public ::testing::Test {
 protected:
  UploadReceiverTest() {
    receiver_.add_routes(server_.router);
    server_.serve();
  }
  net::testing::HttpAnswer upload(const std::string& body, const std::string& type = "",
                                  const std::string& query = "") {
    testing::ReceiverServer::Fields headers;
    if (!type.empty()) headers.emplace_back("content-type", type);
    return server_.post("/api/upload" + query, body, headers);
  }

  testing::ReceiverServer server_;
  UploadReceiver receiver_{server_.ingest, server_.metrics};
};

TEST_F(UploadReceiverTest, TakesEachFormatByItsContent) {
  struct Case {
    const char* file;
    const char* type;
    const char* metric_format;
  };
  for (const Case& c : {
           Case{"otlp/full.json", "application/json", "otlp_json"},
           Case{"otlp/full.bin", "application/x-protobuf", "otlp_protobuf"},
           Case{"jaeger_json/ui_trace.json", "", "jaeger_json"},
           Case{"jaeger_json/ui_old_forms.json", "text/plain", "jaeger_json"},
           Case{"zipkin/rpc.v1.json", "application/json", "zipkin_json"},
           Case{"zipkin/rpc.v2.json", "application/octet-stream", "zipkin_json"},
       }) {
    const std::size_t before = server_.writer.names().size();
    const auto answer = upload(golden(c.file), c.type);
    EXPECT_EQ(answer.status, 200) << c.file << ": " << answer.body;
    const std::size_t stored = server_.writer.names().size() - before;
    EXPECT_GT(stored, 0U) << c.file;
    EXPECT_EQ(answer.body, R"({"accepted":)" + std::to_string(stored) +
                               R"(,"rejected":{},"broken":0,"errors":[]})");
    EXPECT_THAT(server_.metrics.render_prometheus(),
                HasSubstr(std::string("cairn_ingest_spans_accepted_total{format=\"") +
                          c.metric_format + "\",transport=\"upload\"}"));
  }
}

TEST_F(UploadReceiverTest, KeepsTheGoodLinesAndNamesTheBad) {
  const auto answer =
      upload(otlp_span("a") + "\nnonsense\n\n{\"resourceSpans\":[{\"sco\n" +
                 otlp_span("b", std::string(32, '0')) + "\n" + otlp_span("c") + "\n",
             "application/x-ndjson");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body,
              HasSubstr(R"("accepted":2,"rejected":{"invalid_trace_id":1},"broken":2)"));
  EXPECT_THAT(answer.body, HasSubstr(R"({"line":2,"message":"neither)"));
  EXPECT_THAT(answer.body, HasSubstr(R"({"line":4,"message":"OTLP JSON: )"));
  EXPECT_THAT(server_.writer.names(), ElementsAre("a", "c"));
}

TEST_F(UploadReceiverTest, SeesLinesWithoutBeingTold) {
  const auto answer = upload("\xef\xbb\xbf" + otlp_span("a") + "\n" + kZipkinSpan + "\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(server_.writer.names(), ElementsAre("a", "z"));
}

TEST_F(UploadReceiverTest, RefusesWhatItCannotReadAtAll) {
  for (const char* body : {"trace_id,span_id", "{\"resourceSpans\":[", "[1]", "{\"a\":1}"}) {
    const auto answer = upload(body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_THAT(answer.body, HasSubstr(R"("accepted":0,"rejected":{},"broken":1)")) << body;
    EXPECT_THAT(answer.body, HasSubstr(R"("line":1,"message":)")) << body;
  }
  EXPECT_EQ(upload("\x0a\xff", "application/x-protobuf").status, 400);
  EXPECT_TRUE(server_.writer.names().empty());
}

TEST_F(UploadReceiverTest, AFormatCanBeDemanded) {
  EXPECT_EQ(upload("[" + kZipkinSpan + "]", "", "?format=zipkin").status, 200);
  EXPECT_EQ(upload("[" + kZipkinSpan + "]", "", "?format=auto").status, 200);
  EXPECT_EQ(upload("[" + kZipkinSpan + "]", "", "?format=otlp").status, 400);
  const auto answer = upload("[]", "", "?format=csv");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("auto, otlp, jaeger, zipkin"));
}

TEST_F(UploadReceiverTest, NothingIsFine) {
  for (const char* body : {"", "\n\n", "[]", "{}"}) {
    EXPECT_EQ(upload(body).body, R"({"accepted":0,"rejected":{},"broken":0,"errors":[]})") << body;
  }
}

TEST_F(UploadReceiverTest, BoundsWhatManyShortLinesCost) {
  std::string lines;
  for (std::size_t i = 0; i <= kMostLines; ++i) lines += "{}\n";
  const auto answer = upload(lines);
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("more than 100000 lines"));
}

TEST_F(UploadReceiverTest, AsksForARetryWhenTheStoreDoes) {
  server_.writer.fail_with(resource_exhausted("slow down"));
  const auto answer = upload(otlp_span("a"));
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
}

}  // namespace
}  // namespace cairn::receivers::upload
