// SPDX-License-Identifier: Apache-2.0
//
// FieldReader: the first value of a field on the rows of a class, without making whole spans.
//
//   row ─code()─► place in a ValueTable ─value()─► AnyValue        kAbsent: the row has none
//
// A table is shared by all classes of a source where its values are a dictionary's or the
// resources', so that what a reader works out for a value ("slot") is worked out once. Rows that
// columns cannot answer for (events, links, attributes outside columns) are open: they are
// materialized by whoever wants them.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "base/arena.h"
#include "storage/api/condition.h"
#include "storage/columnar/read/group_view.h"

namespace cairn::storage::columnar {

// Values by code. Thread rule: one thread.
class ValueTable {
 public:
  static constexpr std::uint32_t kNoSlot = 0xffff'ffff;

  static std::shared_ptr<ValueTable> of_values(std::vector<model::AnyValue> values);
  static std::shared_ptr<ValueTable> of_texts(Pinned<std::string_view> texts);
  static std::shared_ptr<ValueTable> of_numbers(Pinned<std::uint64_t> numbers, ColumnType type);

  std::size_t size() const;
  // What it points at lives as long as the table. REQUIRES: code < size().
  model::AnyValue value(std::uint32_t code) const;
  // The values when they are all ints; empty otherwise.
  std::span<const std::uint64_t> ints() const {
    return numbers_ && type_ == ColumnType::kInt ? numbers_->view
                                                 : std::span<const std::uint64_t>();
  }
  // A number of the user's choice for each code; kNoSlot at first.
  std::uint32_t& slot(std::uint32_t code) {
    if (slots_.empty()) slots_.resize(size(), kNoSlot);
    return slots_[code];
  }

  // Keeps something alive that values point at.
  template <typename T>
  void keep(T what) {
    kept_.push_back(std::make_shared<T>(std::move(what)));
  }

 private:
  std::vector<std::shared_ptr<void>> kept_;
  std::vector<model::AnyValue> values_;
  std::optional<Pinned<std::string_view>> texts_;
  std::optional<Pinned<std::uint64_t>> numbers_;
  ColumnType type_ = ColumnType::kEmpty;
  std::vector<std::uint32_t> slots_;
};

struct FieldColumn {
  static constexpr std::uint32_t kAbsent = 0xffff'ffff;

  std::shared_ptr<ValueTable> table;  // null: no row has a value
  std::optional<std::uint32_t> same;  // the code of all rows
  bool by_row = false;                // the code is the class row
  std::vector<std::uint32_t> own_codes;
  Pinned<std::uint32_t> codes;     // used when `own_codes` is empty
  Pinned<std::uint8_t> present;    // as ColumnValues has it
  std::vector<std::uint8_t> open;  // 1: only the whole span knows; empty: no row

  bool is_open(std::size_t row) const { return !open.empty() && open[row] != 0; }
  std::uint32_t code(std::size_t row) const {
    if (!table || (!present.empty() && present[row] == 0)) return kAbsent;
    if (same) return *same;
    if (by_row) return static_cast<std::uint32_t>(row);
    const std::uint32_t code = own_codes.empty() ? codes[row] : own_codes[row];
    return code < table->size() ? code : kAbsent;
  }
  // Empty when absent. REQUIRES: not open.
  model::AnyValue value(std::size_t row) const {
    const std::uint32_t at = code(row);
    return at == kAbsent ? model::AnyValue() : table->value(at);
  }

  std::span<const std::uint64_t> ints() const {
    return table ? table->ints() : std::span<const std::uint64_t>();
  }

  static FieldColumn absent() { return {}; }
  static FieldColumn constant(std::shared_ptr<ValueTable> one);
};

// Thread rule: one thread. Made for sources one after the other: it forgets one when it sees the
// next.
class FieldReader {
 public:
  // REQUIRES: validate_span_field(field); it outlives the reader.
  explicit FieldReader(const Field& field) : field_(field) {}

  // The first value of each row. Valid as long as its parts are kept.
  Result<FieldColumn> read(ClassView& view);

 private:
  using TablePointer = std::shared_ptr<ValueTable>;

  Result<void> enter(GroupView& group);
  Result<FieldColumn> intrinsic(ClassView& view, Intrinsic intrinsic);
  Result<FieldColumn> attribute(ClassView& view);
  Result<FieldColumn> any_level(ClassView& view, const std::string& key);
  Result<FieldColumn> resource(ClassView& view, const std::string& key);
  Result<FieldColumn> scope(ClassView& view, const std::string& key);
  Result<FieldColumn> span_columns(ClassView& view, std::span<const ColumnId> columns);
  Result<FieldColumn> column(ClassView& view, ColumnId column);
  Result<TablePointer> dictionary(GroupView& group, ColumnId column, ColumnType type);
  // `present`: which of the texts are values; empty: all.
  static Result<TablePointer> text_table(const Pinned<std::string_view>& texts,
                                         std::span<const std::uint8_t> present, ColumnType type);
  static Result<FieldColumn> times(ClassView& view, Intrinsic intrinsic);
  static Result<FieldColumn> ids(ClassView& view, Intrinsic intrinsic);
  static Result<FieldColumn> in_extra(ClassView& view, bool empty_text);
  static Result<FieldColumn> class_text(std::string_view text);

  const Field& field_;
  std::shared_ptr<const Schema> schema_;  // of the source it is at
  std::vector<ColumnId> columns_;         // with the first values of the attribute, or the names
  bool has_rest_ = false;                 // some shape keeps its attributes outside columns
  TablePointer resources_;                // one value a resource
  std::vector<std::uint8_t> has_value_;   // by resource
  std::unordered_map<ColumnId, TablePointer> dictionaries_;
};

}  // namespace cairn::storage::columnar
