// SPDX-License-Identifier: Apache-2.0
#include "bench/load/loader.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "model/ids.h"
#include "wire/otlp/protobuf.h"

namespace cairn::bench {
namespace {

using std::chrono::milliseconds;

RequestPool pool_of(std::uint64_t spans, Encoding encoding = Encoding::kIdentity) {
  WorkloadOptions workload;
  workload.spans = spans;
  workload.spans_per_request = 100;
  return RequestPool::prepare(workload, encoding).value();
}

TEST(RequestPoolTest, EveryRoundHasOtherIds) {
  RequestPool pool = pool_of(500);
  std::set<model::SpanId> ids;
  std::uint64_t spans = 0;
  for (std::size_t i = 0; i < 3 * pool.size(); ++i) {
    Request* request = pool.lend();
    ASSERT_NE(request, nullptr);
    model::Batch batch;
    ASSERT_TRUE(wire::otlp::decode_traces(as_bytes(request->body()), batch));
    for (const model::Span& span : batch.spans) ids.insert(span.span_id);
    spans += request->spans();
    pool.give_back(*request);
  }
  EXPECT_EQ(spans, 3 * pool.spans());
  EXPECT_EQ(ids.size(), spans);
  EXPECT_FALSE(pool.ids_repeat());
}

TEST(RequestPoolTest, DoesNotLendWhatIsStillLent) {
  RequestPool pool = pool_of(100);
  for (std::size_t i = 0; i < pool.size(); ++i) ASSERT_NE(pool.lend(), nullptr);
  EXPECT_EQ(pool.lend(), nullptr);
}

TEST(RequestPoolTest, SaysThatCompressedIdsRepeat) {
  RequestPool pool = pool_of(100, Encoding::kGzip);
  EXPECT_LT(pool.bytes(), pool_of(100).bytes() / 3);
  for (std::size_t i = 0; i < pool.size(); ++i) pool.give_back(*pool.lend());
  EXPECT_FALSE(pool.ids_repeat());
  pool.lend();
  EXPECT_TRUE(pool.ids_repeat());
}

TEST(RequestPoolTest, FramesTheBodyForGrpc) {
  RequestPool pool = pool_of(100, Encoding::kZstd);
  const Request* request = pool.lend();
  const std::string_view message = request->grpc_message();
  ASSERT_EQ(message.size(), request->body().size() + 5);
  EXPECT_EQ(message[0], '\1');
  std::size_t length = 0;
  for (const char byte : message.substr(1, 4))
    length = length << 8 | static_cast<unsigned char>(byte);
  EXPECT_EQ(length, request->body().size());
}

TEST(LoaderTest, FailsWithoutAServer) {
  LoadOptions options;
  options.connection.endpoint = parse_endpoint("grpc://127.0.0.1:1").value();
  RequestPool pool = pool_of(100);
  EXPECT_EQ(run(options, pool, [](const LoadResult&) {}).error().code, ErrorCode::kUnavailable);
}

TEST(LoaderTest, ReadsRejectedSpansOfAResponse) {
  EXPECT_EQ(rejected_spans(""), 0);
  EXPECT_EQ(rejected_spans(wire::otlp::encode_export_response(0, "hint")), 0);
  EXPECT_EQ(rejected_spans(wire::otlp::encode_export_response(700, std::string(300, 'x'))), 700);
}

TEST(LoaderTest, QuantilesAreOfTheNearestRank) {
  const std::vector<Duration> four = {milliseconds(1), milliseconds(2), milliseconds(3),
                                      milliseconds(4)};
  EXPECT_EQ(quantile(four, 0.5), milliseconds(2));
  EXPECT_EQ(quantile(four, 0.99), milliseconds(4));
  EXPECT_EQ(quantile({}, 0.5), Duration(0));
}

}  // namespace
}  // namespace cairn::bench
