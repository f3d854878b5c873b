// SPDX-License-Identifier: Apache-2.0
//
// PagedGroup: a row group whose columns are pages of a segment file. Only its facts are resident:
// its directory is read when something is asked of it, and what it decodes, the directory too, goes
// to the page cache and is found there again.
// Thread rule: any thread; two that miss the cache both decode.
#pragma once

#include <functional>

#include "storage/columnar/segment/column/class_pages.h"
#include "storage/columnar/segment/group/group_codec.h"
#include "storage/columnar/segment/page/cache_kind.h"
#include "storage/columnar/segment/trace/topology.h"

namespace cairn::storage::columnar {

class PagedGroup final : public SegmentGroup {
 public:
  template <typename T>
  using Shared = std::shared_ptr<const T>;

  // As open_group().
  PagedGroup(const GroupFacts& facts, std::uint32_t number, DirectoryReader read_directory,
             const SegmentVocabulary& vocabulary, const PageReader& pages)
      : facts_(facts),
        number_(number),
        read_directory_(std::move(read_directory)),
        vocabulary_(vocabulary),
        pages_(pages) {}

  const GroupFacts& facts() const override { return facts_; }
  Result<Shared<Schema>> schema() const override { return vocabulary_.schema(); }
  Result<Pinned<std::string_view>> dictionary(ColumnId column) const override {
    return vocabulary_.dictionary(column);
  }

  Result<std::vector<ClassRows>> classes() const override;
  Result<Pinned<ColumnId>> columns(ClassId span_class) const override;
  Result<Pinned<RowIndex>> rows(ClassId span_class) const override;
  Result<Pinned<std::uint64_t>> starts(ClassId span_class) const override;
  Result<Pinned<std::uint64_t>> durations(ClassId span_class) const override;
  Result<Pinned<ResourceId>> resources(ClassId span_class) const override;
  Result<Pinned<ShapeId>> shapes(ClassId span_class) const override;
  Result<Pinned<std::uint8_t>> has_extra(ClassId span_class) const override;
  Result<Pinned<std::string_view>> extras(ClassId span_class) const override;
  Result<ColumnValues> column(ClassId span_class, ColumnId column) const override;
  Result<ColumnValues> dense_column(ClassId span_class, ColumnId column) const override;

  Result<Pinned<model::SpanId>> span_ids() const override;
  Result<Pinned<model::SpanId>> parent_span_ids() const override;
  Result<Pinned<TraceOrdinal>> trace_of_rows() const override;

  Result<TraceTable> traces() const override;
  Result<void> rows_of_trace(TraceOrdinal trace, std::vector<RowIndex>& out) const override;
  Result<void> materialize(std::span<const RowIndex> rows, model::Batch& out) const override;
  Result<std::optional<TraceOrdinal>> find(const model::TraceId& id) const override;
  Result<std::vector<GroupPage>> inspect(bool decode) const override;  // group_inspector.cc

  // For materializing: all cached.
  const SegmentVocabulary& vocabulary() const { return vocabulary_; }
  const PageReader& pages() const { return pages_; }
  Result<Shared<GroupDirectory>> directory() const;
  Result<Shared<Topology>> topology() const;
  Result<Shared<ClassPages>> class_pages(const Shared<GroupDirectory>& directory,
                                         const ClassEntry& entry) const;
  Result<Pinned<std::uint64_t>> trace_starts() const;
  Result<Pinned<model::TraceId>> trace_id_page(const GroupDirectory& directory,
                                               std::uint32_t page) const;
  Result<Pinned<model::SpanId>> span_id_page(const GroupDirectory& directory,
                                             std::uint32_t page) const;
  // Rows whose parent is not in the group, ascending, and that parent's id.
  struct Externals {
    std::vector<RowIndex> rows;
    std::vector<model::SpanId> ids;
  };
  Result<Shared<Externals>> externals() const;

 private:
  using Kind = CacheKind;
  struct ClassPlace;
  struct RowLists;

  template <typename T>
  Result<Shared<T>> cached(Kind kind, std::uint64_t what,
                           const std::function<Result<std::pair<T, std::size_t>>()>& load) const;
  template <typename T>
  Result<Pinned<T>> cached_array(Kind kind, std::uint64_t what,
                                 const std::function<Result<std::vector<T>>()>& load) const;
  // The class's entry; kNotFound when it has no rows here.
  Result<ClassPlace> place_of(ClassId span_class) const;
  Error no_column(ClassId span_class, ColumnId column) const;
  Error damaged(std::string_view what) const;

  Result<Shared<RowLists>> row_lists() const;
  Result<Shared<ClassShapes>> class_shapes(const ClassPlace& place) const;
  Result<std::vector<std::uint64_t>> decode_starts() const;
  Result<std::vector<ResourceId>> decode_resources() const;
  Result<Pinned<ResourceId>> resources_by_row() const;
  Result<std::vector<ResourceId>> own_resources(const GroupDirectory& directory,
                                                const ClassEntry& entry) const;
  Result<std::vector<std::uint32_t>> extra_rows(const ClassPlace& place) const;
  Result<ColumnValues> decode_text_column(const ClassPlace& place, const ColumnEntry& entry) const;
  Result<ColumnValues> decode_code_column(const ClassPlace& place, const ColumnEntry& entry) const;
  Result<ColumnValues> decode_number_column(const ClassPlace& place,
                                            const ColumnEntry& entry) const;
  Result<ColumnValues> decode_dense(const ClassPlace& place, const ColumnEntry& entry) const;
  Result<ColumnValues> decode_column_values(const ClassPlace& place,
                                            const ColumnEntry& entry) const;
  Result<std::vector<std::uint8_t>> present_rows(const ClassPlace& place,
                                                 const ColumnEntry& entry) const;

  // What the cache knows a class or a page of the group by; with 0, the group.
  std::uint64_t key(std::uint32_t number = 0) const {
    return std::uint64_t{number_} << 32 | number;
  }

  const GroupFacts facts_;
  const std::uint32_t number_;  // in the segment, below kMostGroups
  const DirectoryReader read_directory_;
  const SegmentVocabulary& vocabulary_;
  const PageReader& pages_;
};

}  // namespace cairn::storage::columnar
