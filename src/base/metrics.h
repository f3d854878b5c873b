// SPDX-License-Identifier: Apache-2.0
//
// The process's own metrics: counters, gauges and histograms by name and labels, rendered as the
// Prometheus text format 0.0.4.
// Ownership: the registry owns every metric; the references it gives stay valid as long as it does.
// Ask for a metric once, at construction, and keep the reference: the look-up takes a lock, the
// update is one relaxed atomic.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace cairn {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Counts observations into buckets with fixed upper bounds.
class Histogram {
 public:
  // `bounds` are inclusive upper bounds, ascending; a last bucket takes the rest.
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);
  // {cumulative count per bound, with the rest last}, sum of the observations.
  std::pair<std::vector<std::uint64_t>, double> snapshot() const;
  const std::vector<double>& bounds() const { return bounds_; }

 private:
  const std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

// Thread rule: every method may be called from any thread.
class MetricsRegistry {
 public:
  // The metric of that name and labels, made on first use. One name has one type and one help text:
  // the first caller's. Names follow Prometheus: cairn_<what>_<unit>[_total].
  Counter& counter(std::string_view name, std::string_view help, MetricLabels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, MetricLabels labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                       MetricLabels labels = {});
  // A value asked for at each scrape. `read` is called under the registry's lock, from the scraping
  // thread, as long as the registry lives.
  void gauge_from(std::string_view name, std::string_view help, MetricLabels labels,
                  std::function<double()> read);

  // Called at the beginning of each render_prometheus(), to set gauges from one look at something.
  // It may ask the registry for metrics. One scrape at a time calls it.
  void before_scrape(std::function<void()> update);

  // All metrics as Prometheus text, families by name, series by labels.
  std::string render_prometheus() const;

 private:
  struct Family;
  Family& family(std::string_view name, std::string_view help, std::string_view type)
      REQUIRES(mutex_);

  mutable Mutex scrape_mutex_;  // updates run one scrape at a time, free to ask for metrics
  mutable Mutex mutex_;
  std::map<std::string, std::unique_ptr<Family>, std::less<>> families_ GUARDED_BY(mutex_);
  std::vector<std::function<void()>> updates_ GUARDED_BY(mutex_);

 public:
  MetricsRegistry();
  ~MetricsRegistry();
};

}  // namespace cairn
