// SPDX-License-Identifier: Apache-2.0
#include "receivers/otlp/export_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/otlp/protobuf.h"

namespace cairn::receivers::otlp {
namespace {

using ::testing::HasSubstr;

ingest::Outcome partly() {
  ingest::Outcome outcome{5, {}};
  outcome.rejected.add(model::RejectionReason::kInvalidTraceId, 2);
  return outcome;
}

TEST(ExportReplyTest, FullSuccessIsEmptyInProtobuf) {
  const auto reply = export_reply(ReplyForm::kGrpc, ingest::Outcome{5, {}});
  EXPECT_TRUE(reply.body.empty());
  EXPECT_FALSE(reply.error);
}

TEST(ExportReplyTest, FullSuccessInJsonSaysSo) {
  const auto reply = export_reply(ReplyForm::kHttpJson, ingest::Outcome{5, {}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.text(), R"({"partialSuccess":{}})");
  EXPECT_EQ(reply.headers.get("content-type"), "application/json");
}

TEST(ExportReplyTest, PartialSuccessNamesCountAndReason) {
  const auto reply = export_reply(ReplyForm::kHttpJson, partly());
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(std::string(reply.body.text()), HasSubstr("invalid_trace_id 2"));
  EXPECT_THAT(std::string(reply.body.text()), HasSubstr(R"("rejectedSpans":"2")"));
}

TEST(ExportReplyTest, AFullStoreAsksToRetryLater) {
  const Error full = resource_exhausted("memory cap");
  const auto http = export_refusal(ReplyForm::kHttpJson, full);
  EXPECT_EQ(http.status, 429);
  EXPECT_EQ(http.headers.get("retry-after"), "1");
  EXPECT_EQ(http.body.text(), R"({"code":8,"message":"memory cap"})");
  const auto grpc = export_refusal(ReplyForm::kGrpc, full);
  EXPECT_EQ(grpc.error, full);
  EXPECT_EQ(grpc.error_details, wire::otlp::encode_status(8, "memory cap", 1));
}

TEST(ExportReplyTest, ABadRequestIsNotToBeRetried) {
  const auto reply = export_refusal(ReplyForm::kHttpProtobuf, invalid_argument("at byte 3"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_FALSE(reply.headers.get("retry-after"));
  EXPECT_EQ(reply.body.text(), wire::otlp::encode_status(3, "at byte 3", 0));
}

}  // namespace
}  // namespace cairn::receivers::otlp
