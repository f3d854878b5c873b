// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <tuple>

#include "query/adjust/adjust.h"

namespace cairn::query::adjust {
namespace {

// Of spans that agree in what is cheap to compare, each is compared in full with at most so many
// others, so that a sender of look-alikes cannot make a read quadratic.
constexpr std::size_t kMaxComparisons = 64;

auto rough_content(const model::Span& span) {
  return std::tuple(span.span_id, span.start, span.end, span.parent_span_id, span.name,
                    span.attributes.size(), span.events.size());
}

bool equal_spans(const model::Batch& batch, const model::Span& a, const model::Span& b) {
  if (!model::same_content(a, b)) return false;
  if (a.scope == b.scope) return true;
  return model::same_content(batch.scope_of(a), batch.scope_of(b)) &&
         model::same_content(batch.resource_of(a), batch.resource_of(b));
}

// Marks the later ones of equal spans among `group`: indices in ascending order.
void mark_duplicates(const model::Batch& batch, std::span<const std::size_t> group,
                     std::vector<bool>& drop) {
  std::vector<std::size_t> distinct;
  for (const std::size_t index : group) {
    const auto is_copy = [&](std::size_t other) {
      return equal_spans(batch, batch.spans[other], batch.spans[index]);
    };
    if (std::ranges::any_of(distinct, is_copy)) {
      drop[index] = true;
    } else if (distinct.size() < kMaxComparisons) {
      distinct.push_back(index);
    }
  }
}

void erase_marked(Trace& trace, const std::vector<bool>& drop) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < drop.size(); ++i) {
    if (drop[i]) continue;
    trace.batch.spans[kept] = trace.batch.spans[i];
    if (!trace.span_warnings.empty()) {
      std::swap(trace.span_warnings[kept], trace.span_warnings[i]);
    }
    ++kept;
  }
  trace.batch.spans.resize(kept);
  if (!trace.span_warnings.empty()) trace.span_warnings.resize(kept);
}

}  // namespace

void drop_duplicates(Trace& trace) {
  const std::vector<model::Span>& spans = trace.batch.spans;
  std::vector<std::size_t> order(spans.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return rough_content(spans[i]); });
  std::vector<bool> drop(spans.size());
  bool any = false;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() &&
           rough_content(spans[order[end]]) == rough_content(spans[order[begin]])) {
      ++end;
    }
    if (end - begin > 1) {
      mark_duplicates(trace.batch, std::span(order).subspan(begin, end - begin), drop);
      any = true;
    }
    begin = end;
  }
  if (any) erase_marked(trace, drop);
}

}  // namespace cairn::query::adjust
