// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "storage/columnar/segment/paged/paged_group_internal.h"

namespace cairn::storage::columnar {
namespace {

// Whether what the directory names exists in the schema.
Result<void> check_names(const GroupDirectory& directory, const Schema& schema) {
  for (const ClassEntry& entry : directory.classes) {
    if (entry.span_class >= schema.classes.size()) return corruption("an unknown class");
    for (const ColumnEntry& column : directory.columns_of(entry)) {
      if (column.column >= schema.columns.size()) return corruption("an unknown column");
      if (column.plain && !is_text(schema.columns[column.column].type)) {
        return corruption("texts in a column that has none");
      }
    }
  }
  return {};
}

}  // namespace

Error PagedGroup::damaged(std::string_view what) const {
  return corruption(fmt::format("{}: group {}: {}", pages_.name(), number_, what));
}

Result<std::shared_ptr<const GroupDirectory>> PagedGroup::directory() const {
  using Loaded = std::pair<GroupDirectory, std::size_t>;
  return cached<GroupDirectory>(Kind::kDirectory, key(), [this]() -> Result<Loaded> {
    ASSIGN_OR_RETURN(const Bytes bytes_read, read_directory_());
    Result<GroupDirectory> decoded = decode_directory(bytes_read);
    if (!decoded) return annotate(decoded.error(), pages_.name());
    GroupDirectory made = *std::move(decoded);
    if (made.facts.rows != facts_.rows || made.facts.traces != facts_.traces) {
      return damaged("footer and directory disagree");
    }
    // There is a page at least: that of the trace ids.
    if (made.pages.back().end() > pages_.file().size()) return damaged("lies outside the file");
    ASSIGN_OR_RETURN(const auto names, vocabulary_.schema());
    if (auto done = check_names(made, *names); !done) return damaged(done.error().message);
    const std::size_t bytes = made.memory_bytes();
    return Loaded{std::move(made), bytes};
  });
}

Result<PagedGroup::ClassPlace> PagedGroup::place_of(ClassId span_class) const {
  ClassPlace place;
  ASSIGN_OR_RETURN(place.directory, directory());
  place.entry = place.directory->find(span_class);
  if (place.entry == nullptr) {
    return not_found(fmt::format("{}: class {} in this row group", pages_.name(), span_class));
  }
  place.number = static_cast<std::uint32_t>(place.entry - place.directory->classes.data());
  return place;
}

Result<std::shared_ptr<const Topology>> PagedGroup::topology() const {
  using Loaded = std::pair<Topology, std::size_t>;
  return cached<Topology>(Kind::kTopology, key(), [this]() -> Result<Loaded> {
    ASSIGN_OR_RETURN(const auto all, directory());
    ASSIGN_OR_RETURN(Topology made, Topology::decode(*all, pages_));
    const std::size_t bytes = made.memory_bytes();
    return Loaded{std::move(made), bytes};
  });
}

Result<std::shared_ptr<const ClassPages>> PagedGroup::class_pages(const Shared<GroupDirectory>& all,
                                                                  const ClassEntry& entry) const {
  using Loaded = std::pair<ClassPages, std::size_t>;
  const auto number = static_cast<std::uint32_t>(&entry - all->classes.data());
  return cached<ClassPages>(Kind::kClassPages, key(number), [&]() -> Result<Loaded> {
    ASSIGN_OR_RETURN(const auto names, vocabulary_.schema());
    Result<ClassPages> made = ClassPages::read(all, entry, *names, pages_, false);
    if (!made) return annotate(made.error(), pages_.name());
    const std::size_t bytes = made->memory_bytes();
    return Loaded{*std::move(made), bytes};
  });
}

Result<std::vector<ClassRows>> PagedGroup::classes() const {
  ASSIGN_OR_RETURN(const auto all, directory());
  std::vector<ClassRows> made;
  for (const ClassEntry& entry : all->classes) made.push_back({entry.span_class, entry.rows});
  return made;
}

Result<Pinned<ColumnId>> PagedGroup::columns(ClassId span_class) const {
  ASSIGN_OR_RETURN(const ClassPlace place, place_of(span_class));
  const std::span<const ColumnId> ids = place.directory->column_ids;
  return Pinned<ColumnId>{place.directory,
                          ids.subspan(place.entry->first_column, place.entry->column_count)};
}

Result<std::shared_ptr<const PagedGroup::RowLists>> PagedGroup::row_lists() const {
  using Loaded = std::pair<RowLists, std::size_t>;
  return cached<RowLists>(Kind::kRowLists, key(), [this]() -> Result<Loaded> {
    ASSIGN_OR_RETURN(const auto all, directory());
    ASSIGN_OR_RETURN(const auto structure, topology());
    RowLists made;
    made.begin.push_back(0);
    for (const ClassEntry& entry : all->classes) {
      made.begin.push_back(made.begin.back() + entry.rows);
    }
    std::vector<std::uint32_t> next = made.begin;
    made.rows.resize(structure->rows());
    for (RowIndex row = 0; row < made.rows.size(); ++row) {
      made.rows[next[structure->class_of(row)]++] = row;
    }
    const std::size_t bytes = made.memory_bytes();
    return Loaded{std::move(made), bytes};
  });
}

Result<Pinned<RowIndex>> PagedGroup::rows(ClassId span_class) const {
  ASSIGN_OR_RETURN(const ClassPlace place, place_of(span_class));
  ASSIGN_OR_RETURN(const auto lists, row_lists());
  return Pinned<RowIndex>{
      lists, std::span(lists->rows).subspan(lists->begin[place.number], place.entry->rows)};
}

// By class, then row, like RowLists::rows.
Result<std::vector<std::uint64_t>> PagedGroup::decode_starts() const {
  ASSIGN_OR_RETURN(const auto all, directory());
  ASSIGN_OR_RETURN(const auto structure, topology());
  ASSIGN_OR_RETURN(const auto first_starts, trace_starts());
  const ColumnPages columns(*all, pages_);
  std::vector<std::uint64_t> starts;  // distances at first
  std::vector<std::uint64_t> durations;
  std::vector<std::size_t> next;
  starts.reserve(facts_.rows);
  durations.reserve(facts_.rows);
  for (const ClassEntry& entry : all->classes) {
    next.push_back(starts.size());
    ASSIGN_OR_RETURN(const auto distances,
                     columns.numbers<std::uint64_t>(entry.starts, entry.rows, "starts"));
    starts.insert(starts.end(), distances.begin(), distances.end());
    ASSIGN_OR_RETURN(const auto lengths,
                     columns.numbers<std::uint64_t>(entry.durations, entry.rows, "durations"));
    durations.insert(durations.end(), lengths.begin(), lengths.end());
  }
  SpanClock clock;
  for (TraceOrdinal trace = 0; trace < structure->traces(); ++trace) {
    clock.reset(first_starts[trace]);
    for (RowIndex row = structure->first_row(trace); row < structure->end_row(trace); ++row) {
      const std::uint32_t number = structure->class_of(row);
      const std::uint32_t distance = structure->distance(row);
      const std::size_t at = next[number]++;
      starts[at] += clock.base(all->classes[number].start_base, distance, durations[at]);
      clock.add(distance, starts[at], durations[at]);
    }
  }
  return starts;
}

Result<Pinned<std::uint64_t>> PagedGroup::starts(ClassId span_class) const {
  ASSIGN_OR_RETURN(const ClassPlace place, place_of(span_class));
  ASSIGN_OR_RETURN(const auto all, cached_array<std::uint64_t>(Kind::kStarts, key(),
                                                               [this] { return decode_starts(); }));
  std::size_t begin = 0;
  for (std::uint32_t i = 0; i < place.number; ++i) begin += place.directory->classes[i].rows;
  return Pinned<std::uint64_t>{all.owner, all.view.subspan(begin, place.entry->rows)};
}

Result<Pinned<std::uint64_t>> PagedGroup::durations(ClassId span_class) const {
  ASSIGN_OR_RETURN(const ClassPlace place, place_of(span_class));
  return cached_array<std::uint64_t>(Kind::kDurations, key(place.number), [&] {
    return ColumnPages(*place.directory, pages_)
        .numbers<std::uint64_t>(place.entry->durations, place.entry->rows, "durations");
  });
}

Result<std::vector<ResourceId>> PagedGroup::own_resources(const GroupDirectory& all,
                                                          const ClassEntry& entry) const {
  ASSIGN_OR_RETURN(const auto names, vocabulary_.schema());
  const ColumnPages columns(all, pages_);
  ASSIGN_OR_RETURN(auto made,
                   columns.numbers<ResourceId>(entry.resources, entry.rows, "resources"));
  if (std::ranges::max(made) >= names->resources.size()) return damaged("an unknown resource");
  return made;
}

Result<std::vector<ResourceId>> PagedGroup::decode_resources() const {
  ASSIGN_OR_RETURN(const auto all, directory());
  ASSIGN_OR_RETURN(const auto structure, topology());
  std::vector<std::vector<ResourceId>> own(all->classes.size());
  std::vector<std::size_t> next(own.size(), 0);
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (all->classes[i].resource_of_parent) continue;
    ASSIGN_OR_RETURN(own[i], own_resources(*all, all->classes[i]));
  }
  std::vector<ResourceId> made;
  made.reserve(facts_.rows);
  for (RowIndex row = 0; row < facts_.rows; ++row) {
    const std::uint32_t number = structure->class_of(row);
    if (!all->classes[number].resource_of_parent) {
      made.push_back(own[number][next[number]++]);
      continue;
    }
    const std::uint32_t distance = structure->distance(row);
    if (distance == 0) return damaged("the resource of a parent that is not there");
    made.push_back(made[row - distance]);
  }
  return made;
}

Result<Pinned<ResourceId>> PagedGroup::resources_by_row() const {
  return cached_array<ResourceId>(Kind::kResources, key(), [this] { return decode_resources(); });
}

Result<Pinned<ResourceId>> PagedGroup::resources(ClassId span_class) const {
  ASSIGN_OR_RETURN(const ClassPlace place, place_of(span_class));
  return cached_array<ResourceId>(Kind::kClassResources, key(place.number),
                                  [&]() -> Result<std::vector<ResourceId>> {
                                    if (!place.entry->resource_of_parent)
                                      return own_resources(*place.directory, *place.entry);
                                    ASSIGN_OR_RETURN(const auto by_row, resources_by_row());
                                    ASSIGN_OR_RETURN(const auto rows_here, rows(span_class));
                                    std::vector<ResourceId> made;
                                    made.reserve(rows_here.size());
                                    for (const RowIndex row : rows_here.view)
                                      made.push_back(by_row[row]);
                                    return made;
                                  });
}

Result<std::shared_ptr<const ClassShapes>> PagedGroup::class_shapes(const ClassPlace& place) const {
  using Loaded = std::pair<ClassShapes, std::size_t>;
  return cached<ClassShapes>(Kind::kShapes, key(place.number), [&]() -> Result<Loaded> {
    ASSIGN_OR_RETURN(const auto names, vocabulary_.schema());
    const NumberColumn& column = place.entry->shapes;
    Bytes bytes;
    if (column.form != NumberColumn::Form::kConstant) {
      ASSIGN_OR_RETURN(bytes, pages_.read(place.directory->pages[column.page], "shapes"));
    }
    Result<ClassShapes> made = ClassShapes::decode(*place.directory, *place.entry, *names, bytes,
                                                   ClassShapes::Ranks::kNone);
    if (!made) return damaged(made.error().message);
    const std::size_t memory = made->memory_bytes();
    return Loaded{*std::move(made), memory};
  });
}

Result<Pinned<ShapeId>> PagedGroup::shapes(ClassId span_class) const {
  ASSIGN_OR_RETURN(const ClassPlace place, place_of(span_class));
  return cached_array<ShapeId>(Kind::kShapeArray, key(place.number),
                               [&]() -> Result<std::vector<ShapeId>> {
                                 ASSIGN_OR_RETURN(const auto made, class_shapes(place));
                                 return made->all();
                               });
}

}  // namespace cairn::storage::columnar
