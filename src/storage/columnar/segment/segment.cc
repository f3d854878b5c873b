// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/segment.h"

#include "storage/columnar/index/pre_aggregates.h"
#include "storage/columnar/segment/page/cache_kind.h"
#include "storage/columnar/segment/paged/paged_group.h"
#include "storage/columnar/segment/segment_file.h"

namespace cairn::storage::columnar {

Result<std::shared_ptr<const Segment>> Segment::open(FileSystem& fs, const std::string& path,
                                                     std::uint64_t id, PageCache& cache) {
  ASSIGN_OR_RETURN(auto core, SegmentCore::open(fs, path, id, cache, Checksums::kVerified));
  return std::shared_ptr<const Segment>(std::make_shared<SegmentFile>(std::move(core)));
}

SegmentFile::SegmentFile(std::shared_ptr<const SegmentCore> core) : core_(std::move(core)) {
  for (std::size_t i = 0; i < core_->footer().groups.size(); ++i) {
    // The reader keeps the core alive, and with it what the group refers to.
    segment_groups_.push_back(open_group(
        core_->footer().groups[i].facts, static_cast<std::uint32_t>(i),
        [core = core_, i] { return core->read_directory(i); }, *core_, core_->pages()));
    groups_.push_back(segment_groups_.back());
  }
}

std::size_t SegmentFile::memory_bytes() const {
  return sizeof(*this) + core_->memory_bytes() +
         groups_.size() * (sizeof(PagedGroup) + 2 * sizeof(groups_[0]));
}

// A trace is in the group that the filter names. The pieces of a large one fill several groups, one
// after another.
Result<std::vector<TracePlace>> SegmentFile::find(const model::TraceId& id) const {
  std::vector<TracePlace> places;
  const std::optional<std::uint32_t> mark = core_->filter().find(id);
  if (!mark) return places;
  const bool named = core_->footer().mark_bits() > 0;
  for (std::size_t i = named ? *mark : 0; i < segment_groups_.size(); ++i) {
    ASSIGN_OR_RETURN(const std::optional<TraceOrdinal> found, segment_groups_[i]->find(id));
    if (found) places.push_back({static_cast<std::uint32_t>(i), *found});
    const bool piece = found && segment_groups_[i]->facts().traces == 1;
    if (!piece && (named || !places.empty())) break;
  }
  return places;
}

Result<std::shared_ptr<const PreAggregates>> SegmentFile::pre_aggregates() const {
  const PackedPage& page = core_->footer().pre_aggregates;
  if (page.page.size == 0) return std::shared_ptr<const PreAggregates>();
  const PageReader& pages = core_->pages();
  const auto load = [&]() -> Result<std::pair<PreAggregates, std::size_t>> {
    ASSIGN_OR_RETURN(const Bytes bytes, read_packed(pages, page, "pre-aggregates"));
    ByteReader in(bytes);
    auto decoded = PreAggregates::decode(in);
    if (!decoded) return annotate(decoded.error(), pages.name());
    if (auto done = in.finish("pre-aggregates"); !done) return annotate(done.error(), pages.name());
    std::uint64_t spans = 0;
    for (const PreAggregateCell& cell : decoded->cells()) spans += cell.durations.count();
    if (spans != info().rows) return core_->damaged("pre-aggregates", "count other rows");
    const std::size_t size = decoded->memory_bytes();
    return std::pair(*std::move(decoded), size);
  };
  return pages.cache().get<PreAggregates>(cache_key(pages, CacheKind::kPreAggregates), load);
}

}  // namespace cairn::storage::columnar
