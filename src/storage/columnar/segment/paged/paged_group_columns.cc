// SPDX-License-Identifier: Apache-2.0
//
// Columns and extras of a PagedGroup by class row.
#include <algorithm>

#include <fmt/format.h>

#include "storage/columnar/segment/paged/paged_group_internal.h"

namespace cairn::storage::columnar {
namespace {

// Texts with the memory they live in.
struct OwnedTexts {
  Arena arena;
  std::vector<std::string_view> views;

  std::size_t memory_bytes() const {
    return sizeof *this + arena.reserved_bytes() + views.capacity() * sizeof(std::string_view);
  }
};

Pinned<std::string_view> pin(std::shared_ptr<const OwnedTexts> texts) {
  const std::span<const std::string_view> view(texts->views);
  return {std::move(texts), view};
}

// The values of the rows that have the column, put at their class rows.
template <typename T>
Pinned<T> spread(const Pinned<T>& values, std::span<const std::uint8_t> present) {
  struct Kept {
    std::shared_ptr<const void> ground;  // what texts point at
    std::vector<T> values;
  };
  if (values.empty()) return values;
  auto kept = std::make_shared<Kept>();
  if constexpr (std::is_same_v<T, std::string_view>) kept->ground = values.owner;
  kept->values.resize(present.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (present[i] != 0) kept->values[i] = values[next++];
  }
  const std::span<const T> view(kept->values);
  return {std::move(kept), view};
}

template <typename T>
std::size_t bytes_of(const Pinned<T>& array) {
  return array.size() * sizeof(T);
}

}  // namespace

Result<std::vector<std::uint32_t>> PagedGroup::extra_rows(const ClassPlace& place) const {
  const ColumnPages pages(*place.directory, pages_);
  ASSIGN_OR_RETURN(const auto gaps,
                   pages.numbers<std::uint32_t>(place.entry->extra_rows, place.entry->extras,
                                                "rows with extras"));
  Result<std::vector<std::uint32_t>> made = rows_from_gaps(gaps, place.entry->rows);
  if (!made) return damaged(made.error().message);
  return made;
}

Result<Pinned<std::uint8_t>> PagedGroup::has_extra(ClassId span_class) const {
  ASSIGN_OR_RETURN(const ClassPlace place, place_of(span_class));
  if (place.entry->extras == 0) return Pinned<std::uint8_t>{};
  return cached_array<std::uint8_t>(Kind::kHasExtra, key(place.number),
                                    [&]() -> Result<std::vector<std::uint8_t>> {
                                      ASSIGN_OR_RETURN(const auto with, extra_rows(place));
                                      std::vector<std::uint8_t> made(place.entry->rows, 0);
                                      for (const std::uint32_t row : with) made[row] = 1;
                                      return made;
                                    });
}

Result<Pinned<std::string_view>> PagedGroup::extras(ClassId span_class) const {
  ASSIGN_OR_RETURN(const ClassPlace place, place_of(span_class));
  if (place.entry->extras == 0) return Pinned<std::string_view>{};
  using Loaded = std::pair<OwnedTexts, std::size_t>;
  const auto load = [&]() -> Result<Loaded> {
    ASSIGN_OR_RETURN(const auto with, extra_rows(place));
    OwnedTexts made;
    ASSIGN_OR_RETURN(const auto texts,
                     ColumnPages(*place.directory, pages_)
                         .texts(place.entry->extra_texts, with.size(), made.arena, "extras"));
    made.views.resize(place.entry->rows);
    for (std::size_t i = 0; i < with.size(); ++i)
      made.views[with[i]] = texts[texts.size() == 1 ? 0 : i];
    const std::size_t bytes = made.memory_bytes();
    return Loaded{std::move(made), bytes};
  };
  ASSIGN_OR_RETURN(auto made, cached<OwnedTexts>(Kind::kExtras, key(place.number), load));
  return pin(std::move(made));
}

Result<std::vector<std::uint8_t>> PagedGroup::present_rows(const ClassPlace& place,
                                                           const ColumnEntry& entry) const {
  if (entry.values == place.entry->rows) return std::vector<std::uint8_t>{};
  ASSIGN_OR_RETURN(const auto shapes, class_shapes(place));
  const auto columns = place.directory->columns_of(*place.entry);
  return shapes->present(static_cast<std::size_t>(&entry - columns.data()));
}

Result<ColumnValues> PagedGroup::decode_text_column(const ClassPlace& place,
                                                    const ColumnEntry& entry) const {
  auto made = std::make_shared<OwnedTexts>();
  ASSIGN_OR_RETURN(
      made->views,
      ColumnPages(*place.directory, pages_).texts(entry.texts, entry.values, made->arena, "texts"));
  ColumnValues values;
  values.constant = entry.texts.constant || entry.values == 1;
  values.texts = pin(std::move(made));
  return values;
}

Result<ColumnValues> PagedGroup::decode_code_column(const ClassPlace& place,
                                                    const ColumnEntry& entry) const {
  ColumnValues values;
  values.constant = entry.numbers.form == NumberColumn::Form::kConstant;
  const std::size_t count = values.constant ? 1 : entry.values;
  ASSIGN_OR_RETURN(
      auto codes,
      ColumnPages(*place.directory, pages_).numbers<std::uint32_t>(entry.numbers, count, "codes"));
  ASSIGN_OR_RETURN(const auto known, vocabulary_.dictionary(entry.column));
  if (std::ranges::max(codes) >= known.size()) return damaged("a code beyond its dictionary");
  values.codes = Pinned<std::uint32_t>::own(std::move(codes));
  return values;
}

Result<ColumnValues> PagedGroup::decode_number_column(const ClassPlace& place,
                                                      const ColumnEntry& entry) const {
  ColumnValues values;
  values.constant = entry.numbers.form == NumberColumn::Form::kConstant;
  const std::size_t count = values.constant ? 1 : entry.values;
  ASSIGN_OR_RETURN(auto numbers, ColumnPages(*place.directory, pages_)
                                     .numbers<std::uint64_t>(entry.numbers, count, "numbers"));
  ASSIGN_OR_RETURN(const auto names, vocabulary_.schema());
  if (names->columns[entry.column].type == ColumnType::kBool && std::ranges::max(numbers) > 1) {
    return damaged("a bool that is neither");
  }
  values.numbers = Pinned<std::uint64_t>::own(std::move(numbers));
  return values;
}

Result<ColumnValues> PagedGroup::decode_dense(const ClassPlace& place,
                                              const ColumnEntry& entry) const {
  ASSIGN_OR_RETURN(const auto names, vocabulary_.schema());
  const ColumnType type = names->columns[entry.column].type;
  if (entry.plain) return decode_text_column(place, entry);
  if (is_text(type)) return decode_code_column(place, entry);
  if (type != ColumnType::kEmpty) return decode_number_column(place, entry);
  ColumnValues values;
  values.constant = true;
  return values;
}

Result<ColumnValues> PagedGroup::decode_column_values(const ClassPlace& place,
                                                      const ColumnEntry& entry) const {
  ASSIGN_OR_RETURN(ColumnValues values, decode_dense(place, entry));
  ASSIGN_OR_RETURN(auto present, present_rows(place, entry));
  if (!values.constant && !present.empty()) {
    values.codes = spread(values.codes, present);
    values.texts = spread(values.texts, present);
    values.numbers = spread(values.numbers, present);
  }
  values.present = Pinned<std::uint8_t>::own(std::move(present));
  return values;
}

Error PagedGroup::no_column(ClassId span_class, ColumnId column) const {
  return not_found(fmt::format("{}: column {} of class {}", pages_.name(), column, span_class));
}

Result<ColumnValues> PagedGroup::dense_column(ClassId span_class, ColumnId column) const {
  ASSIGN_OR_RETURN(const ClassPlace place, place_of(span_class));
  const ColumnEntry* entry = place.directory->find(*place.entry, column);
  if (entry == nullptr) return no_column(span_class, column);
  return decode_dense(place, *entry);
}

Result<ColumnValues> PagedGroup::column(ClassId span_class, ColumnId column) const {
  ASSIGN_OR_RETURN(const ClassPlace place, place_of(span_class));
  const ColumnEntry* entry = place.directory->find(*place.entry, column);
  if (entry == nullptr) return no_column(span_class, column);
  // Constants of all rows are quicker made than found.
  const bool has_page = entry->plain || entry->numbers.form != NumberColumn::Form::kConstant;
  if (!has_page) return decode_column_values(place, *entry);
  const PageNumber page =
      entry->plain ? place.directory->pages_of(entry->texts).front().page : entry->numbers.page;
  using Loaded = std::pair<ColumnValues, std::size_t>;
  const auto load = [&]() -> Result<Loaded> {
    ASSIGN_OR_RETURN(ColumnValues made, decode_column_values(place, *entry));
    std::size_t bytes = sizeof made + bytes_of(made.present) + bytes_of(made.codes) +
                        bytes_of(made.numbers) + bytes_of(made.texts);
    for (const std::string_view text : made.texts.view) bytes += text.size();
    return Loaded{std::move(made), bytes};
  };
  ASSIGN_OR_RETURN(const auto values, cached<ColumnValues>(Kind::kColumn, key(page), load));
  return *values;
}

}  // namespace cairn::storage::columnar
