// SPDX-License-Identifier: Apache-2.0
//
// FieldReader for what every row has of its own: times, ids; and for the level "any".
#include <algorithm>

#include "storage/columnar/read/condition/column_value.h"
#include "storage/columnar/read/scan/field_reader.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

// Hex digits of each row's id, in `arena`; empty where `id_of` gives an invalid one.
template <typename IdOf>
std::vector<AnyValue> hex_values(std::size_t rows, Arena& arena, const IdOf& id_of) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::vector<AnyValue> values(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto& id = id_of(row);
    const std::span<char> text = arena.make<char>(2 * id.bytes.size());
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
      text[2 * i] = kHex[std::to_integer<std::size_t>(id.bytes[i] >> 4)];
      text[2 * i + 1] = kHex[std::to_integer<std::size_t>(id.bytes[i] & std::byte{15})];
    }
    values[row] = AnyValue::string({text.data(), text.size()});
  }
  return values;
}

}  // namespace

Result<FieldColumn> FieldReader::times(ClassView& view, Intrinsic intrinsic) {
  constexpr std::uint64_t kMost = 0x7fff'ffff'ffff'ffff;
  ASSIGN_OR_RETURN(const auto starts, view.starts());
  std::vector<std::uint64_t> values(starts.begin(), starts.end());
  if (intrinsic != Intrinsic::kStart) {
    ASSIGN_OR_RETURN(const auto durations, view.durations());
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = intrinsic == Intrinsic::kEnd ? starts[i] + durations[i]
                                               : lasting(starts[i], durations[i]);
    }
  }
  for (std::uint64_t& value : values) value = std::min(value, kMost);
  FieldColumn made;
  made.table =
      ValueTable::of_numbers(Pinned<std::uint64_t>::own(std::move(values)), ColumnType::kInt);
  made.by_row = true;
  return made;
}

Result<FieldColumn> FieldReader::ids(ClassView& view, Intrinsic intrinsic) {
  GroupView& group = view.group();
  ASSIGN_OR_RETURN(const auto rows, view.rows());
  auto arena = std::make_shared<Arena>();
  FieldColumn made;
  made.by_row = true;
  if (intrinsic == Intrinsic::kTraceId) {
    ASSIGN_OR_RETURN(const TraceTable* traces, group.traces());
    ASSIGN_OR_RETURN(const auto ordinals, group.trace_of_rows());
    made.table = ValueTable::of_values(hex_values(
        traces->ids.size(), *arena, [&](std::size_t i) -> auto& { return traces->ids[i]; }));
    made.by_row = false;
    made.own_codes.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) made.own_codes[i] = ordinals[rows[i]];
  } else {
    const bool of_parent = intrinsic == Intrinsic::kParentSpanId;
    ASSIGN_OR_RETURN(const auto ids, of_parent ? group.parent_span_ids() : group.span_ids());
    made.table = ValueTable::of_values(
        hex_values(rows.size(), *arena, [&](std::size_t i) -> auto& { return ids[rows[i]]; }));
    std::vector<std::uint8_t> present(of_parent ? rows.size() : 0);
    for (std::size_t i = 0; i < present.size(); ++i) present[i] = ids[rows[i]].is_valid() ? 1 : 0;
    made.present = Pinned<std::uint8_t>::own(std::move(present));
  }
  made.table->keep(std::move(arena));
  return made;
}

Result<FieldColumn> FieldReader::in_extra(ClassView& view, bool empty_text) {
  FieldColumn made;
  if (empty_text) made = FieldColumn::constant(ValueTable::of_values({AnyValue::string("")}));
  ASSIGN_OR_RETURN(const auto has_extra, view.has_extra());
  made.open.assign(has_extra.begin(), has_extra.end());
  return made;
}

Result<FieldColumn> FieldReader::any_level(ClassView& view, const std::string& key) {
  ASSIGN_OR_RETURN(FieldColumn of_span, attribute(view));
  ASSIGN_OR_RETURN(FieldColumn of_resource, resource(view, key));
  ASSIGN_OR_RETURN(FieldColumn of_scope, scope(view, key));
  ASSIGN_OR_RETURN(const auto has_extra, view.has_extra());
  const bool plain = has_extra.empty() && of_span.open.empty();
  if (plain && !of_span.table && !of_scope.table) return of_resource;
  FieldColumn made;
  made.open = of_span.open;
  made.open.resize(view.size());
  made.own_codes.assign(view.size(), FieldColumn::kAbsent);
  std::vector<AnyValue> values(view.size());
  for (std::size_t i = 0; i < view.size(); ++i) {
    if (made.open[i] != 0) continue;
    const FieldColumn* from = &of_span;
    if (from->code(i) == FieldColumn::kAbsent) from = &of_resource;
    if (from->code(i) == FieldColumn::kAbsent) {
      // Events and links come before the scope.
      made.open[i] = !has_extra.empty() && has_extra[i] != 0 ? 1 : 0;
      from = &of_scope;
    }
    if (from->code(i) == FieldColumn::kAbsent) continue;
    values[i] = from->value(i);
    made.own_codes[i] = static_cast<std::uint32_t>(i);
  }
  made.table = ValueTable::of_values(std::move(values));
  made.table->keep(std::move(of_span));
  made.table->keep(std::move(of_resource));
  made.table->keep(std::move(of_scope));
  return made;
}

}  // namespace cairn::storage::columnar
