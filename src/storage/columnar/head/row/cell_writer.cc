// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/row/cell_writer.h"

#include <atomic>
#include <bit>

#include "storage/columnar/encoding/record_codec.h"
#include "storage/columnar/head/row/hashing.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

// After so many look-ups a column is asked whether they were worth it.
constexpr std::uint32_t kLookupWindow = 4096;
constexpr std::uint32_t kPointlessPercent = 60;

const char kNumberMark = 0;  // Step::last_text once a number was written

bool is_last(const Step& step, std::string_view text) {
  return step.last_text && step.last_size == text.size() &&
         same_text(step.last_text, text.data(), text.size());
}

}  // namespace

void CellWriter::add_columns() {
  while (columns_.size() < table_.schema.columns.size()) {
    const bool text = is_text(table_.schema.columns[columns_.size()].type);
    if (table_.dictionaries.size() == columns_.size()) {
      table_.dictionaries.push_back(text ? std::make_unique<StableVector<std::string_view>>()
                                         : nullptr);
      first_text_row_.push_back(0);
    }
    columns_.emplace_back();
  }
}

void CellWriter::begin_cells(std::span<Step> steps, const StepPath& path, bool named,
                             const model::Span& span) {
  pending_count_ = 0;
  // Cells go where they stay at once: collected first, they would be read again in larger pieces
  // than they were written in, for which a processor waits.
  first_cell_ = table_.cells.size();
  std::uint32_t at = 0;
  if (named) {
    table_.cells.push_back(begin_text(steps[path.steps[0]], span.name, 0));
    at = 1;
  }
  const std::uint32_t first = at;
  for (; at < path.size; ++at) {
    Step& step = steps[path.steps[at]];
    const AnyValue& value = span.attributes[at - first].value;
    const bool text = value.kind() == AnyValue::Kind::kString;
    table_.cells.push_back(text ? begin_text(step, value.as_string(), at)
                                : other_cell(step, value));
  }
  for (std::size_t i = 0; i < pending_count_; ++i) prefetch(pending_[i]);
}

void CellWriter::finish_cells(std::span<Step> steps, const StepPath& path) {
  for (std::size_t i = 0; i < pending_count_; ++i) {
    const Pending& pending = pending_[i];
    table_.cells[first_cell_ + pending.position] =
        look_up(steps[path.steps[pending.position]], pending.text, pending.hash);
  }
}

// Asks for the text that it will be compared with.
inline void CellWriter::prefetch(const Pending& pending) const {
  const std::uint32_t code = columns_[pending.column].index.first(pending.hash);
  if (code != HashIndex::kNone) {
    __builtin_prefetch((*table_.dictionaries[pending.column])[code].data());
  }
}

inline std::uint32_t CellWriter::other_cell(Step& step, const AnyValue& value) {
  switch (value.kind()) {
    case AnyValue::Kind::kEmpty:
      return 0;
    case AnyValue::Kind::kBool:
      return value.as_bool() ? 1 : 0;
    case AnyValue::Kind::kInt: {
      const auto number = static_cast<std::uint64_t>(value.as_int());
      return number < kElsewhere ? static_cast<std::uint32_t>(number) : wide_cell(step, number);
    }
    case AnyValue::Kind::kDouble:
      return wide_cell(step, std::bit_cast<std::uint64_t>(value.as_double()));
    case AnyValue::Kind::kString:
    case AnyValue::Kind::kBytes:
    case AnyValue::Kind::kArray:
    case AnyValue::Kind::kKeyValueList:
      break;
  }
  return encoded_cell(step, value);
}

std::uint32_t CellWriter::wide_cell(Step& step, std::uint64_t number) {
  if (step.last_text && step.last_size == number) return step.last_cell;
  step.last_text = &kNumberMark;
  step.last_size = number;
  step.last_cell = kElsewhere | static_cast<std::uint32_t>(table_.wide.size());
  table_.wide.push_back(number);
  return step.last_cell;
}

std::uint32_t CellWriter::encoded_cell(Step& step, const AnyValue& value) {
  scratch_.clear();
  encode_value(value, scratch_);
  return text_cell(step, as_text(scratch_));
}

inline std::uint32_t CellWriter::begin_text(Step& step, std::string_view text,
                                            std::uint32_t position) {
  return is_last(step, text) ? step.last_cell : begin_other_text(step, text, position);
}

std::uint32_t CellWriter::begin_other_text(Step& step, std::string_view text,
                                           std::uint32_t position) {
  if (!has_index(step.column, text)) return add_text(step, text);
  const std::uint64_t hash = hash_text(text, seed_);
  columns_[step.column].index.prefetch(hash);
  pending_[pending_count_++] = {text, hash, step.column, position};
  return 0;
}

std::uint32_t CellWriter::text_cell(Step& step, std::string_view text) {
  if (is_last(step, text)) return step.last_cell;
  if (!has_index(step.column, text)) return add_text(step, text);
  return look_up(step, text, hash_text(text, seed_));
}

std::uint32_t CellWriter::look_up(Step& step, std::string_view text, std::uint64_t hash) {
  TextColumn& known = columns_[step.column];
  StableVector<std::string_view>& dictionary = *table_.dictionaries[step.column];
  std::string_view kept;
  std::uint32_t code = known.index.find(hash, [&](std::uint32_t candidate) {
    kept = dictionary[candidate];
    return same_text(kept, text);
  });
  ++known.lookups;
  if (code == HashIndex::kNone) {
    code = static_cast<std::uint32_t>(dictionary.size());
    kept = keep(text);
    dictionary.push_back(kept);
    known.index.insert(hash, code);
    ++known.added;
    if (!known.grown) {
      known.grown = true;
      grown_.push_back(step.column);
    }
  }
  if (known.lookups == kLookupWindow) turn_plain_if_pointless(known, dictionary.size());
  step.last_text = kept.data();
  step.last_size = kept.size();
  step.last_cell = code;
  return code;
}

// Never a null view, which would look like a step without a last value.
std::string_view CellWriter::keep(std::string_view text) {
  return text.empty() ? std::string_view("") : table_.arena.copy(text);
}

void CellWriter::turn_plain_if_pointless(TextColumn& column, std::size_t values) {
  if (values > plain_after_values_ && column.added * 100 > kLookupWindow * kPointlessPercent) {
    column.plain = true;
    column.index.clear();
  }
  column.lookups = column.added = 0;
}

std::uint32_t CellWriter::add_text(Step& step, std::string_view text) {
  const std::string_view kept = keep(text);
  step.last_text = kept.data();
  step.last_size = kept.size();
  step.last_cell = kElsewhere | static_cast<std::uint32_t>(table_.texts.size());
  table_.texts.push_back(kept);
  note_text(step.column);
  return step.last_cell;
}

void CellWriter::note_text(ColumnId column) {
  const std::atomic_ref<std::uint32_t> first(first_text_row_[column]);
  if (first.load(std::memory_order_relaxed) == 0) {
    first.store(static_cast<std::uint32_t>(table_.rows.size()) + 1, std::memory_order_relaxed);
  }
}

void CellWriter::grown_done() {
  for (const ColumnId column : grown_) columns_[column].grown = false;
  grown_.clear();
}

void CellWriter::learn() {
  columns_.clear();
  grown_.clear();
  add_columns();
  for (ColumnId column = 0; column < columns_.size(); ++column) {
    if (!table_.dictionaries[column]) continue;
    const StableVector<std::string_view>& dictionary = *table_.dictionaries[column];
    for (std::uint32_t code = 0; code < dictionary.size(); ++code) {
      columns_[column].index.insert(hash_text(dictionary[code], seed_), code);
    }
  }
}

std::size_t CellWriter::memory_bytes() const {
  std::size_t bytes = columns_.capacity() * sizeof(TextColumn);
  for (const TextColumn& column : columns_) bytes += column.index.memory_bytes();
  return bytes;
}

}  // namespace cairn::storage::columnar
