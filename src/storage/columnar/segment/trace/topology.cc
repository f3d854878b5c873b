// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/trace/topology.h"

#include <algorithm>
#include <bit>

namespace cairn::storage::columnar {
namespace {

// Sequences of (class, distance) that occur, each once.
class PatternTable {
 public:
  explicit PatternTable(const RowStructure& rows) : rows_(rows) {
    limit_ = (rows.first.size() - 1) / 8;
    slots_.assign(std::bit_ceil(4 * limit_ + 16), 0);
  }

  // False: too many to be worth it.
  bool add_all() {
    for (std::size_t trace = 0; trace + 1 < rows_.first.size(); ++trace) {
      if (!add(trace)) return false;
    }
    return true;
  }

  std::vector<std::uint32_t> of_trace;
  std::vector<std::uint32_t> traces;  // by pattern: one that has it

 private:
  std::span<const std::uint32_t> classes(std::size_t trace) const {
    return rows_.classes.subspan(rows_.first[trace], rows_.first[trace + 1] - rows_.first[trace]);
  }
  std::span<const std::uint32_t> distances(std::size_t trace) const {
    return rows_.distances.subspan(rows_.first[trace], rows_.first[trace + 1] - rows_.first[trace]);
  }

  std::uint64_t hash(std::size_t trace) const {
    std::uint64_t hash = 0x9e37'79b9'7f4a'7c15u;
    const auto c = classes(trace);
    const auto d = distances(trace);
    for (std::size_t i = 0; i < c.size(); ++i) {
      hash = (hash ^ (std::uint64_t{c[i]} << 32 | d[i])) * 0xff51'afd7'ed55'8ccdu;
      hash ^= hash >> 32;
    }
    return hash;
  }

  bool add(std::size_t trace) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>(hash(trace)) & mask;
    for (int steps = 0; slots_[at] != 0; at = (at + 1) & mask) {
      const std::uint32_t known = slots_[at] - 1;
      if (std::ranges::equal(classes(trace), classes(traces[known])) &&
          std::ranges::equal(distances(trace), distances(traces[known]))) {
        of_trace.push_back(known);
        return true;
      }
      if (++steps > kMostSteps) return false;
    }
    if (traces.size() >= limit_) return false;
    traces.push_back(static_cast<std::uint32_t>(trace));
    slots_[at] = static_cast<std::uint32_t>(traces.size());
    of_trace.push_back(slots_[at] - 1);
    return true;
  }

  // Sequences that were chosen to collide end the search instead of prolonging it.
  static constexpr int kMostSteps = 64;

  const RowStructure& rows_;
  std::size_t limit_ = 0;
  std::vector<std::uint32_t> slots_;  // pattern plus 1; 0: free
};

std::vector<std::uint32_t> lengths(std::span<const RowIndex> first) {
  std::vector<std::uint32_t> made;
  for (std::size_t i = 0; i + 1 < first.size(); ++i) made.push_back(first[i + 1] - first[i]);
  return made;
}

Result<void> write_rows(const RowStructure& rows, ColumnWriter& out) {
  RETURN_IF_ERROR(
      out.numbers(std::span<const std::uint32_t>(lengths(rows.first)), NumberUse::kStored));
  RETURN_IF_ERROR(out.numbers(rows.classes, NumberUse::kStored));
  return out.numbers(rows.distances, NumberUse::kStored);
}

}  // namespace

Result<void> write_topology(const RowStructure& rows, ColumnWriter& out) {
  PatternTable patterns(rows);
  if (!patterns.add_all()) {
    put_varint(out.directory(), 0);
    return write_rows(rows, out);
  }
  std::vector<std::uint32_t> classes;
  std::vector<std::uint32_t> distances;
  std::vector<RowIndex> first = {0};
  for (const std::uint32_t trace : patterns.traces) {
    for (RowIndex row = rows.first[trace]; row < rows.first[trace + 1]; ++row) {
      classes.push_back(rows.classes[row]);
      distances.push_back(rows.distances[row]);
    }
    first.push_back(static_cast<RowIndex>(classes.size()));
  }
  put_varint(out.directory(), patterns.traces.size());
  put_varint(out.directory(), classes.size());
  RETURN_IF_ERROR(
      out.numbers(std::span<const std::uint32_t>(patterns.of_trace), NumberUse::kStored));
  return write_rows({classes, distances, first}, out);
}

Result<void> Topology::expand(const GroupDirectory& directory, const ColumnPages& pages) {
  const TopologyEntry& entry = directory.topology;
  const std::size_t traces = directory.facts.traces;
  const std::size_t rows = directory.facts.rows;
  const bool by_pattern = entry.patterns > 0;
  const std::size_t stored_rows = by_pattern ? entry.pattern_rows : rows;
  const std::size_t stored = by_pattern ? entry.patterns : traces;
  ASSIGN_OR_RETURN(const auto spans, pages.numbers<std::uint32_t>(entry.spans, stored, "spans"));
  ASSIGN_OR_RETURN(const auto classes,
                   pages.numbers<std::uint32_t>(entry.classes, stored_rows, "classes"));
  ASSIGN_OR_RETURN(const auto distances,
                   pages.numbers<std::uint32_t>(entry.distances, stored_rows, "distances"));
  std::vector<std::uint32_t> pattern_of;
  std::vector<std::uint64_t> begins(stored + 1, 0);
  for (std::size_t i = 0; i < stored; ++i) begins[i + 1] = begins[i] + spans[i];
  if (begins.back() != stored_rows) return corruption("topology: lengths do not add up");
  if (by_pattern) {
    ASSIGN_OR_RETURN(pattern_of, pages.numbers<std::uint32_t>(entry.pattern_of_trace, traces,
                                                              "patterns of traces"));
  }
  classes_.reserve(rows);
  distances_.reserve(rows);
  first_.reserve(traces + 1);
  first_.push_back(0);
  for (std::size_t trace = 0; trace < traces; ++trace) {
    const std::size_t from = by_pattern ? pattern_of[trace] : trace;
    if (from >= stored || spans[from] == 0) return corruption("topology: a trace without rows");
    if (spans[from] > rows - classes_.size()) return corruption("topology: too many rows");
    for (std::uint64_t i = begins[from]; i < begins[from + 1]; ++i) {
      const std::uint32_t distance = distances[static_cast<std::size_t>(i)];
      if (distance > i - begins[from]) return corruption("topology: a parent outside its trace");
      classes_.push_back(classes[static_cast<std::size_t>(i)]);
      distances_.push_back(distance);
    }
    first_.push_back(static_cast<RowIndex>(classes_.size()));
  }
  if (classes_.size() != rows) return corruption("topology: too few rows");
  return {};
}

Result<void> Topology::check(const GroupDirectory& directory) {
  class_count_ = directory.classes.size();
  interval_ = std::max<std::size_t>(512, std::bit_ceil(8 * class_count_));
  std::vector<std::uint32_t> ranks(class_count_, 0);
  for (std::size_t row = 0; row < rows(); ++row) {
    if (row % interval_ == 0) checkpoints_.insert(checkpoints_.end(), ranks.begin(), ranks.end());
    if (classes_[row] >= class_count_) return corruption("topology: a class that does not exist");
    ++ranks[classes_[row]];
  }
  for (std::size_t i = 0; i < class_count_; ++i) {
    if (ranks[i] != directory.classes[i].rows) return corruption("topology: rows of a class");
  }
  return {};
}

Result<Topology> Topology::decode(const GroupDirectory& directory, const PageReader& pages) {
  Topology made;
  const ColumnPages columns(directory, pages);
  Result<void> done = made.expand(directory, columns);
  if (done) done = made.check(directory);
  if (!done) return annotate(done.error(), pages.name());
  return made;
}

Result<std::vector<std::uint32_t>> Topology::spans_of_traces(const GroupDirectory& directory,
                                                             const PageReader& pages) {
  const TopologyEntry& entry = directory.topology;
  const ColumnPages columns(directory, pages);
  const std::size_t stored = entry.patterns > 0 ? entry.patterns : directory.facts.traces;
  ASSIGN_OR_RETURN(auto spans, columns.numbers<std::uint32_t>(entry.spans, stored, "spans"));
  if (entry.patterns > 0) {
    ASSIGN_OR_RETURN(auto made,
                     columns.numbers<std::uint32_t>(entry.pattern_of_trace, directory.facts.traces,
                                                    "patterns of traces"));
    for (std::uint32_t& value : made) {
      if (value >= stored) return corruption("topology: an unknown pattern");
      value = spans[value];
    }
    spans = std::move(made);
  }
  std::uint64_t rows = 0;
  for (const std::uint32_t count : spans) rows += count;
  if (rows != directory.facts.rows) return corruption("topology: rows of traces");
  return spans;
}

TraceOrdinal Topology::trace_of(RowIndex row) const {
  const auto after = std::upper_bound(first_.begin(), first_.end(), row);
  return static_cast<TraceOrdinal>(after - first_.begin() - 1);
}

void Topology::ranks_at(RowIndex row, RowIndex from, std::vector<std::uint32_t>& counts) const {
  const std::size_t checkpoint = row / interval_;
  if (counts.size() != class_count_ || from > row || from < checkpoint * interval_) {
    const auto at = checkpoints_.begin() + static_cast<std::ptrdiff_t>(checkpoint * class_count_);
    counts.assign(at, at + static_cast<std::ptrdiff_t>(class_count_));
    from = static_cast<RowIndex>(checkpoint * interval_);
  }
  for (; from < row; ++from) ++counts[classes_[from]];
}

std::size_t Topology::memory_bytes() const {
  return sizeof *this + classes_.memory_bytes() + distances_.memory_bytes() +
         (first_.capacity() + checkpoints_.capacity()) * sizeof(std::uint32_t);
}

}  // namespace cairn::storage::columnar
