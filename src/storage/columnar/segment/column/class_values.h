// SPDX-License-Identifier: Apache-2.0
//
// ClassValues: the attributes and extras of a few neighbouring rows of one class, put into spans.
// Thread rule: one thread.
#pragma once

#include <memory>
#include <vector>

#include "storage/columnar/segment/column/class_pages.h"
#include "storage/columnar/segment/dictionary/schema_copier.h"
#include "storage/columnar/segment/group/group_codec.h"

namespace cairn::storage::columnar {

// A row that is wanted and the span it becomes.
struct WantedRow {
  std::uint32_t class_row = 0;
  std::uint32_t span = 0;  // index into Batch::spans
};

// What all classes of one call share.
struct ValueContext {
  const SegmentVocabulary& vocabulary;
  const Schema& schema;
  const PageReader& pages;
  SchemaCopier& copier;
  model::Batch& out;
  bool whole_dictionaries = false;  // many rows: cheaper than one value after another
};

class ClassValues {
 public:
  ClassValues(const ValueContext& context, std::shared_ptr<const GroupDirectory> directory,
              const ClassEntry& entry, std::shared_ptr<const ClassPages> pages);

  const ClassPages& pages() const { return *pages_; }
  // Sets name, attributes, and what is in the extra, of the spans of `rows` (ascending, not empty);
  // decodes what lies between the first and the last.
  Result<void> fill(std::span<const WantedRow> rows);

 private:
  struct Column {
    ColumnType type = ColumnType::kEmpty;
    bool plain = false;
    bool constant = false;  // and `numbers` or `texts` hold one, for good
    std::vector<std::uint64_t> numbers;
    std::vector<std::string_view> texts;  // in the batch's arena
    std::size_t next = 0;                 // the value of the next row that has the column
    Pinned<std::string_view> dictionary;  // when it is wanted as a whole
    bool loaded = false;                  // for the rows at hand
  };

  // Loads the columns that rows [begin, end) have.
  Result<void> load_columns(std::uint32_t begin, std::uint32_t end);
  Result<void> load(std::size_t index, std::uint32_t begin, std::uint32_t end);
  Result<void> load_dictionary_texts(ColumnId id, Column& column);
  Result<void> fill_extras(std::span<const WantedRow> rows);
  Result<void> fill_attributes(std::span<const WantedRow> rows);
  Result<model::AnyValue> value(Column& column);
  const std::vector<std::uint32_t>& plan(ShapeId shape);

  const ValueContext& context_;
  std::shared_ptr<const GroupDirectory> directory_;
  const ClassEntry& entry_;
  std::shared_ptr<const ClassPages> pages_;
  std::vector<Column> columns_;
  std::vector<std::uint32_t> loaded_;  // indexes of the columns that are
  // The columns of each shape that occurred, as indexes.
  std::vector<std::pair<ShapeId, std::vector<std::uint32_t>>> plans_;
  std::size_t last_plan_ = 0;
};

}  // namespace cairn::storage::columnar
