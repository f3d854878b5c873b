// SPDX-License-Identifier: Apache-2.0
//
// Leaf on attribute columns: dictionaries first, then codes, texts and numbers.
#include <algorithm>

#include "storage/columnar/read/condition/column_value.h"
#include "storage/columnar/read/condition/leaf.h"

namespace cairn::storage::columnar {

using model::AnyValue;

Result<const Leaf::TextTable*> Leaf::text_table(OfSource& of, const RowGroup& group,
                                                ColumnId column) {
  const auto found = of.texts.find(column);
  if (found != of.texts.end()) return &found->second;
  TextTable table;
  ASSIGN_OR_RETURN(table.dictionary, group.dictionary(column));
  RETURN_IF_ERROR(fill(table, of.schema->columns[column].type));
  return &of.texts.emplace(column, std::move(table)).first->second;
}

Result<void> Leaf::fill(TextTable& table, ColumnType type) const {
  const std::span<const std::string_view> values = table.dictionary.view;
  table.holds.assign(values.size() + 1, 0);
  const bool is_string = type == ColumnType::kString || type == ColumnType::kName;
  const std::string* wanted = is_string ? test_->only_text() : nullptr;
  Arena arena;
  for (std::size_t i = 0; i < values.size(); ++i) {
    bool holds = false;
    if (wanted) {
      holds = values[i] == *wanted;
    } else {
      ASSIGN_OR_RETURN(const AnyValue value, value_of_text(type, values[i], arena));
      holds = test_->holds(value);
      if (!is_string) arena.clear();
    }
    if (!holds) continue;
    table.holds[i] = 1;
    table.last = static_cast<std::uint32_t>(i);
    ++table.count;
  }
  return {};
}

Result<bool> Leaf::may_hold(OfSource& of, const RowGroup& group, ColumnId column) {
  const ColumnType type = of.schema->columns[column].type;
  if (test_->never(kind_of(type))) return false;
  if (type == ColumnType::kEmpty) return test_->holds(AnyValue());
  if (type == ColumnType::kInt && test_->ints()) {
    return !test_->ints()->inside || test_->ints()->low <= test_->ints()->high;
  }
  if (!is_text(type) || test_->only_presence()) return true;
  ASSIGN_OR_RETURN(const TextTable* table, text_table(of, group, column));
  return table->dictionary.empty() || table->count > 0;
}

Result<std::optional<Verdict>> Leaf::decide_attribute(ClassView& view) {
  ASSIGN_OR_RETURN(OfSource * of, of_source(view.group()));
  if (view.id() < of->rest_classes.size() && of->rest_classes[view.id()] != 0) {
    return std::optional<Verdict>();
  }
  for (const ColumnId column : of->columns) {
    ASSIGN_OR_RETURN(const bool has, view.has_column(column));
    if (!has) continue;
    ASSIGN_OR_RETURN(const bool may, may_hold(*of, view.group().group(), column));
    if (may) return std::optional<Verdict>();
  }
  return std::optional<Verdict>(Verdict::kNo);
}

Result<Verdicts> Leaf::evaluate_attribute(ClassView& view, const Verdicts* first) {
  ASSIGN_OR_RETURN(OfSource * of, of_source(view.group()));
  Verdicts verdicts = Verdicts::same(Verdict::kNo);
  for (const ColumnId column : of->columns) {
    ASSIGN_OR_RETURN(const bool has, view.has_column(column));
    if (!has) continue;
    ASSIGN_OR_RETURN(const bool may, may_hold(*of, view.group().group(), column));
    if (may) RETURN_IF_ERROR(evaluate_column(view, *of, column, verdicts));
  }
  if (view.id() < of->rest_classes.size() && of->rest_classes[view.id()] != 0) {
    ASSIGN_OR_RETURN(const auto shapes, view.shapes());
    if (verdicts.all) verdicts = Verdicts::each(view.size(), *verdicts.all);
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      if (of->schema->shapes[shapes[i]].rest) verdicts.rows[i] = Verdict::kOpen;
    }
    if (first) RETURN_IF_ERROR(look_into_extras(view, *first, verdicts));
  }
  unify(verdicts);
  return verdicts;
}

Result<void> Leaf::evaluate_column(ClassView& view, OfSource& of, ColumnId column,
                                   Verdicts& verdicts) {
  const ColumnType type = of.schema->columns[column].type;
  ASSIGN_OR_RETURN(const ColumnValues values, view.column(column, type));
  const std::span<const std::uint8_t> present = values.present.view;
  const bool by_code = is_text(type) && !values.codes.empty();
  const TextTable* table = nullptr;
  if (by_code && !test_->only_presence()) {
    ASSIGN_OR_RETURN(table, text_table(of, view.group().group(), column));
  }
  if (values.constant || type == ColumnType::kEmpty || test_->only_presence()) {
    bool holds = true;
    if (!test_->only_presence()) {
      Arena arena;
      const auto dictionary = table ? table->dictionary.view : std::span<const std::string_view>();
      ASSIGN_OR_RETURN(const AnyValue value, constant_value(values, type, dictionary, arena));
      holds = test_->holds(value);
    }
    if (!holds) return {};
    if (present.empty()) {
      verdicts = Verdicts::same(Verdict::kYes);
      return {};
    }
    if (verdicts.all) verdicts = Verdicts::each(view.size(), *verdicts.all);
    raise_where(present, Verdict::kYes, verdicts.rows);
    return {};
  }
  if (verdicts.all) verdicts = Verdicts::each(view.size(), *verdicts.all);
  if (!is_text(type)) {
    evaluate_numbers(values.numbers.view, type, present, verdicts.rows);
  } else if (!by_code) {
    return evaluate_texts(values, type, verdicts.rows);
  } else if (table->count == 1) {
    yes_where_code(values.codes.view, table->last, present, verdicts.rows);
  } else {
    yes_by_table(values.codes.view, table->holds, present, verdicts.rows);
  }
  return {};
}

Result<void> Leaf::evaluate_texts(const ColumnValues& values, ColumnType type,
                                  std::span<Verdict> out) const {
  const bool is_string = type == ColumnType::kString || type == ColumnType::kName;
  const std::string* wanted = is_string ? test_->only_text() : nullptr;
  const std::span<const std::uint8_t> present = values.present.view;
  Arena arena;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!present.empty() && present[i] == 0) continue;
    bool holds = false;
    if (wanted) {
      holds = values.texts[i] == *wanted;
    } else {
      ASSIGN_OR_RETURN(const AnyValue value, value_of_text(type, values.texts[i], arena));
      holds = test_->holds(value);
      if (!is_string) arena.clear();
    }
    if (holds) out[i] = Verdict::kYes;
  }
  return {};
}

void Leaf::evaluate_numbers(std::span<const std::uint64_t> numbers, ColumnType type,
                            std::span<const std::uint8_t> present, std::span<Verdict> out) const {
  if (type == ColumnType::kInt && test_->ints()) {
    yes_in_interval(numbers, *test_->ints(), present, out);
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!present.empty() && present[i] == 0) continue;
    if (test_->holds(value_of_number(type, numbers[i]))) out[i] = Verdict::kYes;
  }
}

}  // namespace cairn::storage::columnar
