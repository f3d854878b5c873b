// SPDX-License-Identifier: Apache-2.0
//
// From what a column holds to the value it means.
#pragma once

#include "base/arena.h"
#include "storage/api/time_range.h"
#include "storage/columnar/schema/row_group.h"

namespace cairn::storage::columnar {

// REQUIRES: a type with numbers, or kEmpty.
model::AnyValue value_of_number(ColumnType type, std::uint64_t number);
// Borrows `text`; lists go to `arena`. Errors: kCorruption. REQUIRES: is_text(type).
Result<model::AnyValue> value_of_text(ColumnType type, std::string_view text, Arena& arena);
model::AnyValue::Kind kind_of(ColumnType type);

// The one value of a constant column. REQUIRES: values.constant or kEmpty. `dictionary` is the
// column's, for codes.
Result<model::AnyValue> constant_value(const ColumnValues& values, ColumnType type,
                                       std::span<const std::string_view> dictionary, Arena& arena);

// Span::duration() of a row: 0 when the end lies before the start; saturated.
inline std::uint64_t lasting(std::uint64_t start, std::uint64_t duration) {
  constexpr std::uint64_t kMost = 0x7fff'ffff'ffff'ffff;
  if (start + duration < start) return 0;
  return duration < kMost ? duration : kMost;
}

// Whether all spans of the group start inside the range, some may, or none does.
enum class Overlap { kNone, kPart, kAll };
Overlap overlap(const GroupFacts& facts, const TimeRange& range);

}  // namespace cairn::storage::columnar
