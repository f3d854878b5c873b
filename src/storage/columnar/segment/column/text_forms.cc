// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/column/text_forms.h"

#include <algorithm>
#include <bit>

#include "storage/columnar/encoding/texts/texts.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::size_t kAlwaysDictionary = 64;  // values
constexpr std::size_t kSampledValues = 384;

// What the cells of a table say of its columns.
struct ColumnCells {
  std::vector<std::uint64_t> cells;   // how many
  std::vector<std::uint32_t> any_of;  // all cells or-ed together: whether one is elsewhere
};

// Thread rule: one thread, once.
class CellScan {
 public:
  explicit CellScan(const SpanTable& table) : table_(table) {
    for (std::size_t i = 0; i < table.schema.shapes.size(); ++i) {
      const std::size_t columns = table.schema.shapes[i].columns.size();
      shapes_.push_back(
          {0, static_cast<std::uint32_t>(any_of_.size()), static_cast<std::uint32_t>(columns)});
      any_of_.resize(any_of_.size() + columns);
    }
  }

  ColumnCells run() {
    const bool with_texts = table_.texts.size() > 0;
    const std::size_t count = table_.rows.size();
    for (std::size_t i = 0; i < count;) {
      const std::span<const SpanRow> rows = table_.rows.run(i, count - i);
      for (const SpanRow& row : rows) {
        ShapeCells& shape = shapes_[row.shape];
        ++shape.rows;
        if (with_texts) collect(shape, row.first_cell);
      }
      i += rows.size();
    }
    return by_column();
  }

 private:
  struct ShapeCells {
    std::uint64_t rows;
    std::uint32_t first;  // in any_of_
    std::uint32_t columns;
  };

  void collect(const ShapeCells& shape, std::size_t first_cell) {
    std::uint32_t* to = any_of_.data() + shape.first;
    for (std::size_t left = shape.columns; left > 0;) {
      const std::span<const std::uint32_t> cells = table_.cells.run(first_cell, left);
      for (std::size_t i = 0; i < cells.size(); ++i) to[i] |= cells[i];
      to += cells.size();
      first_cell += cells.size();
      left -= cells.size();
    }
  }

  ColumnCells by_column() const {
    const std::size_t columns = table_.schema.columns.size();
    ColumnCells made{std::vector<std::uint64_t>(columns, 0),
                     std::vector<std::uint32_t>(columns, 0)};
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      std::size_t at = shapes_[i].first;
      for (const ColumnId column : table_.schema.shapes[i].columns) {
        made.cells[column] += shapes_[i].rows;
        made.any_of[column] |= any_of_[at++];
      }
    }
    return made;
  }

  const SpanTable& table_;
  std::vector<ShapeCells> shapes_;
  std::vector<std::uint32_t> any_of_;  // by shape, then its columns
};

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
  const ColumnCells found = CellScan(table).run();
  std::vector<TextForm> forms(table.schema.columns.size(), TextForm::kPlain);
  for (std::size_t column = 0; column < forms.size(); ++column) {
    if (!is_text(table.schema.columns[column].type)) continue;
    if (SpanTable::is_elsewhere(found.any_of[column])) continue;
    if (column >= table.dictionaries.size() || table.dictionaries[column] == nullptr) continue;
    if (is_smaller_plain(*table.dictionaries[column], found.cells[column], zstd_level)) {
      continue;
    }
    forms[column] = TextForm::kDictionary;
  }
  return forms;
}

}  // namespace cairn::storage::columnar
