// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/aggregate/aggregate_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "storage/api/field_values.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

// A number that aggregates count: an int or a double, and not NaN.
std::optional<double> number_of(const AnyValue& value) {
  if (value.is(AnyValue::Kind::kInt)) return static_cast<double>(value.as_int());
  if (value.is(AnyValue::Kind::kDouble) && !std::isnan(value.as_double())) {
    return value.as_double();
  }
  return std::nullopt;
}

// The number of each matching row; NaN where there is none, as no number is NaN.
std::vector<double> numbers_of(const FieldColumn& column, const Verdicts& verdicts,
                               std::size_t rows) {
  std::vector<double> numbers(rows, std::numeric_limits<double>::quiet_NaN());
  const std::span<const std::uint64_t> ints = column.ints();
  if (!ints.empty() && column.by_row && column.present.empty()) {
    for (std::size_t row = 0; row < rows; ++row) {
      numbers[row] = static_cast<double>(static_cast<std::int64_t>(ints[row]));
    }
    return numbers;
  }
  for (std::size_t row = 0; row < rows; ++row) {
    if (verdicts[row] != Verdict::kYes || column.is_open(row)) continue;
    const std::optional<double> number = number_of(column.value(row));
    if (number) numbers[row] = *number;
  }
  return numbers;
}

}  // namespace

AggregateRows::AggregateRows(const AggregateRequest& request, RowMatcher& matcher,
                             AggregateTable& table, ReadSession& session)
    : request_(request), matcher_(matcher), table_(table), session_(session) {
  for (const Field& field : request.group_by) groups_.emplace_back(field);
  for (const Field& field : table.fields()) numbers_.emplace_back(field);
}

Result<void> AggregateRows::add(const RowGroup& group) {
  GroupView view(group);
  return visit_classes(view, session_, [&](ClassView& rows) { return add_class(rows); });
}

bool AggregateRows::Columns::open(std::size_t row) const {
  const auto is_open = [row](const FieldColumn& column) { return column.is_open(row); };
  return std::ranges::any_of(groups, is_open) || std::ranges::any_of(numbers, is_open);
}

Result<AggregateRows::Columns> AggregateRows::read(ClassView& view) {
  Columns columns;
  for (FieldReader& reader : groups_) {
    ASSIGN_OR_RETURN(FieldColumn column, reader.read(view));
    columns.groups.push_back(std::move(column));
  }
  for (FieldReader& reader : numbers_) {
    ASSIGN_OR_RETURN(FieldColumn column, reader.read(view));
    columns.numbers.push_back(std::move(column));
  }
  return columns;
}

Result<void> AggregateRows::add_class(ClassView& view) {
  ASSIGN_OR_RETURN(const Verdicts verdicts, matcher_.match(view));
  if (verdicts.are(Verdict::kNo)) return {};
  ASSIGN_OR_RETURN(const Columns columns, read(view));
  const std::vector<std::uint32_t> groups = groups_of(columns, verdicts, view.size());
  const bool by_time = request_.step != Duration(0);
  std::span<const std::uint64_t> starts;
  if (by_time) {
    ASSIGN_OR_RETURN(starts, view.starts());
  }
  const auto is_open_column = [](const FieldColumn& column) { return !column.open.empty(); };
  const bool some_open = std::ranges::any_of(columns.groups, is_open_column) ||
                         std::ranges::any_of(columns.numbers, is_open_column);
  if (!some_open && !by_time && columns.numbers.empty() && verdicts.all && groups.size() == 1) {
    if (groups[0] == AggregateTable::kNone) return {};
    const std::uint32_t cell = table_.cell(groups[0], 0);
    if (cell != AggregateTable::kNone) table_.count(cell, view.size());
    return {};
  }
  std::vector<std::vector<double>> numbers;
  for (const FieldColumn& column : columns.numbers) {
    numbers.push_back(numbers_of(column, verdicts, view.size()));
  }
  std::vector<std::uint32_t> open;
  for (std::uint32_t row = 0; row < view.size(); ++row) {
    if (verdicts[row] != Verdict::kYes) continue;
    if (some_open && columns.open(row)) {
      open.push_back(row);
      continue;
    }
    const std::uint32_t group = groups.size() == 1 ? groups[0] : groups[row];
    if (group == AggregateTable::kNone) continue;
    const std::uint32_t cell = table_.cell(group, by_time ? starts[row] : 0);
    if (cell == AggregateTable::kNone) continue;
    table_.count(cell, 1);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (!std::isnan(numbers[i][row])) table_.add(cell, i, numbers[i][row]);
    }
  }
  return add_open(view, open);
}

std::uint32_t AggregateRows::value_id(const FieldColumn& column, std::uint32_t code) {
  if (code == FieldColumn::kAbsent) return AggregateTable::kRoot;
  std::uint32_t& slot = column.table->slot(code);
  if (slot == ValueTable::kNoSlot) slot = table_.value_id(column.table->value(code));
  return slot;
}

std::vector<std::uint32_t> AggregateRows::groups_of(const Columns& columns,
                                                    const Verdicts& verdicts, std::size_t rows) {
  std::vector<std::uint32_t> groups(1, AggregateTable::kRoot);
  for (const FieldColumn& column : columns.groups) {
    const bool same = (column.same && column.present.empty()) || !column.table;
    if (same && groups.size() == 1) {
      groups[0] = table_.extend(groups[0], value_id(column, column.code(0)));
      continue;
    }
    if (groups.size() == 1) groups.resize(rows, groups[0]);
    std::uint32_t last_group = AggregateTable::kNone;
    std::uint32_t last_value = AggregateTable::kNone;
    std::uint32_t extended = AggregateTable::kNone;
    for (std::size_t row = 0; row < rows; ++row) {
      // The value of an open row comes later.
      if (verdicts[row] != Verdict::kYes || column.is_open(row)) continue;
      const std::uint32_t value = value_id(column, column.code(row));
      if (groups[row] != last_group || value != last_value) {
        last_group = groups[row];
        last_value = value;
        extended = table_.extend(last_group, value);
      }
      groups[row] = extended;
    }
  }
  return groups;
}

Result<void> AggregateRows::add_open(ClassView& view, std::span<const std::uint32_t> class_rows) {
  if (class_rows.empty()) return {};
  ASSIGN_OR_RETURN(const auto all_rows, view.rows());
  std::vector<RowIndex> rows;
  for (const std::uint32_t row : class_rows) rows.push_back(all_rows[row]);
  return visit_spans(view.group().group(), rows, session_,
                     [&](std::size_t, const SpanRef& ref) { add_span(ref); });
}

void AggregateRows::add_span(const SpanRef& ref) {
  std::uint32_t group = AggregateTable::kRoot;
  for (const Field& field : request_.group_by) {
    std::uint32_t value = AggregateTable::kRoot;
    any_value(ref, field, [&](const AnyValue& found) {
      value = table_.value_id(found);
      return true;
    });
    group = table_.extend(group, value);
  }
  if (group == AggregateTable::kNone) return;
  const std::uint32_t cell = table_.cell(group, ref.span->start.unix_nanos);
  if (cell == AggregateTable::kNone) return;
  table_.count(cell, 1);
  for (std::size_t i = 0; i < table_.fields().size(); ++i) {
    std::optional<double> number;
    any_value(ref, table_.fields()[i], [&](const AnyValue& found) {
      number = number_of(found);
      return true;
    });
    if (number) table_.add(cell, i, *number);
  }
}

}  // namespace cairn::storage::columnar
