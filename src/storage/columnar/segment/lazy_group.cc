// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/lazy_group.h"

#include <fmt/format.h>

namespace cairn::storage::columnar {
namespace {

using GroupHolder = std::shared_ptr<const SegmentGroup>;

// An opened group takes several times its directory: tables of pages beside their sizes.
constexpr std::size_t kOpenedFactor = 4;

}  // namespace

Result<Bytes> LazyGroup::directory() const {
  return read_packed(core_->pages(), footer_.directory,
                     fmt::format("directory of group {}", index_));
}

Result<GroupHolder> LazyGroup::open() const {
  const PageReader& pages = core_->pages();
  const auto load = [&]() -> Result<std::pair<GroupHolder, std::size_t>> {
    ASSIGN_OR_RETURN(const Bytes bytes, directory());
    ASSIGN_OR_RETURN(GroupHolder group, decode_group(bytes, index_, *core_, pages));
    if (group->facts().rows != footer_.facts.rows ||
        group->facts().traces != footer_.facts.traces) {
      return core_->damaged(fmt::format("group {}", index_), "footer and directory disagree");
    }
    return std::pair(std::move(group), kOpenedFactor * bytes.size());
  };
  ASSIGN_OR_RETURN(auto held, pages.cache().get<GroupHolder>(
                                  {pages.segment(), footer_.directory.page.offset}, load));
  return *held;
}

Result<std::vector<ClassRows>> LazyGroup::classes() const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->classes();
}

Result<Pinned<ColumnId>> LazyGroup::columns(ClassId span_class) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->columns(span_class);
}

Result<Pinned<RowIndex>> LazyGroup::rows(ClassId span_class) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->rows(span_class);
}

Result<Pinned<std::uint64_t>> LazyGroup::starts(ClassId span_class) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->starts(span_class);
}

Result<Pinned<std::uint64_t>> LazyGroup::durations(ClassId span_class) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->durations(span_class);
}

Result<Pinned<ResourceId>> LazyGroup::resources(ClassId span_class) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->resources(span_class);
}

Result<Pinned<ShapeId>> LazyGroup::shapes(ClassId span_class) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->shapes(span_class);
}

Result<Pinned<std::uint8_t>> LazyGroup::has_extra(ClassId span_class) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->has_extra(span_class);
}

Result<Pinned<std::string_view>> LazyGroup::extras(ClassId span_class) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->extras(span_class);
}

Result<ColumnValues> LazyGroup::column(ClassId span_class, ColumnId column) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->column(span_class, column);
}

Result<Pinned<model::SpanId>> LazyGroup::span_ids() const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->span_ids();
}

Result<Pinned<model::SpanId>> LazyGroup::parent_span_ids() const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->parent_span_ids();
}

Result<Pinned<TraceOrdinal>> LazyGroup::trace_of_rows() const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->trace_of_rows();
}

Result<TraceTable> LazyGroup::traces() const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->traces();
}

Result<void> LazyGroup::rows_of_trace(TraceOrdinal trace, std::vector<RowIndex>& out) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->rows_of_trace(trace, out);
}

Result<void> LazyGroup::materialize(std::span<const RowIndex> rows, model::Batch& out) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->materialize(rows, out);
}

Result<std::optional<TraceOrdinal>> LazyGroup::find(const model::TraceId& id) const {
  ASSIGN_OR_RETURN(const auto group, open());
  return group->find(id);
}

}  // namespace cairn::storage::columnar
