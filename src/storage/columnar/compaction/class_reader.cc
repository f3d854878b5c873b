// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/compaction/class_reader.h"

#include <algorithm>

namespace cairn::storage::columnar {
namespace {

Error disagree(std::string_view what) {
  return corruption(std::string(what) + ": does not fit the rows of its class");
}

}  // namespace

Result<void> ClassReader::open(const RowGroup& group, const ClassRows& class_rows,
                               std::size_t rows_wanted) {
  rows_ = class_rows.rows;
  class_ = class_rows.span_class;
  columns_.clear();
  plans_.clear();
  last_plan_ = 0;
  next_row_ = 0;
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
  ASSIGN_OR_RETURN(column.values, group.dense_column(class_, id));
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
  } else if (is_text(column.type)) {
    column.kind = Kind::kTexts;
  } else {
    column.kind = column.type == ColumnType::kInt      ? Kind::kIntegers
                  : column.type == ColumnType::kDouble ? Kind::kDoubles
                                                       : Kind::kBools;
  }
  if (!values.constant) return {};
  std::uint32_t constant = 0;
  if (!next_cell(column, constant)) return disagree("the value that all rows have");
  column.kind = Kind::kCell;
  column.cell = constant;
  return {};
}

bool ClassReader::next_cell(Column& column, std::uint32_t& out) {
  const std::size_t i = column.next++;
  switch (column.kind) {
    case Column::Kind::kCell:
      out = column.cell;
      return true;
    case Column::Kind::kCodes:
      return i < column.values.codes.size() && coded_cell(column, i, out);
    case Column::Kind::kTexts:
      if (i >= column.values.texts.size()) return false;
      out = cells_.text(column.merged, column.values.texts[i]);
      return true;
    default:
      break;
  }
  if (i >= column.values.numbers.size()) return false;
  const std::uint64_t number = column.values.numbers[i];
  out = column.kind == Column::Kind::kIntegers  ? cells_.integer(number)
        : column.kind == Column::Kind::kDoubles ? cells_.wide(number)
                                                : static_cast<std::uint32_t>(number != 0);
  return true;
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

ClassReader::ShapePlan& ClassReader::plan(ShapeId shape) {
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
  return plans_.insert(found, {shape, std::move(made)})->second;
}

void ClassReader::map_shape(ShapeId source, ShapePlan& plan) {
  const SchemaMapping::MappedShape mapped = vocabulary_.shape(source_.mapping, source);
  cells_.add_columns();
  plan.shape = mapped.shape;
  plan.name_is_cell = mapped.name_is_cell;
}

// Leaves out the values of the rows before.
bool ClassReader::skip_to(std::size_t row) {
  for (; next_row_ < row; ++next_row_) {
    const ShapePlan& skipped = plan(shapes_[next_row_]);
    if (!skipped.sound) return false;
    for (const std::uint32_t column : skipped.columns) ++columns_[column].next;
  }
  return true;
}

bool ClassReader::shape_and_cells(std::size_t i, ShapeId& shape, std::vector<std::uint32_t>& out) {
  if (!skip_to(i)) return false;
  ++next_row_;
  ShapePlan& row = plan(shapes_[i]);
  if (!row.sound) return false;
  if (row.shape == kUnmapped) map_shape(shapes_[i], row);
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
    if (!next_cell(columns_[column], value)) return false;
    out.push_back(value);
  }
  return true;
}

}  // namespace cairn::storage::columnar
