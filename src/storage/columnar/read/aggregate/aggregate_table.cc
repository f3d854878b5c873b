// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/aggregate/aggregate_table.h"

#include <algorithm>
#include <map>

namespace cairn::storage::columnar {
namespace {

using Group = std::vector<std::optional<Constant>>;

// nullopt first, then the order of constants.
bool group_before(const Group& a, const Group& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].has_value() != b[i].has_value()) return b[i].has_value();
    if (!a[i]) continue;
    const std::strong_ordering order = compare(*a[i], *b[i]);
    if (order != 0) return order < 0;
  }
  return false;
}

// Groups of an answer: their values, what they count, their cells in order of time.
struct AnswerGroup {
  Group values;
  std::uint64_t count = 0;
  std::vector<std::size_t> cells;
};

}  // namespace

AggregateTable::AggregateTable(const AggregateRequest& request)
    : request_(request), pairs_(kMostGroups), levels_(1), cell_ids_(kMostCells), last_cells_(1) {
  for (const Aggregation& function : request.functions) {
    field_of_.emplace_back();
    if (function.function == Aggregation::Function::kCount) continue;
    auto place = std::ranges::find(fields_, function.field);
    if (place == fields_.end()) {
      fields_.push_back(function.field);
      uses_.push_back({false, function.field == Field::intrinsic(Intrinsic::kDuration)});
      place = std::prev(fields_.end());
    }
    const auto index = static_cast<std::size_t>(place - fields_.begin());
    field_of_.back() = index;
    if (function.function == Aggregation::Function::kQuantile) uses_[index].quantiles = true;
  }
}

std::uint32_t AggregateTable::value_id(const model::AnyValue& value) {
  const std::uint32_t id = values_.id_of(value);
  return id == ValueIds::kFull ? kNone : id + 1;
}

std::uint32_t AggregateTable::extend(std::uint32_t group, std::uint32_t value) {
  if (group == kNone || value == kNone) {
    full_ = true;
    return kNone;
  }
  if (group == kRoot && value < first_.size() && first_[value] != kNone) return first_[value];
  const std::uint32_t pair = pairs_.id_of(group, value);
  if (pair == PairIds::kFull) {
    full_ = true;
    return kNone;
  }
  const std::uint32_t level = pair + 1;
  if (level == levels_.size()) {
    levels_.push_back({group, value});
    last_cells_.emplace_back();
  }
  if (group == kRoot) {
    if (first_.size() <= value) first_.resize(value + 1, kNone);
    first_[value] = level;
  }
  return level;
}

std::uint32_t AggregateTable::cell(std::uint32_t group, std::uint64_t start) {
  LastCell& last = last_cells_[group];
  if (last.begin <= start && start <= last.last) return last.cell;
  const auto step = static_cast<std::uint64_t>(request_.step.count());
  const std::uint64_t bucket = step == 0 ? request_.range.begin.unix_nanos : start - start % step;
  const std::uint32_t id = cell_ids_.id_of(group, bucket);
  if (id == PairIds::kFull) {
    full_ = true;
    return kNone;
  }
  if (id == cells_.size()) {
    cells_.push_back({group, {bucket}, 0});
    numbers_.resize(numbers_.size() + fields_.size());
  }
  const std::uint64_t end = step == 0 ? ~std::uint64_t{0} : bucket + (step - 1);
  last = {step == 0 ? 0 : bucket, end < bucket ? ~std::uint64_t{0} : end, id};
  return id;
}

void AggregateTable::add(std::uint32_t cell, std::size_t field, double number) {
  if (exact_ && ++exact_numbers_ > kMostNumbers) {
    exact_ = false;
    for (std::size_t i = 0; i < numbers_.size(); ++i) numbers_[i].spill(uses_[i % uses_.size()]);
  }
  numbers_[cell * fields_.size() + field].add(number, uses_[field], exact_);
}

void AggregateTable::merge(std::uint32_t cell, const LatencyHistogram& durations) {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    numbers_[cell * fields_.size() + i].merge(durations);
  }
}

bool AggregateTable::fits(ReadSession& session) const {
  if (numbers_.size() < 1000) return true;
  std::size_t bytes = 0;
  for (const NumberSummary& numbers : numbers_) bytes += numbers.memory_bytes();
  if (bytes <= kMostBytes) return true;
  session.partial("aggregate: the groups need too much memory");
  return false;
}

std::vector<std::optional<Constant>> AggregateTable::group_values(std::uint32_t group) const {
  Group values(request_.group_by.size());
  for (std::size_t i = values.size(); i > 0; --i) {
    const Level& level = levels_[group];
    if (level.value != kRoot) values[i - 1] = values_.constant(level.value - 1);
    group = level.before;
  }
  return values;
}

AggregateRow AggregateTable::row(const Cell& cell, std::size_t index,
                                 const std::vector<std::optional<Constant>>& group) {
  AggregateRow made{group, cell.bucket, cell.count, {}};
  for (std::size_t i = 0; i < field_of_.size(); ++i) {
    if (!field_of_[i]) {
      made.values.push_back(static_cast<double>(cell.count));
      continue;
    }
    const std::size_t field = *field_of_[i];
    made.values.push_back(
        numbers_[index * fields_.size() + field].compute(request_.functions[i], uses_[field]));
  }
  return made;
}

AggregateResult AggregateTable::result(ReadSession& session) {
  std::map<std::uint32_t, AnswerGroup> by_id;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].count == 0) continue;
    AnswerGroup& group = by_id[cells_[i].group];
    group.count += cells_[i].count;
    group.cells.push_back(i);
  }
  std::vector<AnswerGroup> groups;
  for (auto& [id, group] : by_id) {
    group.values = group_values(id);
    std::ranges::sort(group.cells, {}, [this](std::size_t cell) { return cells_[cell].bucket; });
    groups.push_back(std::move(group));
  }
  std::ranges::sort(groups, [](const AnswerGroup& a, const AnswerGroup& b) {
    return a.count != b.count ? a.count > b.count : group_before(a.values, b.values);
  });
  AggregateResult result;
  result.limited = groups.size() > request_.limit;
  if (result.limited) groups.resize(request_.limit);
  std::ranges::sort(groups, [](const AnswerGroup& a, const AnswerGroup& b) {
    return group_before(a.values, b.values);
  });
  for (const AnswerGroup& group : groups) {
    for (const std::size_t cell : group.cells) {
      result.rows.push_back(row(cells_[cell], cell, group.values));
    }
  }
  if (full_) session.partial("aggregate: too many groups; some are left out");
  result.completeness = session.completeness();
  return result;
}

}  // namespace cairn::storage::columnar
