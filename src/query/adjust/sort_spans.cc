// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "query/adjust/adjust.h"

namespace cairn::query::adjust {
namespace {

bool comes_before(const model::Span& a, const model::Span& b) {
  if (a.start != b.start) return a.start < b.start;
  if (a.end != b.end) return a.end > b.end;
  return a.span_id < b.span_id;
}

}  // namespace

void sort_spans(Trace& trace) {
  std::vector<model::Span>& spans = trace.batch.spans;
  if (std::ranges::is_sorted(spans, comes_before)) return;
  std::vector<std::size_t> order(spans.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return comes_before(spans[a], spans[b]); });
  std::vector<model::Span> sorted;
  sorted.reserve(spans.size());
  for (const std::size_t i : order) sorted.push_back(spans[i]);
  spans = std::move(sorted);
  if (trace.span_warnings.empty()) return;
  std::vector<std::vector<std::string>> warnings(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    warnings[i] = std::move(trace.span_warnings[order[i]]);
  }
  trace.span_warnings = std::move(warnings);
}

}  // namespace cairn::query::adjust
