// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/text_forms.h"

#include <algorithm>
#include <bit>

#include "storage/columnar/encoding/texts.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::size_t kAlwaysDictionary = 64;  // values
constexpr std::size_t kSampledValues = 1024;

// How many cells each column has.
std::vector<std::uint64_t> count_cells(const SpanTable& table) {
  std::vector<std::uint64_t> rows_of_shape(table.schema.shapes.size(), 0);
  for (std::size_t row = 0; row < table.rows.size(); ++row) ++rows_of_shape[table.rows[row].shape];
  std::vector<std::uint64_t> cells(table.schema.columns.size(), 0);
  for (std::size_t shape = 0; shape < rows_of_shape.size(); ++shape) {
    for (const ColumnId column : table.schema.shapes[shape].columns) {
      cells[column] += rows_of_shape[shape];
    }
  }
  return cells;
}

// Columns with a text that has no code.
std::vector<bool> columns_with_texts(const SpanTable& table) {
  std::vector<bool> found(table.schema.columns.size(), false);
  if (table.texts.size() == 0) return found;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const SpanRow& row = table.rows[i];
    std::size_t cell = row.first_cell;
    for (const ColumnId column : table.schema.shapes[row.shape].columns) {
      // Wide numbers are elsewhere too; they do not matter below.
      if (SpanTable::is_elsewhere(table.cells[cell++])) found[column] = true;
    }
  }
  return found;
}

// A dictionary costs its values once and a code a cell; without one each cell costs a value.
bool is_smaller_plain(const StableVector<std::string_view>& dictionary, std::uint64_t cells,
                      int zstd_level) {
  const std::size_t values = dictionary.size();
  if (values <= kAlwaysDictionary || values < cells / 4) return false;
  const std::size_t sampled = std::min(values, kSampledValues);
  std::vector<std::string_view> sample(sampled);
  const std::size_t first = (values - sampled) / 2;
  for (std::size_t i = 0; i < sampled; ++i) sample[i] = dictionary[first + i];
  Bytes encoded;
  encode_texts(sample, zstd_level, encoded);
  const double value_bytes = static_cast<double>(encoded.size()) / static_cast<double>(sampled);
  const double code_bytes = static_cast<double>(std::bit_width(values - 1)) / 8;
  const auto n = static_cast<double>(cells);
  return n * value_bytes < static_cast<double>(values) * value_bytes + n * code_bytes;
}

}  // namespace

std::vector<TextForm> choose_text_forms(const SpanTable& table, int zstd_level) {
  const std::vector<std::uint64_t> cells = count_cells(table);
  const std::vector<bool> with_texts = columns_with_texts(table);
  std::vector<TextForm> forms(table.schema.columns.size(), TextForm::kPlain);
  for (std::size_t column = 0; column < forms.size(); ++column) {
    if (!is_text(table.schema.columns[column].type) || with_texts[column]) continue;
    if (column >= table.dictionaries.size() || table.dictionaries[column] == nullptr) continue;
    if (is_smaller_plain(*table.dictionaries[column], cells[column], zstd_level)) continue;
    forms[column] = TextForm::kDictionary;
  }
  return forms;
}

}  // namespace cairn::storage::columnar
