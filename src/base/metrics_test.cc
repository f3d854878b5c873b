// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(MetricsTest, TheSameNameAndLabelsAreTheSameCounter) {
  MetricsRegistry registry;
  registry.counter("cairn_spans_total", "Spans.", {{"format", "otlp"}}).add(2);
  registry.counter("cairn_spans_total", "Spans.", {{"format", "otlp"}}).add(3);
  registry.counter("cairn_spans_total", "Spans.", {{"format", "a\"b\n"}}).add(1);
  EXPECT_EQ(registry.render_prometheus(),
            "# HELP cairn_spans_total Spans.\n"
            "# TYPE cairn_spans_total counter\n"
            "cairn_spans_total{format=\"a\\\"b\\n\"} 1\n"
            "cairn_spans_total{format=\"otlp\"} 5\n");
}

TEST(MetricsTest, HistogramsAreCumulative) {
  MetricsRegistry registry;
  Histogram& latency = registry.histogram("cairn_latency_seconds", "Time.", {0.1, 1});
  latency.observe(0.05);
  latency.observe(0.1);
  latency.observe(5);
  EXPECT_EQ(registry.render_prometheus(),
            "# HELP cairn_latency_seconds Time.\n"
            "# TYPE cairn_latency_seconds histogram\n"
            "cairn_latency_seconds_bucket{le=\"0.1\"} 2\n"
            "cairn_latency_seconds_bucket{le=\"1\"} 2\n"
            "cairn_latency_seconds_bucket{le=\"+Inf\"} 3\n"
            "cairn_latency_seconds_sum 5.15\n"
            "cairn_latency_seconds_count 3\n");
}

TEST(MetricsTest, GaugesMayBeAskedForAtEachScrape) {
  MetricsRegistry registry;
  double level = 1;
  registry.gauge_from("cairn_level", "Level.", {}, [&] { return level; });
  registry.gauge("cairn_fixed", "Fixed.").set(-4);
  level = 2.5;
  EXPECT_EQ(registry.render_prometheus(),
            "# HELP cairn_fixed Fixed.\n# TYPE cairn_fixed gauge\ncairn_fixed -4\n"
            "# HELP cairn_level Level.\n# TYPE cairn_level gauge\ncairn_level 2.5\n");
}

TEST(MetricsTest, GaugesCanBeSetTogetherBeforeAScrape) {
  MetricsRegistry registry;
  Gauge& level = registry.gauge("cairn_level", "Level.");
  registry.before_scrape([&] { level.add(1); });
  EXPECT_TRUE(registry.render_prometheus().ends_with("cairn_level 1\n"));
  EXPECT_TRUE(registry.render_prometheus().ends_with("cairn_level 2\n"));
}

}  // namespace
}  // namespace cairn
