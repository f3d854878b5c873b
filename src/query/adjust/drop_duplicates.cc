// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
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

// The indices of the spans, equal ids together.
std::vector<std::size_t> by_id(const std::vector<model::Span>& spans) {
  std::vector<std::pair<std::uint64_t, std::size_t>> keyed(spans.size());
  for (std::size_t i = 0; i < spans.size(); ++i) {
    keyed[i] = {std::bit_cast<std::uint64_t>(spans[i].span_id.bytes), i};
  }
  std::ranges::sort(keyed);
  std::vector<std::size_t> order;
  order.reserve(keyed.size());
  for (const auto& [id, index] : keyed) order.push_back(index);
  return order;
}

// Calls `visit` with each run of two or more neighbours that agree in `key`.
template <typename Key, typename Visit>
void for_each_run(std::span<std::size_t> indices, Key key, Visit visit) {
  for (std::size_t begin = 0; begin < indices.size();) {
    std::size_t end = begin + 1;
    while (end < indices.size() && key(indices[end]) == key(indices[begin])) ++end;
    if (end - begin > 1) visit(indices.subspan(begin, end - begin));
    begin = end;
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
  const auto id_of = [&](std::size_t i) { return spans[i].span_id; };
  const auto rough_content_of = [&](std::size_t i) { return rough_content(spans[i]); };
  std::vector<bool> drop(spans.size());
  // Nearly every id is there once: only the few that are not are worth a look at their content.
  std::vector<std::size_t> order = by_id(spans);
  for_each_run(std::span(order), id_of, [&](std::span<std::size_t> same_id) {
    std::ranges::stable_sort(same_id, {}, rough_content_of);
    for_each_run(same_id, rough_content_of,
                 [&](std::span<std::size_t> alike) { mark_duplicates(trace.batch, alike, drop); });
  });
  if (std::ranges::find(drop, true) != drop.end()) erase_marked(trace, drop);
}

}  // namespace cairn::query::adjust
