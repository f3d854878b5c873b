// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/scan/field_reader.h"

#include <algorithm>

#include "storage/columnar/read/condition/column_value.h"

namespace cairn::storage::columnar {

using model::AnyValue;

std::shared_ptr<ValueTable> ValueTable::of_values(std::vector<AnyValue> values) {
  auto table = std::make_shared<ValueTable>();
  table->values_ = std::move(values);
  return table;
}

std::shared_ptr<ValueTable> ValueTable::of_texts(Pinned<std::string_view> texts) {
  auto table = std::make_shared<ValueTable>();
  table->texts_ = std::move(texts);
  return table;
}

std::shared_ptr<ValueTable> ValueTable::of_numbers(Pinned<std::uint64_t> numbers, ColumnType type) {
  auto table = std::make_shared<ValueTable>();
  table->numbers_ = std::move(numbers);
  table->type_ = type;
  return table;
}

std::size_t ValueTable::size() const {
  if (texts_) return texts_->size();
  return numbers_ ? numbers_->size() : values_.size();
}

AnyValue ValueTable::value(std::uint32_t code) const {
  if (texts_) return AnyValue::string((*texts_)[code]);
  return numbers_ ? value_of_number(type_, (*numbers_)[code]) : values_[code];
}

FieldColumn FieldColumn::constant(std::shared_ptr<ValueTable> one) {
  FieldColumn made;
  made.table = std::move(one);
  made.same = 0;
  return made;
}

Result<FieldColumn> FieldReader::read(ClassView& view) {
  RETURN_IF_ERROR(enter(view.group()));
  if (const Intrinsic* which = std::get_if<Intrinsic>(&field_.what)) return intrinsic(view, *which);
  const std::string& key = *std::get_if<std::string>(&field_.what);
  switch (field_.level) {
    case Level::kResource:
      return resource(view, key);
    case Level::kScope:
      return scope(view, key);
    case Level::kSpan:
      return attribute(view);
    case Level::kAny:
      return any_level(view, key);
    default:
      return in_extra(view, false);
  }
}

Result<void> FieldReader::enter(GroupView& group) {
  ASSIGN_OR_RETURN(auto schema, group.schema());
  if (schema == schema_) return {};
  schema_ = std::move(schema);
  columns_.clear();
  dictionaries_.clear();
  resources_ = nullptr;
  has_value_.clear();
  const std::string* key = std::get_if<std::string>(&field_.what);
  const bool is_name = field_ == Field::intrinsic(Intrinsic::kName);
  const std::size_t columns = schema_->columns.published_size();
  for (std::size_t i = 0; i < columns && (key || is_name); ++i) {
    const ColumnKey& column = schema_->columns[i];
    const bool holds_names = column.type == ColumnType::kName;
    const bool wanted =
        is_name ? holds_names : !holds_names && column.occurrence == 0 && column.key == *key;
    if (wanted) columns_.push_back(static_cast<ColumnId>(i));
  }
  has_rest_ = false;
  const std::size_t shapes = schema_->shapes.published_size();
  for (std::size_t i = 0; i < shapes && key && !has_rest_; ++i) {
    has_rest_ = schema_->shapes[i].rest;
  }
  return {};
}

Result<FieldColumn> FieldReader::intrinsic(ClassView& view, Intrinsic intrinsic) {
  ASSIGN_OR_RETURN(const SpanClass span_class, view.span_class());
  if (span_class.scope >= schema_->scopes.published_size()) {
    return corruption("row group: a class without a scope");
  }
  switch (intrinsic) {
    case Intrinsic::kName:
      if (span_class.name == kNameInColumn) return span_columns(view, columns_);
      if (span_class.name >= schema_->names.published_size()) {
        return corruption("row group: a class without a name");
      }
      return class_text(schema_->names[span_class.name]);
    case Intrinsic::kKind:
      return class_text(model::to_text(static_cast<model::SpanKind>(span_class.kind)));
    case Intrinsic::kStatus:
      return class_text(model::to_text(static_cast<model::StatusCode>(span_class.status_code)));
    case Intrinsic::kScopeName:
      return class_text(schema_->scopes[span_class.scope].name);
    case Intrinsic::kScopeVersion:
      return class_text(schema_->scopes[span_class.scope].version);
    case Intrinsic::kDuration:
    case Intrinsic::kStart:
    case Intrinsic::kEnd:
      return times(view, intrinsic);
    case Intrinsic::kSpanId:
    case Intrinsic::kParentSpanId:
    case Intrinsic::kTraceId:
      return ids(view, intrinsic);
    default:
      return in_extra(view, intrinsic == Intrinsic::kStatusMessage);
  }
}

// What is in the class or the schema lives as long as the source: no copy.
Result<FieldColumn> FieldReader::class_text(std::string_view text) {
  return FieldColumn::constant(ValueTable::of_values({AnyValue::string(text)}));
}

Result<FieldColumn> FieldReader::scope(ClassView& view, const std::string& key) {
  ASSIGN_OR_RETURN(const SpanClass span_class, view.span_class());
  if (span_class.scope >= schema_->scopes.published_size()) {
    return corruption("row group: a class without a scope");
  }
  const model::Attribute* found =
      model::find_attribute(schema_->scopes[span_class.scope].attributes, key);
  if (!found) return FieldColumn::absent();
  return FieldColumn::constant(ValueTable::of_values({found->value}));
}

Result<FieldColumn> FieldReader::resource(ClassView& view, const std::string& key) {
  const std::size_t count = schema_->resources.published_size();
  if (!resources_ || has_value_.size() < count) {
    std::vector<AnyValue> values(count);
    has_value_.assign(count, 0);
    for (std::size_t i = 0; i < count; ++i) {
      const auto* found = model::find_attribute(schema_->resources[i].attributes, key);
      if (!found) continue;
      values[i] = found->value;
      has_value_[i] = 1;
    }
    resources_ = ValueTable::of_values(std::move(values));
  }
  ASSIGN_OR_RETURN(const auto resources, view.resources());
  FieldColumn made;
  made.table = resources_;
  made.own_codes.resize(resources.size());
  for (std::size_t i = 0; i < resources.size(); ++i) {
    made.own_codes[i] = has_value_[resources[i]] != 0 ? resources[i] : FieldColumn::kAbsent;
  }
  return made;
}

Result<FieldColumn> FieldReader::attribute(ClassView& view) {
  ASSIGN_OR_RETURN(FieldColumn made, span_columns(view, columns_));
  if (!has_rest_) return made;
  ASSIGN_OR_RETURN(const auto shapes, view.shapes());
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (!schema_->shapes[shapes[i]].rest) continue;
    if (made.open.empty()) made.open.resize(shapes.size());
    made.open[i] = 1;
  }
  return made;
}

Result<FieldColumn> FieldReader::span_columns(ClassView& view, std::span<const ColumnId> columns) {
  std::vector<ColumnId> here;
  for (const ColumnId id : columns) {
    ASSIGN_OR_RETURN(const bool has, view.has_column(id));
    if (has) here.push_back(id);
  }
  if (here.empty()) return FieldColumn::absent();
  if (here.size() == 1) return column(view, here.front());
  // The same key with several types: a row has one of them.
  std::vector<AnyValue> values(view.size());
  FieldColumn made;
  made.own_codes.assign(view.size(), FieldColumn::kAbsent);
  std::vector<FieldColumn> parts;
  for (const ColumnId id : here) {
    ASSIGN_OR_RETURN(const FieldColumn one, column(view, id));
    for (std::size_t i = 0; i < view.size(); ++i) {
      if (one.code(i) == FieldColumn::kAbsent) continue;
      values[i] = one.value(i);
      made.own_codes[i] = static_cast<std::uint32_t>(i);
    }
    parts.push_back(one);
  }
  made.table = ValueTable::of_values(std::move(values));
  made.table->keep(std::move(parts));
  return made;
}

Result<FieldColumn> FieldReader::column(ClassView& view, ColumnId id) {
  const ColumnType type = schema_->columns[id].type;
  ASSIGN_OR_RETURN(ColumnValues values, view.column(id, type));
  FieldColumn made;
  made.present = values.present;
  if (type == ColumnType::kEmpty) {
    made.table = ValueTable::of_values({AnyValue()});
    made.same = 0;
    return made;
  }
  if (values.constant) made.same = 0;
  if (!is_text(type)) {
    made.table = ValueTable::of_numbers(values.numbers, type);
    made.by_row = !values.constant;
    return made;
  }
  if (values.codes.empty()) {
    const auto which = values.constant ? std::span<const std::uint8_t>() : values.present.view;
    ASSIGN_OR_RETURN(made.table, text_table(values.texts, which, type));
    made.by_row = !values.constant;
    return made;
  }
  ASSIGN_OR_RETURN(made.table, dictionary(view.group(), id, type));
  if (values.constant) {
    made.same = values.codes[0];
    if (*made.same >= made.table->size()) {
      return corruption("row group: a code beyond its dictionary");
    }
  }
  made.codes = values.codes;
  return made;
}

Result<std::shared_ptr<ValueTable>> FieldReader::text_table(const Pinned<std::string_view>& texts,
                                                            std::span<const std::uint8_t> present,
                                                            ColumnType type) {
  if (type == ColumnType::kString || type == ColumnType::kName) return ValueTable::of_texts(texts);
  std::vector<AnyValue> values(texts.size());
  auto arena = std::make_shared<Arena>();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!present.empty() && present[i] == 0) continue;
    ASSIGN_OR_RETURN(values[i], value_of_text(type, texts[i], *arena));
  }
  auto table = ValueTable::of_values(std::move(values));
  table->keep(std::move(arena));
  table->keep(texts);
  return table;
}

Result<std::shared_ptr<ValueTable>> FieldReader::dictionary(GroupView& group, ColumnId id,
                                                            ColumnType type) {
  TablePointer& found = dictionaries_[id];
  if (!found) {
    ASSIGN_OR_RETURN(const auto texts, group.group().dictionary(id));
    ASSIGN_OR_RETURN(found, text_table(texts, {}, type));
  }
  return found;
}

}  // namespace cairn::storage::columnar
