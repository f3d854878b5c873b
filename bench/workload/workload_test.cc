// SPDX-License-Identifier: Apache-2.0
#include "bench/workload/workload.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/otlp/protobuf.h"

namespace cairn::bench {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

WorkloadOptions small(std::uint64_t seed = 42) {
  WorkloadOptions options;
  options.seed = seed;
  options.spans = 20'000;
  return options;
}

std::vector<std::string> requests(const WorkloadOptions& options) {
  Workload workload(options);
  model::Batch batch;
  std::vector<std::string> all;
  while (workload.next(batch)) wire::otlp::encode_traces(batch, all.emplace_back());
  return all;
}

// What the tests below count, over a whole workload.
struct Census {
  std::size_t spans = 0;
  std::size_t attributes = 0;
  std::size_t resource_attributes = 0;
  std::size_t events = 0;
  std::size_t bytes = 0;
  std::map<model::TraceId, std::set<model::SpanId>> traces;
  std::set<model::SpanId> ids;
  std::set<std::string> services;
  std::set<std::string> pods;
};

Census take_census(const WorkloadOptions& options) {
  Census census;
  Workload workload(options);
  model::Batch batch;
  while (workload.next(batch)) {
    std::string encoded;
    wire::otlp::encode_traces(batch, encoded);
    census.bytes += encoded.size();
    for (const model::Span& span : batch.spans) {
      ++census.spans;
      census.attributes += span.attributes.size();
      census.resource_attributes += batch.resource_of(span).attributes.size();
      census.events += span.events.size();
      census.traces[span.trace_id].insert(span.span_id);
      census.ids.insert(span.span_id);
      census.services.emplace(batch.service_of(span));
      census.pods.emplace(model::find_string(batch.resource_of(span).attributes, "k8s.pod.name"));
    }
  }
  return census;
}

double per_span(std::size_t count, const Census& census) {
  return static_cast<double>(count) / static_cast<double>(census.spans);
}

TEST(WorkloadTest, OneSeedGivesTheSameBytesAgain) {
  EXPECT_EQ(requests(small()), requests(small()));
}

TEST(WorkloadTest, AnotherSeedGivesOtherBytes) {
  EXPECT_NE(requests(small(1)), requests(small(2)));
}

TEST(WorkloadTest, NoSpanIdComesTwice) {
  const Census census = take_census(small());
  EXPECT_GE(census.spans, 20'000);
  EXPECT_EQ(census.ids.size(), census.spans);
}

TEST(WorkloadTest, HasTheShapeOfTheShop) {
  const Census census = take_census(small());
  EXPECT_EQ(census.services.size(), 12);
  EXPECT_EQ(census.pods.size(), 35);
  EXPECT_THAT(static_cast<double>(census.spans) / static_cast<double>(census.traces.size()),
              AllOf(Ge(13.0), Le(17.0)));
  EXPECT_THAT(per_span(census.attributes, census), AllOf(Ge(9.0), Le(11.0)));
  EXPECT_EQ(per_span(census.resource_attributes, census), 24.0);
  EXPECT_THAT(per_span(census.events, census), AllOf(Ge(0.01), Le(0.1)));
  EXPECT_THAT(per_span(census.bytes, census), AllOf(Ge(420.0), Le(500.0)));
}

TEST(WorkloadTest, EveryParentIsInTheSameTrace) {
  Workload workload(small());
  model::Batch batch;
  std::map<model::TraceId, std::set<model::SpanId>> spans;
  std::map<model::TraceId, std::set<model::SpanId>> parents;
  while (workload.next(batch)) {
    for (const model::Span& span : batch.spans) {
      spans[span.trace_id].insert(span.span_id);
      if (!span.is_root()) parents[span.trace_id].insert(span.parent_span_id);
    }
  }
  for (const auto& [trace, wanted] : parents) {
    EXPECT_THAT(spans[trace], ::testing::IsSupersetOf(wanted));
  }
}

TEST(WorkloadTest, RequestsHoldTheAskedNumberOfSpansExceptTheLast) {
  WorkloadOptions options = small();
  options.spans_per_request = 700;
  Workload workload(options);
  model::Batch batch;
  std::vector<std::size_t> sizes;
  while (workload.next(batch)) sizes.push_back(batch.spans.size());
  ASSERT_GE(sizes.size(), 2);
  EXPECT_THAT(sizes.back(), AllOf(Ge(1), Le(700)));
  sizes.pop_back();
  EXPECT_THAT(sizes, ::testing::Each(700));
}

TEST(WorkloadTest, PodsSendWhatEndedBefore) {
  WorkloadOptions options = small();
  options.spans = 60'000;
  Workload workload(options);
  model::Batch batch;
  model::Timestamp latest;
  while (workload.next(batch)) {
    for (const model::Span& span : batch.spans) {
      // Nobody holds a span for more than a second, and a request spans less than another one.
      EXPECT_GE(span.end.plus(std::chrono::seconds(2)), latest);
      latest = std::max(latest, span.end);
      EXPECT_LT(span.start, span.end);
    }
  }
}

TEST(WorkloadTest, HighCardinalityHasFarMoreDistinctKeys) {
  const auto distinct_keys = [](bool high) {
    WorkloadOptions options = small();
    options.high_cardinality = high;
    Workload workload(options);
    model::Batch batch;
    std::set<std::string> keys;
    while (workload.next(batch)) {
      for (const model::Span& span : batch.spans) {
        for (const model::Attribute& attribute : span.attributes) keys.emplace(attribute.key);
      }
    }
    return keys.size();
  };
  EXPECT_LT(distinct_keys(false), 120);
  EXPECT_GT(distinct_keys(true), 280);
}

TEST(WorkloadTest, ABatchOutlivesItsWorkload) {
  model::Batch batch;
  {
    Workload workload(small());
    ASSERT_TRUE(workload.next(batch));
  }
  EXPECT_EQ(model::find_string(batch.resources.front().attributes, "cloud.provider"), "aws");
}

}  // namespace
}  // namespace cairn::bench
