// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/search/trace_places.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/testing.h"
#include "storage/columnar/read/testing/batch_source.h"

namespace cairn::storage::columnar {
namespace {

constexpr unsigned kTraces = 3000;
constexpr unsigned kSources = 4;

// Trace n of 3000 has a span in every source whose number divides n: trace 1 lies in one source,
// trace 12 in four.
class TracePlacesTest : public ::testing::Test, public SnapshotProvider {
 protected:
  TracePlacesTest() {
    for (unsigned source = 1; source <= kSources; ++source) {
      model::TestBatch batch;
      for (unsigned n = source; n <= kTraces; n += source) {
        batch.span(hex(n), fmt::format("{:x}", n * 10 + source));
      }
      snapshot_.sources.push_back(
          make_batch_source(fmt::format("source {}", source), batch.share(), {}));
    }
  }
  std::shared_ptr<const Snapshot> snapshot(const model::TenantId&) const override {
    return std::make_shared<const Snapshot>(snapshot_);
  }
  static std::string hex(unsigned n) { return fmt::format("{:x}", n); }
  static std::vector<std::pair<GroupPlace, TraceOrdinal>> listed(
      const std::vector<Fragment>& fragments) {
    std::vector<std::pair<GroupPlace, TraceOrdinal>> all;
    for (const Fragment& fragment : fragments) all.emplace_back(fragment.place, fragment.trace);
    return all;
  }

  Snapshot snapshot_;
};

TEST_F(TracePlacesTest, KnowsTheSameOfEachTraceOnceItReadAllIds) {
  ReadSession session(*this, {});
  TracePlaces asking(session);
  TracePlaces reading(session);
  reading.read_all();
  std::size_t scattered = 0;
  for (unsigned n = 1; n <= kTraces; ++n) {
    const model::TraceId id = model::trace_id(hex(n));
    const std::vector<Fragment> asked = asking.find(id);
    ASSERT_FALSE(asked.empty());
    EXPECT_EQ(listed(reading.find(id, asked.back())), listed(asked)) << n;
    scattered += asked.size() > 1 ? 1 : 0;
  }
  EXPECT_EQ(reading.shared().size(), scattered);
}

TEST_F(TracePlacesTest, FindsNothingOfATraceThatIsNotThere) {
  ReadSession session(*this, {});
  EXPECT_TRUE(TracePlaces(session).find(model::trace_id("ffff")).empty());
}

}  // namespace
}  // namespace cairn::storage::columnar
