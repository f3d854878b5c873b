// SPDX-License-Identifier: Apache-2.0
#include "base/metrics.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"

namespace cairn {
namespace {

std::string escape_label(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '"') {
      out += "\\\"";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

// `{a="b",c="d"}`, or nothing when there are no labels.
std::string render_labels(const MetricLabels& labels) {
  if (labels.empty()) return "";
  std::string out = "{";
  for (const auto& [key, value] : labels) {
    if (out.size() > 1) out += ',';
    out += fmt::format("{}=\"{}\"", key, escape_label(value));
  }
  return out + "}";
}

std::string with_bound(const MetricLabels& labels, std::string bound) {
  MetricLabels more = labels;
  more.emplace_back("le", std::move(bound));
  return render_labels(more);
}

}  // namespace

struct MetricsRegistry::Family {
  struct Series {
    MetricLabels labels;
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> read;
  };

  std::string help;
  std::string type;
  std::map<std::string, Series> series;  // by rendered labels

  Series& at(MetricLabels labels) {
    Series& found = series[render_labels(labels)];
    found.labels = std::move(labels);
    return found;
  }
};

MetricsRegistry::MetricsRegistry() = default;
MetricsRegistry::~MetricsRegistry() = default;

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {
  CAIRN_CHECK(std::is_sorted(bounds_.begin(), bounds_.end()));
}

void Histogram::observe(double value) {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::pair<std::vector<std::uint64_t>, double> Histogram::snapshot() const {
  std::vector<std::uint64_t> cumulative;
  cumulative.reserve(counts_.size());
  std::uint64_t total = 0;
  for (const auto& count : counts_) {
    total += count.load(std::memory_order_relaxed);
    cumulative.push_back(total);
  }
  return {std::move(cumulative), sum_.load(std::memory_order_relaxed)};
}

MetricsRegistry::Family& MetricsRegistry::family(std::string_view name, std::string_view help,
                                                 std::string_view type) {
  auto found = families_.find(name);
  if (found == families_.end()) {
    auto made = std::make_unique<Family>();
    made->help = help;
    made->type = type;
    found = families_.emplace(std::string(name), std::move(made)).first;
  }
  CAIRN_CHECK(found->second->type == type);
  return *found->second;
}

Counter& MetricsRegistry::counter(std::string_view name, std::string_view help,
                                  MetricLabels labels) {
  MutexLock lock(mutex_);
  auto& slot = family(name, help, "counter").at(std::move(labels)).counter;
  if (!slot) slot = std::make_unique<Counter>();
  return *slot;
}

Gauge& MetricsRegistry::gauge(std::string_view name, std::string_view help, MetricLabels labels) {
  MutexLock lock(mutex_);
  auto& slot = family(name, help, "gauge").at(std::move(labels)).gauge;
  if (!slot) slot = std::make_unique<Gauge>();
  return *slot;
}

Histogram& MetricsRegistry::histogram(std::string_view name, std::string_view help,
                                      std::vector<double> bounds, MetricLabels labels) {
  MutexLock lock(mutex_);
  auto& slot = family(name, help, "histogram").at(std::move(labels)).histogram;
  if (!slot) slot = std::make_unique<Histogram>(std::move(bounds));
  return *slot;
}

void MetricsRegistry::gauge_from(std::string_view name, std::string_view help, MetricLabels labels,
                                 std::function<double()> read) {
  MutexLock lock(mutex_);
  family(name, help, "gauge").at(std::move(labels)).read = std::move(read);
}

void MetricsRegistry::before_scrape(std::function<void()> update) {
  MutexLock lock(mutex_);
  updates_.push_back(std::move(update));
}

std::string MetricsRegistry::render_prometheus() const {
  std::vector<std::function<void()>> updates;
  {
    MutexLock lock(mutex_);
    updates = updates_;
  }
  {
    MutexLock one_scrape(scrape_mutex_);
    for (const auto& update : updates) update();
  }
  std::string out;
  MutexLock lock(mutex_);
  for (const auto& [name, family] : families_) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, family->help, name, family->type);
    for (const auto& [labels, series] : family->series) {
      if (series.counter) out += fmt::format("{}{} {}\n", name, labels, series.counter->value());
      if (series.gauge) out += fmt::format("{}{} {}\n", name, labels, series.gauge->value());
      if (series.read) out += fmt::format("{}{} {}\n", name, labels, series.read());
      if (!series.histogram) continue;
      const auto [counts, sum] = series.histogram->snapshot();
      for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto& bounds = series.histogram->bounds();
        std::string bound = i < bounds.size() ? fmt::format("{}", bounds[i]) : "+Inf";
        out += fmt::format("{}_bucket{} {}\n", name, with_bound(series.labels, std::move(bound)),
                           counts[i]);
      }
      out += fmt::format("{}_sum{} {}\n{}_count{} {}\n", name, labels, sum, name, labels,
                         counts.back());
    }
  }
  return out;
}

}  // namespace cairn
