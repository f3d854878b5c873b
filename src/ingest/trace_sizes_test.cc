// SPDX-License-Identifier: Apache-2.0
#include "ingest/trace_sizes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/testing.h"

namespace cairn::ingest {
namespace {

std::size_t kept(TraceSizes& sizes, std::size_t spans, const std::string& trace) {
  model::TestBatch t;
  for (std::size_t i = 0; i < spans; ++i) t.span(trace, "1");
  const auto rejected = sizes.enforce({}, t.batch());
  EXPECT_EQ(rejected.of(model::RejectionReason::kTraceTooLarge), spans - t.batch().spans.size());
  return t.batch().spans.size();
}

TEST(TraceSizes, AreNotLimitedUnlessAsked) {
  TraceSizes sizes(0);
  EXPECT_EQ(kept(sizes, 10'000, "1"), 10'000U);
}

TEST(TraceSizes, ATraceHasSoManySpansOverAllItsRequests) {
  TraceSizes sizes(100);
  EXPECT_EQ(kept(sizes, 60, "1"), 60U);
  EXPECT_EQ(kept(sizes, 60, "1"), 40U);
  EXPECT_EQ(kept(sizes, 60, "1"), 0U);
  EXPECT_EQ(kept(sizes, 60, "2"), 60U);
}

TEST(TraceSizes, ALargeTraceIsRememberedWhileOthersCome) {
  TraceSizes sizes(10);
  EXPECT_EQ(kept(sizes, 10, "1"), 10U);
  for (int other = 2; other < 150'000; ++other) {
    ASSERT_EQ(kept(sizes, 1, fmt::format("{:x}", other)), 1U);
  }
  EXPECT_EQ(kept(sizes, 1, "1"), 0U);
}

}  // namespace
}  // namespace cairn::ingest
