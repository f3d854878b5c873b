// SPDX-License-Identifier: Apache-2.0
//
// ClassReader: the rows of one class of a row group, read as cells of another table.
// Thread rule: one thread.
#pragma once

#include <memory>
#include <vector>

#include "storage/columnar/compaction/cell_merger.h"
#include "storage/columnar/compaction/vocabulary_merger.h"

namespace cairn::storage::columnar {

// What is known of the source whose groups are read.
struct MergeSource {
  explicit MergeSource(std::shared_ptr<const Schema> from)
      : schema(std::move(from)), mapping(*schema), codes(schema->columns.size()) {}

  struct Codes {
    bool known = false;
    Pinned<std::string_view> dictionary;
    std::vector<std::uint32_t> cells;  // by code; kUnmapped when it did not come yet
  };

  std::shared_ptr<const Schema> schema;
  SchemaMapping mapping;
  std::vector<Codes> codes;  // by the source's ColumnId
};

class ClassReader {
 public:
  ClassReader(MergeSource& source, VocabularyMerger& vocabulary, CellMerger& cells)
      : source_(source), vocabulary_(vocabulary), cells_(cells) {}

  // Reads the arrays of a class, of which `rows_wanted` rows will be asked for.
  // Errors: those of the group; kCorruption when the arrays do not fit together.
  Result<void> open(const RowGroup& group, const ClassRows& class_rows, std::size_t rows_wanted);

  std::uint64_t start(std::size_t i) const { return starts_[i]; }
  std::uint64_t duration(std::size_t i) const { return durations_[i]; }
  ResourceId source_resource(std::size_t i) const { return resources_[i]; }
  std::string_view extra(std::size_t i) const {
    return extras_.empty() ? std::string_view() : extras_[i];
  }
  // The shape in the table, and the cells of the row appended to `out`. False when a row names
  // something that its source does not have. REQUIRES: `i` ascends from call to call.
  bool shape_and_cells(std::size_t i, ShapeId& shape, std::vector<std::uint32_t>& out);

 private:
  struct Column {
    enum class Kind : std::uint8_t { kCell, kCodes, kTexts, kIntegers, kDoubles, kBools };

    Kind kind = Kind::kCell;
    ColumnType type = ColumnType::kEmpty;
    ColumnId source = 0;
    ColumnId merged = 0;
    std::uint32_t cell = 0;  // kCell: of every row
    std::size_t next = 0;    // the value of the next row that has the column
    ColumnValues values;     // without gaps
    MergeSource::Codes* codes = nullptr;
  };
  struct ShapePlan {
    ShapeId shape = kUnmapped;  // until a row of it is wanted
    bool name_is_cell = false;
    bool sound = true;
    std::vector<std::uint32_t> columns;  // indexes into columns_, in the order of cells
  };

  Result<void> open_column(const RowGroup& group, ColumnId column, std::size_t rows_wanted);
  Result<void> prepare(const RowGroup& group, Column& column);
  ShapePlan& plan(ShapeId shape);
  void map_shape(ShapeId source, ShapePlan& plan);
  bool skip_to(std::size_t row);
  // Of the next row that has the column.
  bool next_cell(Column& column, std::uint32_t& out);
  bool coded_cell(Column& column, std::size_t i, std::uint32_t& out);

  MergeSource& source_;
  VocabularyMerger& vocabulary_;
  CellMerger& cells_;

  std::size_t rows_ = 0;
  std::size_t next_row_ = 0;  // whose values stand at Column::next
  ClassId class_ = 0;
  Pinned<std::uint64_t> starts_;
  Pinned<std::uint64_t> durations_;
  Pinned<ResourceId> resources_;
  Pinned<ShapeId> shapes_;
  Pinned<std::string_view> extras_;
  std::vector<Column> columns_;  // by ColumnId ascending
  std::vector<std::pair<ShapeId, ShapePlan>> plans_;
  std::size_t last_plan_ = 0;
  std::uint32_t name_cell_ = kUnmapped;  // of a name that is a cell now
};

}  // namespace cairn::storage::columnar
