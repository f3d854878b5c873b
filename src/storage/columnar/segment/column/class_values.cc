// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/column/class_values.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "storage/columnar/encoding/record_codec.h"

namespace cairn::storage::columnar {

using model::AnyValue;

ClassValues::ClassValues(const ValueContext& context,
                         std::shared_ptr<const GroupDirectory> directory, const ClassEntry& entry,
                         std::shared_ptr<const ClassPages> pages)
    : context_(context),
      directory_(std::move(directory)),
      entry_(entry),
      pages_(std::move(pages)),
      columns_(entry.column_count) {
  const auto entries = directory_->columns_of(entry_);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].type = context.schema.columns[entries[i].column].type;
    columns_[i].plain = entries[i].plain;
    columns_[i].constant = entries[i].plain
                               ? entries[i].texts.constant
                               : entries[i].numbers.form == NumberColumn::Form::kConstant;
  }
}

// The values of class rows [begin, end) of one column.
Result<void> ClassValues::load(std::size_t index, std::uint32_t begin, std::uint32_t end) {
  Column& column = columns_[index];
  column.next = 0;
  if (column.type == ColumnType::kEmpty) return {};
  if (column.constant && (!column.numbers.empty() || !column.texts.empty())) return {};
  const ColumnEntry& entry = directory_->columns_of(entry_)[index];
  const ClassShapes& shapes = pages_->shapes();
  const std::size_t first = shapes.rank(index, begin);
  const std::size_t n = column.constant ? 1 : shapes.count(index, begin, end);
  column.numbers.clear();
  column.texts.clear();
  if (n == 0) return {};
  if (column.plain) {
    return pages_->texts(entry.texts, first, n, context_.pages, context_.out.arena, column.texts);
  }
  RETURN_IF_ERROR(pages_->numbers(entry.numbers, entry.values, first, n, column.numbers));
  if (is_text(column.type)) return load_dictionary_texts(entry.column, column);
  return {};
}

Result<void> ClassValues::load_dictionary_texts(ColumnId id, Column& column) {
  Arena& arena = context_.out.arena;
  if (context_.whole_dictionaries) {
    if (!column.dictionary.owner) {
      ASSIGN_OR_RETURN(column.dictionary, context_.vocabulary.dictionary(id));
    }
    for (const std::uint64_t code : column.numbers) {
      if (code >= column.dictionary.size()) return corruption("a code beyond its dictionary");
      column.texts.push_back(arena.copy(column.dictionary[static_cast<std::size_t>(code)]));
    }
    return {};
  }
  std::uint64_t last = ~std::uint64_t{0};
  for (const std::uint64_t code : column.numbers) {
    if (code > UINT32_MAX) return corruption("a code beyond its dictionary");
    if (code == last) {
      column.texts.push_back(column.texts.back());
      continue;
    }
    ASSIGN_OR_RETURN(const auto text,
                     context_.vocabulary.dictionary_value(id, static_cast<std::uint32_t>(code)));
    if (text.empty()) return corruption("a dictionary without the value");
    column.texts.push_back(arena.copy(text[0]));
    last = code;
  }
  return {};
}

Result<AnyValue> ClassValues::value(Column& column) {
  const std::size_t at = column.constant ? 0 : column.next++;
  switch (column.type) {
    case ColumnType::kEmpty:
      return AnyValue();
    case ColumnType::kBool:
      return AnyValue::boolean(column.numbers[at] != 0);
    case ColumnType::kInt:
      return AnyValue::integer(static_cast<std::int64_t>(column.numbers[at]));
    case ColumnType::kDouble:
      return AnyValue::real(std::bit_cast<double>(column.numbers[at]));
    case ColumnType::kString:
    case ColumnType::kName:
      return AnyValue::string(column.texts[at]);
    case ColumnType::kBytes:
    case ColumnType::kArray:
    case ColumnType::kKeyValueList:
      break;
  }
  ByteReader in(as_bytes(column.texts[at]));
  const AnyValue made = decode_value(in, context_.out.arena);
  RETURN_IF_ERROR(in.finish("an attribute's value"));
  return made;
}

const std::vector<std::uint32_t>& ClassValues::plan(ShapeId shape) {
  if (last_plan_ < plans_.size() && plans_[last_plan_].first == shape) {
    return plans_[last_plan_].second;
  }
  const auto found =
      std::ranges::lower_bound(plans_, shape, {}, [](const auto& plan) { return plan.first; });
  last_plan_ = static_cast<std::size_t>(found - plans_.begin());
  if (found != plans_.end() && found->first == shape) return found->second;
  std::vector<std::uint32_t> columns;
  const ColumnEntry* const first = directory_->columns_of(entry_).data();
  for (const ColumnId id : context_.schema.shapes[shape].columns) {
    columns.push_back(static_cast<std::uint32_t>(directory_->find(entry_, id) - first));
  }
  return plans_.insert(found, {shape, std::move(columns)})->second;
}

Result<void> ClassValues::load_columns(std::uint32_t begin, std::uint32_t end) {
  for (const std::uint32_t index : std::exchange(loaded_, {})) columns_[index].loaded = false;
  std::optional<ShapeId> last;
  for (std::uint32_t row = begin; row < end; ++row) {
    const ShapeId shape = pages_->shapes().shape(row);
    if (last == shape) continue;
    last = shape;
    for (const std::uint32_t index : plan(shape)) {
      if (std::exchange(columns_[index].loaded, true)) continue;
      loaded_.push_back(index);
      RETURN_IF_ERROR(load(index, begin, end));
    }
  }
  return {};
}

Result<void> ClassValues::fill_attributes(std::span<const WantedRow> rows) {
  const std::uint32_t begin = rows.front().class_row;
  const std::uint32_t end = rows.back().class_row + 1;
  RETURN_IF_ERROR(load_columns(begin, end));
  std::size_t wanted = 0;
  for (std::uint32_t row = begin; row < end; ++row) {
    const std::vector<std::uint32_t>& columns = plan(pages_->shapes().shape(row));
    if (rows[wanted].class_row != row) {
      for (const std::uint32_t index : columns) ++columns_[index].next;
      continue;
    }
    const auto attributes = context_.out.arena.make<model::Attribute>(columns.size());
    std::size_t count = 0;
    std::string_view name;
    for (const std::uint32_t index : columns) {
      ASSIGN_OR_RETURN(const AnyValue made, value(columns_[index]));
      if (columns_[index].type == ColumnType::kName) {
        name = made.as_string();
        continue;
      }
      const ColumnId id = directory_->columns_of(entry_)[index].column;
      attributes[count++] = {context_.copier.key(id), made};
    }
    for (; wanted < rows.size() && rows[wanted].class_row == row; ++wanted) {
      model::Span& span = context_.out.spans[rows[wanted].span];
      span.attributes = attributes.first(count);
      if (!name.empty()) span.name = name;
    }
  }
  return {};
}

Result<void> ClassValues::fill_extras(std::span<const WantedRow> rows) {
  if (entry_.extras == 0) return {};
  const std::size_t begin = pages_->extras_before(rows.front().class_row);
  const std::size_t end = pages_->extras_before(rows.back().class_row + 1);
  if (begin == end) return {};
  std::vector<std::string_view> texts;
  RETURN_IF_ERROR(pages_->texts(entry_.extra_texts, begin, end - begin, context_.pages,
                                context_.out.arena, texts));
  const std::size_t count = end - begin;
  std::size_t next = 0;
  for (const WantedRow& row : rows) {
    while (next < count && pages_->extra_rows()[begin + next] < row.class_row) ++next;
    if (next == count) break;
    if (pages_->extra_rows()[begin + next] != row.class_row) continue;
    const std::string_view text = texts[entry_.extra_texts.constant ? 0 : next];
    RETURN_IF_ERROR(decode_extra(as_bytes(text), context_.out.arena, context_.out.spans[row.span]));
  }
  return {};
}

Result<void> ClassValues::fill(std::span<const WantedRow> rows) {
  RETURN_IF_ERROR(fill_attributes(rows));
  return fill_extras(rows);
}

}  // namespace cairn::storage::columnar
