// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/group/group_testing.h"

#include <numeric>

namespace cairn::storage::columnar {
namespace {

constexpr auto kPath = "group";

std::vector<TextForm> forms_of(const SpanTable& table) {
  std::vector<TextForm> forms(table.schema.columns.size(), TextForm::kDictionary);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const SpanRow& row = table.rows[i];
    const auto columns = table.schema.shapes[row.shape].columns;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (!is_text(table.schema.columns[columns[k]].type)) continue;
      const std::uint32_t cell = table.cells[row.first_cell + k];
      // Every third column as plain as one with texts that stand as they are.
      if (SpanTable::is_elsewhere(cell) || columns[k] % 3 == 2) {
        forms[columns[k]] = TextForm::kPlain;
      }
    }
  }
  return forms;
}

}  // namespace

Result<std::shared_ptr<const Schema>> TableVocabulary::schema() const {
  return std::shared_ptr<const Schema>(table_, &table_->schema);
}

Result<Pinned<std::string_view>> TableVocabulary::dictionary(ColumnId column) const {
  std::vector<std::string_view> values;
  if (column < table_->dictionaries.size() && table_->dictionaries[column]) {
    const auto& known = *table_->dictionaries[column];
    for (std::size_t i = 0; i < known.size(); ++i) values.push_back(known[i]);
  }
  return Pinned<std::string_view>::own(std::move(values));
}

Result<Pinned<std::string_view>> TableVocabulary::dictionary_value(ColumnId column,
                                                                   std::uint32_t code) const {
  ASSIGN_OR_RETURN(const auto all, dictionary(column));
  if (code >= all.size()) return corruption("a code beyond the dictionary");
  return Pinned<std::string_view>::own({all[code]});
}

Result<void> GroupOnDisk::write(std::span<const RowIndex> rows) {
  ASSIGN_OR_RETURN(const auto file, disk.create(kPath));
  PageWriter pages(*file);
  RETURN_IF_ERROR(pages.write(as_bytes("what lies before")));
  const std::vector<TextForm> forms = forms_of(*table);
  ASSIGN_OR_RETURN(directory, encode_group(*table, rows, {forms, 1}, pages));
  return pages.flush();
}

Result<void> GroupOnDisk::write() {
  return write(first_rows(table->rows.size()));
}

Result<std::shared_ptr<const SegmentGroup>> GroupOnDisk::open() {
  ASSIGN_OR_RETURN(auto file, disk.open_read(kPath));
  readers.push_back(
      std::make_unique<PageReader>("segment 7", readers.size(), std::move(file), cache));
  return decode_group(directory, 0, vocabulary, *readers.back());
}

Result<std::vector<GroupPage>> GroupOnDisk::inspect(bool decode) {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->inspect(decode);
}

std::vector<RowIndex> first_rows(std::size_t n) {
  std::vector<RowIndex> rows(n);
  std::iota(rows.begin(), rows.end(), RowIndex{0});
  return rows;
}

}  // namespace cairn::storage::columnar
