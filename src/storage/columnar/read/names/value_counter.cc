// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/names/value_counter.h"

#include <algorithm>

#include "storage/api/field_values.h"
#include "storage/columnar/read/names/most_frequent.h"

namespace cairn::storage::columnar {

using model::AnyValue;

ValueCounter::ValueCounter(const ValuesRequest& request, RowMatcher& matcher, ReadSession& session)
    : request_(request), matcher_(matcher), session_(session) {
  if (request.field.level == Level::kAny) {
    const std::string& key = std::get<std::string>(request.field.what);
    for (const Level level : {Level::kSpan, Level::kResource, Level::kScope}) {
      parts_.push_back(Field::attribute(level, key));
    }
  } else {
    parts_.push_back(request.field);
  }
  for (const Field& part : parts_) readers_.emplace_back(part);
}

Result<void> ValueCounter::add(const RowGroup& group) {
  GroupView view(group);
  return visit_classes(view, session_, [&](ClassView& rows) { return add_class(rows); });
}

Result<void> ValueCounter::add_class(ClassView& view) {
  ASSIGN_OR_RETURN(const Verdicts verdicts, matcher_.match(view));
  if (verdicts.are(Verdict::kNo)) return {};
  std::vector<FieldColumn> columns;
  for (FieldReader& reader : readers_) {
    ASSIGN_OR_RETURN(FieldColumn column, reader.read(view));
    columns.push_back(std::move(column));
  }
  // Events and links have values of their own.
  std::span<const std::uint8_t> has_extra;
  if (request_.field.level == Level::kAny) {
    ASSIGN_OR_RETURN(has_extra, view.has_extra());
  }
  const auto is_open = [&](std::size_t row) {
    if (!has_extra.empty() && has_extra[row] != 0) return true;
    return std::ranges::any_of(columns,
                               [row](const FieldColumn& column) { return column.is_open(row); });
  };
  const bool some_open =
      !has_extra.empty() ||
      std::ranges::any_of(columns, [](const FieldColumn& column) { return !column.open.empty(); });
  std::vector<std::uint32_t> open;
  std::vector<std::uint32_t> seen;
  for (std::uint32_t row = 0; row < view.size(); ++row) {
    if (verdicts[row] != Verdict::kYes) continue;
    if (some_open && is_open(row)) {
      open.push_back(row);
      continue;
    }
    seen.clear();
    for (const FieldColumn& column : columns) {
      const std::uint32_t code = column.code(row);
      if (code == FieldColumn::kAbsent) continue;
      const std::uint32_t id = id_of(column, code);
      if (id == kUnwanted || std::ranges::find(seen, id) != seen.end()) continue;
      ++counts_[id];
      if (columns.size() > 1) seen.push_back(id);
    }
  }
  return add_open(view, open);
}

Result<void> ValueCounter::add_open(ClassView& view, std::span<const std::uint32_t> class_rows) {
  if (class_rows.empty()) return {};
  ASSIGN_OR_RETURN(const auto all_rows, view.rows());
  std::vector<RowIndex> rows;
  for (const std::uint32_t row : class_rows) rows.push_back(all_rows[row]);
  return visit_spans(view.group().group(), rows, session_,
                     [&](std::size_t, const SpanRef& ref) { add_span(ref); });
}

void ValueCounter::add_span(const SpanRef& ref) {
  std::vector<std::uint32_t> seen;
  any_value(ref, request_.field, [&](const AnyValue& value) {
    const std::uint32_t id = id_of(value);
    if (id != kUnwanted) seen.push_back(id);
    return false;  // all of them
  });
  std::ranges::sort(seen);
  const auto repeated = std::ranges::unique(seen);
  seen.erase(repeated.begin(), repeated.end());
  for (const std::uint32_t id : seen) ++counts_[id];
}

std::uint32_t ValueCounter::id_of(const AnyValue& value) {
  if (!request_.prefix.empty() && !model::to_display_text(value).starts_with(request_.prefix)) {
    return kUnwanted;
  }
  const std::uint32_t id = values_.id_of(value);
  if (id == ValueIds::kFull) return kUnwanted;
  if (id >= counts_.size()) counts_.resize(id + 1);
  return id;
}

std::uint32_t ValueCounter::id_of(const FieldColumn& column, std::uint32_t code) {
  std::uint32_t& slot = column.table->slot(code);
  if (slot == ValueTable::kNoSlot) slot = id_of(column.table->value(code));
  return slot;
}

std::vector<ValueCount> ValueCounter::most_frequent() {
  if (values_.full()) session_.partial("values: too many different values; some are left out");
  // Only what may be among the answer becomes a Constant.
  std::vector<std::uint64_t> sorted = counts_;
  std::uint64_t least = 1;
  if (sorted.size() > request_.limit) {
    const auto last = sorted.begin() + static_cast<std::ptrdiff_t>(request_.limit - 1);
    std::ranges::nth_element(sorted, last, std::greater());
    least = std::max(least, *last);
  }
  std::vector<ValueCount> all;
  for (std::uint32_t id = 0; id < counts_.size(); ++id) {
    if (counts_[id] >= least) all.push_back({values_.constant(id), counts_[id]});
  }
  keep_most_frequent(all, request_.limit, [](const ValueCount& a, const ValueCount& b) {
    return compare(a.value, b.value) < 0;
  });
  return all;
}

}  // namespace cairn::storage::columnar
