// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/compaction/cell_merger.h"

#include "base/random_seed.h"
#include "storage/columnar/head/row/hashing.h"

namespace cairn::storage::columnar {
namespace {

// As in a head: texts beyond this are not looked up, and a dictionary larger than this must be
// worth it.
constexpr std::size_t kLongText = 4096;
constexpr std::size_t kSmallDictionary = 4096;
constexpr std::uint64_t kPointlessPercent = 60;

}  // namespace

CellMerger::CellMerger(SpanTable& table) : table_(table), seed_(random_seed()) {
}

void CellMerger::add_columns() {
  while (columns_.size() < table_.schema.columns.size()) {
    const bool has_texts = is_text(table_.schema.columns[columns_.size()].type);
    table_.dictionaries.push_back(has_texts ? std::make_unique<StableVector<std::string_view>>()
                                            : nullptr);
    columns_.emplace_back();
  }
}

std::uint32_t CellMerger::text(ColumnId column, std::string_view text) {
  TextColumn& known = columns_[column];
  if (known.plain || text.size() > kLongText) return plain_text(text);
  StableVector<std::string_view>& dictionary = *table_.dictionaries[column];
  const std::uint64_t hash = hash_text(text, seed_);
  const std::uint32_t found =
      known.index.find(hash, [&](std::uint32_t code) { return same_text(dictionary[code], text); });
  if (found != HashIndex::kNone) return found;
  if (dictionary.size() >= kSmallDictionary &&
      dictionary.size() * 100 > known.cells * kPointlessPercent) {
    known.plain = true;
    known.index.clear();
    return plain_text(text);
  }
  const auto code = static_cast<std::uint32_t>(dictionary.size());
  dictionary.push_back(text.empty() ? std::string_view("") : table_.arena.copy(text));
  known.index.insert(hash, code);
  return code;
}

std::uint32_t CellMerger::plain_text(std::string_view text) {
  table_.texts.push_back(text.empty() ? std::string_view("") : table_.arena.copy(text));
  return kElsewhere | static_cast<std::uint32_t>(table_.texts.size() - 1);
}

std::uint32_t CellMerger::wide(std::uint64_t number) {
  if (table_.wide.size() == 0 || last_wide_ != number) table_.wide.push_back(number);
  last_wide_ = number;
  return kElsewhere | static_cast<std::uint32_t>(table_.wide.size() - 1);
}

std::uint32_t CellMerger::extra(std::string_view bytes) {
  if (bytes.empty()) return 0;
  table_.extras.push_back(table_.arena.copy(bytes));
  return static_cast<std::uint32_t>(table_.extras.size());
}

}  // namespace cairn::storage::columnar
