// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/trace/trace_order.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace cairn::storage::columnar {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
// Up to here it is faster to compare with every span id than to sort them.
constexpr std::size_t kFewSpans = 24;

std::uint64_t number_of(const model::SpanId& id) {
  std::uint64_t number = 0;
  std::memcpy(&number, id.bytes.data(), sizeof number);
  return number;
}

// As an integer that sorts like the bytes.
std::uint64_t big_endian(const std::byte* bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes, sizeof number);
  return __builtin_bswap64(number);
}

// Puts the rows of one trace after another into the order. Keeps its memory from trace to trace.
class TraceSorter {
 public:
  explicit TraceSorter(TraceOrder& order) : order_(order) {}

  void add(const SpanTable& table, std::span<const RowIndex> rows) {
    spans_.clear();
    for (const RowIndex row : rows) spans_.push_back(table.rows[row]);
    sort_by_start();
    find_parents();
    link_children();
    const std::size_t begin = order_.spans.size();
    for (std::uint32_t root = first_root_; root != kNone; root = next_[root]) walk(root, begin);
    // What is left hangs on rings.
    for (std::uint32_t i = 0; order_.spans.size() - begin < spans_.size(); ++i) {
      if (place_[i] != kNone) continue;
      parent_[i] = kNone;
      walk(i, begin);
    }
  }

 private:
  struct Key {
    std::uint64_t start;
    std::uint64_t id;
    std::uint32_t at;
    auto operator<=>(const Key&) const = default;
  };

  void sort_by_start() {
    keys_.clear();
    for (std::uint32_t i = 0; i < spans_.size(); ++i) {
      keys_.push_back({spans_[i].start, big_endian(spans_[i].span_id.bytes.data()), i});
    }
    std::sort(keys_.begin(), keys_.end());
    sorted_.clear();
    for (const Key& key : keys_) sorted_.push_back(spans_[key.at]);
  }

  void find_parents() {
    const std::size_t count = sorted_.size();
    parent_.assign(count, kNone);
    if (count > kFewSpans) return find_parents_among_many();
    ids_.resize(count);
    for (std::size_t i = 0; i < count; ++i) ids_[i] = number_of(sorted_[i].span_id);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint64_t wanted = number_of(sorted_[i].parent_span_id);
      if (wanted == 0) continue;
      for (std::uint32_t j = 0; j < count; ++j) {
        if (ids_[j] != wanted) continue;
        if (j != i) parent_[i] = j;
        break;
      }
    }
  }

  // Sorting instead of hashing: nobody can choose ids that make it slow.
  void find_parents_among_many() {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> by_id;
    by_id.reserve(sorted_.size());
    for (std::uint32_t i = 0; i < sorted_.size(); ++i) {
      by_id.emplace_back(number_of(sorted_[i].span_id), i);
    }
    std::sort(by_id.begin(), by_id.end());
    for (std::uint32_t i = 0; i < sorted_.size(); ++i) {
      const std::uint64_t wanted = number_of(sorted_[i].parent_span_id);
      if (wanted == 0) continue;
      const auto found = std::lower_bound(by_id.begin(), by_id.end(), std::pair(wanted, 0u));
      if (found == by_id.end() || found->first != wanted || found->second == i) continue;
      parent_[i] = found->second;
    }
  }

  // Lists of children and of roots, each by start: filled from the back.
  void link_children() {
    const std::size_t count = sorted_.size();
    first_child_.assign(count, kNone);
    next_.assign(count, kNone);
    place_.assign(count, kNone);
    first_root_ = kNone;
    for (auto i = static_cast<std::uint32_t>(count); i-- > 0;) {
      std::uint32_t& list = parent_[i] == kNone ? first_root_ : first_child_[parent_[i]];
      next_[i] = list;
      list = i;
    }
  }

  // The subtree of `root`, depth first, without the rows that have their place already.
  void walk(std::uint32_t root, std::size_t begin) {
    std::uint32_t at = root;
    while (true) {
      emit(at, begin);
      std::uint32_t to = unplaced(first_child_[at]);
      while (to == kNone && at != root) {
        to = unplaced(next_[at]);
        at = parent_[at];
      }
      if (to == kNone) return;
      at = to;
    }
  }

  std::uint32_t unplaced(std::uint32_t at) const {
    while (at != kNone && place_[at] != kNone) at = next_[at];
    return at;
  }

  void emit(std::uint32_t at, std::size_t begin) {
    const auto place = static_cast<std::uint32_t>(order_.spans.size() - begin);
    place_[at] = place;
    order_.spans.push_back(sorted_[at]);
    order_.distance.push_back(parent_[at] == kNone ? 0 : place - place_[parent_[at]]);
  }

  TraceOrder& order_;
  std::vector<SpanRow> spans_;
  std::vector<SpanRow> sorted_;
  std::vector<Key> keys_;
  std::vector<std::uint64_t> ids_;
  std::vector<std::uint32_t> parent_;
  std::vector<std::uint32_t> first_child_;
  std::vector<std::uint32_t> next_;   // sibling
  std::vector<std::uint32_t> place_;  // in the trace's order; kNone: not yet
  std::uint32_t first_root_ = kNone;
};

struct TraceKey {
  std::uint64_t high;
  std::uint64_t low;
  TraceOrdinal trace;
  auto operator<=>(const TraceKey&) const = default;
};

// The traces that `rows` belong to, by id, and how many rows each has (by ordinal of the table).
std::vector<TraceKey> traces_by_id(const SpanTable& table, std::span<const RowIndex> rows,
                                   std::vector<std::uint32_t>& counts) {
  std::vector<TraceKey> traces;
  counts.assign(table.traces.size(), 0);
  for (const RowIndex row : rows) {
    const TraceOrdinal trace = table.trace_of_row[row];
    if (counts[trace]++ > 0) continue;
    const auto& bytes = table.traces[trace].bytes;
    traces.push_back({big_endian(bytes.data()), big_endian(bytes.data() + 8), trace});
  }
  std::sort(traces.begin(), traces.end());
  return traces;
}

}  // namespace

TraceOrder order_traces(const SpanTable& table, std::span<const RowIndex> rows) {
  std::vector<std::uint32_t> counts;
  const std::vector<TraceKey> traces = traces_by_id(table, rows, counts);

  TraceOrder order;
  order.first.reserve(traces.size() + 1);
  RowIndex next = 0;
  for (const TraceKey& trace : traces) {
    order.first.push_back(next);
    next += std::exchange(counts[trace.trace], order.first.back());
  }
  order.first.push_back(next);
  std::vector<RowIndex> grouped(rows.size());
  for (const RowIndex row : rows) grouped[counts[table.trace_of_row[row]]++] = row;

  order.spans.reserve(rows.size());
  order.distance.reserve(rows.size());
  TraceSorter sorter(order);
  for (std::size_t i = 0; i < traces.size(); ++i) {
    const std::size_t begin = order.first[i];
    // The next trace's rows lie anywhere in the table.
    for (std::size_t at = order.first[i + 1]; at < grouped.size() && at < order.first[i + 1] + 24;
         ++at) {
      __builtin_prefetch(&table.rows[grouped[at]]);
    }
    sorter.add(table,
               std::span<const RowIndex>(grouped).subspan(begin, order.first[i + 1] - begin));
  }
  return order;
}

}  // namespace cairn::storage::columnar
