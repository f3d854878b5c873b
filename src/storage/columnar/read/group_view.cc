// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/group_view.h"

#include <algorithm>

namespace cairn::storage::columnar {
namespace {

Error does_not_fit(const char* what) {
  return corruption(std::string("row group: ") + what + " do not fit the rest");
}

// `kept`, loaded at the first call; `size` elements.
template <typename T, typename Load>
Result<std::span<const T>> fetch(std::optional<Pinned<T>>& kept, std::size_t size, const char* what,
                                 const Load& load) {
  if (!kept) {
    ASSIGN_OR_RETURN(Pinned<T> loaded, load());
    if (loaded.size() != size) return does_not_fit(what);
    kept = std::move(loaded);
  }
  return kept->view;
}

bool all_below(std::span<const std::uint32_t> indexes, std::size_t end) {
  std::uint32_t most = 0;
  for (const std::uint32_t index : indexes) most = std::max(most, index);
  return indexes.empty() || most < end;
}

template <typename T>
bool fits(const Pinned<T>& array, std::size_t size) {
  return array.size() == size;
}

}  // namespace

Result<std::shared_ptr<const Schema>> GroupView::schema() {
  if (!schema_) {
    ASSIGN_OR_RETURN(schema_, group_.schema());
  }
  return schema_;
}

Result<std::span<const ClassRows>> GroupView::classes() {
  if (!classes_) {
    ASSIGN_OR_RETURN(classes_, group_.classes());
  }
  return std::span<const ClassRows>(*classes_);
}

Result<std::span<const model::SpanId>> GroupView::span_ids() {
  return fetch(span_ids_, facts().rows, "span ids", [&] { return group_.span_ids(); });
}

Result<std::span<const model::SpanId>> GroupView::parent_span_ids() {
  return fetch(parent_span_ids_, facts().rows, "parent span ids",
               [&] { return group_.parent_span_ids(); });
}

Result<std::span<const TraceOrdinal>> GroupView::trace_of_rows() {
  const bool fresh = !trace_of_rows_;
  ASSIGN_OR_RETURN(const auto ordinals, fetch(trace_of_rows_, facts().rows, "traces of rows",
                                              [&] { return group_.trace_of_rows(); }));
  if (fresh && !all_below(ordinals, facts().traces)) {
    trace_of_rows_.reset();
    return does_not_fit("traces of rows");
  }
  return ordinals;
}

Result<const TraceTable*> GroupView::traces() {
  if (!traces_) {
    ASSIGN_OR_RETURN(TraceTable table, group_.traces());
    const std::size_t size = facts().traces;
    if (!fits(table.ids, size) || !fits(table.starts, size) || !fits(table.durations, size) ||
        !fits(table.spans, size) || !fits(table.errors, size)) {
      return does_not_fit("traces");
    }
    traces_ = std::move(table);
  }
  return &*traces_;
}

Result<SpanClass> ClassView::span_class() {
  ASSIGN_OR_RETURN(const auto schema, group_.schema());
  if (id() >= schema->classes.published_size()) return does_not_fit("classes");
  return schema->classes[id()];
}

Result<std::span<const ColumnId>> ClassView::columns() {
  if (!columns_) {
    ASSIGN_OR_RETURN(columns_, group_.group().columns(id()));
    ASSIGN_OR_RETURN(const auto schema, group_.schema());
    if (!all_below(columns_->view, schema->columns.published_size())) {
      columns_.reset();
      return does_not_fit("columns");
    }
  }
  return columns_->view;
}

Result<std::span<const RowIndex>> ClassView::rows() {
  const bool fresh = !rows_;
  ASSIGN_OR_RETURN(const auto rows,
                   fetch(rows_, size(), "rows", [&] { return group_.group().rows(id()); }));
  if (fresh && !all_below(rows, group_.facts().rows)) {
    rows_.reset();
    return does_not_fit("rows");
  }
  return rows;
}

Result<std::span<const std::uint64_t>> ClassView::starts() {
  return fetch(starts_, size(), "starts", [&] { return group_.group().starts(id()); });
}

Result<std::span<const std::uint64_t>> ClassView::durations() {
  return fetch(durations_, size(), "durations", [&] { return group_.group().durations(id()); });
}

Result<std::span<const ResourceId>> ClassView::resources() {
  const bool fresh = !resources_;
  ASSIGN_OR_RETURN(const auto resources, fetch(resources_, size(), "resources",
                                               [&] { return group_.group().resources(id()); }));
  if (!fresh) return resources;
  ASSIGN_OR_RETURN(const auto schema, group_.schema());
  if (!all_below(resources, schema->resources.published_size())) {
    resources_.reset();
    return does_not_fit("resources");
  }
  return resources;
}

Result<std::span<const ShapeId>> ClassView::shapes() {
  const bool fresh = !shapes_;
  ASSIGN_OR_RETURN(const auto shapes,
                   fetch(shapes_, size(), "shapes", [&] { return group_.group().shapes(id()); }));
  if (!fresh) return shapes;
  ASSIGN_OR_RETURN(const auto schema, group_.schema());
  if (!all_below(shapes, schema->shapes.published_size())) {
    shapes_.reset();
    return does_not_fit("shapes");
  }
  return shapes;
}

Result<std::span<const std::uint8_t>> ClassView::has_extra() {
  if (!has_extra_) {
    ASSIGN_OR_RETURN(Pinned<std::uint8_t> loaded, group_.group().has_extra(id()));
    if (!loaded.empty() && loaded.size() != size()) return does_not_fit("extras");
    has_extra_ = std::move(loaded);
  }
  return has_extra_->view;
}

Result<std::span<const std::string_view>> ClassView::extras() {
  if (!extras_) {
    ASSIGN_OR_RETURN(Pinned<std::string_view> loaded, group_.group().extras(id()));
    if (!loaded.empty() && loaded.size() != size()) return does_not_fit("extras");
    extras_ = std::move(loaded);
  }
  return extras_->view;
}

Result<bool> ClassView::has_column(ColumnId column) {
  ASSIGN_OR_RETURN(const auto ids, columns());
  return std::ranges::binary_search(ids, column);
}

Result<ColumnValues> ClassView::column(ColumnId column, ColumnType type) {
  ASSIGN_OR_RETURN(ColumnValues values, group_.group().column(id(), column));
  const std::size_t wanted = values.constant ? 1 : size();
  const bool present_fits = values.present.empty() || values.present.size() == size();
  bool values_fit = true;
  if (is_text(type)) {
    values_fit = values.codes.empty() ? values.texts.size() == wanted : fits(values.codes, wanted);
  } else if (type != ColumnType::kEmpty) {
    values_fit = fits(values.numbers, wanted);
  }
  if (!present_fits || !values_fit) return does_not_fit("values of a column");
  return values;
}

}  // namespace cairn::storage::columnar
