// SPDX-License-Identifier: Apache-2.0
#include "receivers/zipkin/zipkin_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/reserved.h"
#include "model/testing.h"
#include "receivers/deliver/testing/receiver_server.h"

namespace cairn::receivers::zipkin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using wire::zipkin::Format;

std::string spans(Format format, std::string_view name) {
  model::TestBatch t;
  t.resource("cart").span("1", "1", name);
  return wire::zipkin::encode(format, t.batch());
}

class ZipkinReceiverTest : public ::testing::Test {
 protected:
  ZipkinReceiverTest() {
    receiver_.add_routes(server_.router, [this] { return healthy_; });
    server_.serve();
  }

  bool healthy_ = true;
  testing::ReceiverServer server_;
  ZipkinReceiver receiver_{server_.ingest, server_.metrics};
};

TEST_F(ZipkinReceiverTest, ChoosesTheFormatByPathAndContentType) {
  struct Case {
    const char* path;
    const char* type;
    Format format;
  };
  const std::string json = "application/json";
  for (const Case& c : {
           Case{"/api/v2/spans", "application/json", Format::kJsonV2},
           Case{"/api/v2/spans", "", Format::kJsonV2},
           Case{"/api/v2/spans", "text/plain", Format::kJsonV2},
           Case{"/api/v2/spans", "application/x-protobuf", Format::kProtobuf},
           Case{"/api/v1/spans", "application/json", Format::kJsonV1},
           Case{"/api/v1/spans", "", Format::kJsonV1},
           Case{"/api/v1/spans", "application/x-thrift", Format::kThrift},
           Case{"/zipkin/api/v2/spans", "application/json", Format::kJsonV2},
           Case{"/", "application/json", Format::kJsonV2},
           Case{"/somewhere/else", "application/x-protobuf", Format::kProtobuf},
       }) {
    testing::ReceiverServer::Fields headers;
    if (*c.type != '\0') headers.emplace_back("content-type", c.type);
    const std::size_t before = server_.writer.names().size();
    const auto answer = server_.post(c.path, spans(c.format, "a"), headers);
    EXPECT_EQ(answer.status, 202) << c.path << " " << c.type << ": " << answer.body;
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(server_.writer.names().size(), before + 1) << c.path << " " << c.type;
  }
}

TEST_F(ZipkinReceiverTest, NothingToStoreIsFine) {
  EXPECT_EQ(server_.post("/api/v2/spans", "").status, 202);
  EXPECT_EQ(server_.post("/api/v2/spans", "[]").status, 202);
}

TEST_F(ZipkinReceiverTest, SaysWhatIsWrongWithASpan) {
  const auto answer = server_.post("/api/v2/spans", R"([{"traceId":"ABC","id":"1"}])");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("lower-hex"));
  EXPECT_TRUE(server_.writer.names().empty());
}

TEST_F(ZipkinReceiverTest, KnowsOneVersionFromTheOther) {
  EXPECT_EQ(server_.post("/api/v1/spans", spans(Format::kJsonV2, "a")).status, 400);
}

TEST_F(ZipkinReceiverTest, AHeaderMayAskForDebugging) {
  server_.post("/api/v2/spans", spans(Format::kJsonV2, "a"), {{"x-b3-flags", "1"}});
  const auto batches = server_.writer.batches();
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_NE(
      model::find_attribute(batches[0]->spans.at(0).attributes, model::reserved::kZipkinDebug),
      nullptr);
}

TEST_F(ZipkinReceiverTest, AnswersOnlyWhenTheSpansAreSafe) {
  server_.writer.fail_with(unavailable("no disk"));
  const auto answer = server_.post("/api/v2/spans", spans(Format::kJsonV2, "a"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
}

TEST_F(ZipkinReceiverTest, SaysThatItHasNoPage) {
  EXPECT_EQ(server_.get("/zipkin/").status, 404);
  EXPECT_EQ(server_.post("/api/upload", "[]").status, 404);
  EXPECT_THAT(server_.get("/api/v2/services").body, HasSubstr("not served yet"));
}

TEST_F(ZipkinReceiverTest, TellsItsHealthAsZipkinDoes) {
  EXPECT_EQ(server_.get("/health").status, 200);
  EXPECT_THAT(server_.get("/health").body, HasSubstr(R"("status":"UP")"));
  healthy_ = false;
  EXPECT_EQ(server_.get("/health").status, 503);
}

}  // namespace
}  // namespace cairn::receivers::zipkin
