// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/compaction/class_reader.h"

#include <algorithm>

namespace cairn::storage::columnar {
namespace {

Error disagree(std::string_view what) {
  return corruption(std::string(what) + ": does not fit the rows of its class");
}

// An array by class row, or the one value of a constant column.
template <typename T>
bool fits(const Pinned<T>& values, bool constant, std::size_t rows) {
  return values.size() == (constant ? 1 : rows);
}

}  // namespace

Result<void> ClassReader::open(const RowGroup& group, const ClassRows& class_rows,
                               std::size_t rows_wanted) {
  rows_ = class_rows.rows;
  class_ = class_rows.span_class;
  columns_.clear();
  plans_.clear();
  last_plan_ = 0;
  name_cell_ = kUnmapped;
  ASSIGN_OR_RETURN(starts_, group.starts(class_));
  ASSIGN_OR_RETURN(durations_, group.durations(class_));
  ASSIGN_OR_RETURN(resources_, group.resources(class_));
  ASSIGN_OR_RETURN(shapes_, group.shapes(class_));
  ASSIGN_OR_RETURN(extras_, group.extras(class_));
  if (starts_.size() != rows_ || durations_.size() != rows_) return disagree("times");
  if (shapes_.size() != rows_) return disagree("shapes");
  if (resources_.size() != rows_) return disagree("resources");
  for (const ResourceId resource : resources_.view) {
    if (resource >= source_.mapping.resources.size()) return disagree("resources");
  }
  if (!extras_.empty() && extras_.size() != rows_) return disagree("extras");
  ASSIGN_OR_RETURN(const Pinned<ColumnId> columns, group.columns(class_));
  for (const ColumnId column : columns.view) {
    RETURN_IF_ERROR(open_column(group, column, rows_wanted));
  }
  return {};
}

Result<void> ClassReader::open_column(const RowGroup& group, ColumnId id, std::size_t rows_wanted) {
  if (id >= source_.schema->columns.size()) return disagree("columns");
  if (!columns_.empty() && columns_.back().source >= id) return disagree("columns");
  Column& column = columns_.emplace_back();
  column.source = id;
  column.type = source_.schema->columns[id].type;
  column.merged = vocabulary_.column(source_.mapping, id);
  cells_.add_columns();
  cells_.expect(column.merged, rows_wanted);
  ASSIGN_OR_RETURN(column.values, group.column(class_, id));
  return prepare(group, column);
}

// Decides how cells of the column come about; a constant one has its cell at once.
Result<void> ClassReader::prepare(const RowGroup& group, Column& column) {
  using Kind = Column::Kind;
  const ColumnValues& values = column.values;
  if (column.type == ColumnType::kEmpty) return {};
  if (is_text(column.type) && values.texts.empty()) {
    column.kind = Kind::kCodes;
    column.codes = &source_.codes[column.source];
    if (!column.codes->known) {
      ASSIGN_OR_RETURN(column.codes->dictionary, group.dictionary(column.source));
      column.codes->cells.assign(column.codes->dictionary.size(), kUnmapped);
      column.codes->known = true;
    }
    if (!fits(values.codes, values.constant, rows_)) return disagree("codes");
  } else if (is_text(column.type)) {
    column.kind = Kind::kTexts;
    if (!fits(values.texts, values.constant, rows_)) return disagree("texts");
  } else {
    column.kind = column.type == ColumnType::kInt      ? Kind::kIntegers
                  : column.type == ColumnType::kDouble ? Kind::kDoubles
                                                       : Kind::kBools;
    if (!fits(values.numbers, values.constant, rows_)) return disagree("numbers");
  }
  if (!values.constant) return {};
  std::uint32_t constant = 0;
  if (!cell(column, 0, constant)) return disagree("codes");
  column.kind = Kind::kCell;
  column.cell = constant;
  return {};
}

bool ClassReader::cell(Column& column, std::size_t i, std::uint32_t& out) {
  switch (column.kind) {
    case Column::Kind::kCell:
      out = column.cell;
      return true;
    case Column::Kind::kCodes:
      return coded_cell(column, i, out);
    case Column::Kind::kTexts:
      out = cells_.text(column.merged, column.values.texts[i]);
      return true;
    case Column::Kind::kIntegers:
      out = cells_.integer(column.values.numbers[i]);
      return true;
    case Column::Kind::kDoubles:
      out = cells_.wide(column.values.numbers[i]);
      return true;
    case Column::Kind::kBools:
      out = column.values.numbers[i] != 0 ? 1 : 0;
      return true;
  }
  return false;
}

bool ClassReader::coded_cell(Column& column, std::size_t i, std::uint32_t& out) {
  MergeSource::Codes& codes = *column.codes;
  const std::uint32_t code = column.values.codes[i];
  if (code >= codes.cells.size()) return false;
  std::uint32_t& known = codes.cells[code];
  if (known == kUnmapped) known = cells_.text(column.merged, codes.dictionary[code]);
  out = known;
  return true;
}

const ClassReader::ShapePlan& ClassReader::plan(ShapeId shape) {
  if (last_plan_ < plans_.size() && plans_[last_plan_].first == shape) {
    return plans_[last_plan_].second;
  }
  const auto found =
      std::ranges::lower_bound(plans_, shape, {}, [](const auto& p) { return p.first; });
  last_plan_ = static_cast<std::size_t>(found - plans_.begin());
  if (found != plans_.end() && found->first == shape) return found->second;
  ShapePlan made;
  made.sound =
      shape < source_.mapping.shapes.size() && source_.schema->shapes[shape].span_class == class_;
  if (made.sound) {
    for (const ColumnId column : source_.schema->shapes[shape].columns) {
      const auto at = std::ranges::lower_bound(columns_, column, {}, &Column::source);
      made.sound = made.sound && at != columns_.end() && at->source == column;
      made.columns.push_back(static_cast<std::uint32_t>(at - columns_.begin()));
    }
  }
  if (made.sound) {
    const SchemaMapping::MappedShape mapped = vocabulary_.shape(source_.mapping, shape);
    cells_.add_columns();
    made.shape = mapped.shape;
    made.name_is_cell = mapped.name_is_cell;
  }
  return plans_.insert(found, {shape, std::move(made)})->second;
}

bool ClassReader::shape_and_cells(std::size_t i, ShapeId& shape, std::vector<std::uint32_t>& out) {
  const ShapePlan& row = plan(shapes_[i]);
  if (!row.sound) return false;
  shape = row.shape;
  if (row.name_is_cell) {
    if (name_cell_ == kUnmapped) {
      const Schema& schema = *source_.schema;
      name_cell_ =
          cells_.text(vocabulary_.name_column(), schema.names[schema.classes[class_].name]);
    }
    out.push_back(name_cell_);
  }
  for (const std::uint32_t column : row.columns) {
    std::uint32_t value = 0;
    if (!cell(columns_[column], i, value)) return false;
    out.push_back(value);
  }
  return true;
}

}  // namespace cairn::storage::columnar
