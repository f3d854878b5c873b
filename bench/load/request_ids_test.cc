// SPDX-License-Identifier: Apache-2.0
#include "bench/load/request_ids.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/workload/workload.h"
#include "model/testing.h"
#include "wire/otlp/protobuf.h"

namespace cairn::bench {
namespace {

constexpr std::uint64_t kMask = 0x1122'3344'5566'7788U;

std::string encode(const model::Batch& batch) {
  std::string out;
  wire::otlp::encode_traces(batch, out);
  return out;
}

TEST(RequestIdsTest, FindsEveryIdOfASpan) {
  model::TestBatch t;
  t.span("01", "0a").parent("0b").link("02", "0c").span("03", "0d");
  const std::string request = encode(t.batch());
  EXPECT_EQ(find_ids(request).value().size(), 3 + 2 + 2);
}

TEST(RequestIdsTest, MaskedParentsStillMatch) {
  model::TestBatch t;
  t.span("01", "0b").span("01", "0a").parent("0b").link("01", "0b");
  std::string request = encode(t.batch());
  mask_ids(request, find_ids(request).value(), kMask);
  model::Batch masked;
  ASSERT_TRUE(wire::otlp::decode_traces(as_bytes(request), masked));
  ASSERT_EQ(masked.spans.size(), 2);
  const model::Span& parent = masked.spans[0];
  const model::Span& child = masked.spans[1];
  EXPECT_NE(parent.span_id, model::span_id("0b"));
  EXPECT_NE(parent.trace_id, model::trace_id("01"));
  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_EQ(child.parent_span_id, parent.span_id);
  EXPECT_EQ(child.links[0].span_id, parent.span_id);
  EXPECT_EQ(child.links[0].trace_id, parent.trace_id);
}

TEST(RequestIdsTest, MaskingTwiceChangesNothing) {
  Workload workload({.spans = 1'000});
  model::Batch batch;
  ASSERT_TRUE(workload.next(batch));
  const std::string original = encode(batch);
  std::string request = original;
  const auto ids = find_ids(request).value();
  mask_ids(request, ids, kMask);
  EXPECT_NE(request, original);
  mask_ids(request, ids, kMask);
  EXPECT_EQ(request, original);
}

TEST(RequestIdsTest, RefusesWhatIsNoRequest) {
  EXPECT_FALSE(find_ids("\x0a\x7f"));
}

TEST(RequestIdsTest, AnEmptyRequestHasNoIds) {
  EXPECT_TRUE(find_ids("").value().empty());
}

}  // namespace
}  // namespace cairn::bench
