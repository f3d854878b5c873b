// SPDX-License-Identifier: Apache-2.0
#include "ingest/trace_sizes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/testing.h"

namespace cairn::ingest {
namespace {

// How many of so many spans of that trace are kept.
class Sizes {
 public:
  explicit Sizes(std::uint64_t most) : most_(most) {}

  std::size_t kept(std::size_t spans, const std::string& trace,
                   const std::vector<NamedLimits>& services = {}) {
    model::TestBatch t;
    for (std::size_t i = 0; i < spans; ++i) t.span(trace, "1");
    const LimitsByResource limits({0, 0, most_}, {}, services, {}, t.batch());
    const auto rejected = sizes_.enforce({}, limits, t.batch());
    EXPECT_EQ(rejected.of(model::RejectionReason::kTraceTooLarge), spans - t.batch().spans.size());
    return t.batch().spans.size();
  }

 private:
  std::uint64_t most_;
  TraceSizes sizes_;
};

TEST(TraceSizes, AreNotLimitedUnlessAsked) {
  Sizes sizes(0);
  EXPECT_EQ(sizes.kept(10'000, "1"), 10'000U);
}

TEST(TraceSizes, ATraceHasSoManySpansOverAllItsRequests) {
  Sizes sizes(100);
  EXPECT_EQ(sizes.kept(60, "1"), 60U);
  EXPECT_EQ(sizes.kept(60, "1"), 40U);
  EXPECT_EQ(sizes.kept(60, "1"), 0U);
  EXPECT_EQ(sizes.kept(60, "2"), 60U);
}

TEST(TraceSizes, AServiceMayHaveALimitOfItsOwn) {
  Sizes sizes(100);
  EXPECT_EQ(sizes.kept(60, "1", {{.name = "test", .max_trace_spans = 10}}), 10U);
  EXPECT_EQ(sizes.kept(60, "2", {{.name = "test", .max_trace_spans = 0}}), 60U);
}

TEST(TraceSizes, ALargeTraceIsRememberedWhileOthersCome) {
  Sizes sizes(10);
  EXPECT_EQ(sizes.kept(10, "1"), 10U);
  for (int other = 2; other < 150'000; ++other) {
    ASSERT_EQ(sizes.kept(1, fmt::format("{:x}", other)), 1U);
  }
  EXPECT_EQ(sizes.kept(1, "1"), 0U);
}

}  // namespace
}  // namespace cairn::ingest
