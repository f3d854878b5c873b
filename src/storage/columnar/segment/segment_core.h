// SPDX-License-Identifier: Apache-2.0
//
// SegmentCore: what the parts of an open segment share: the file, the footer, and the vocabulary
// that its groups are written in.
#pragma once

#include <memory>
#include <string>

#include "base/mutex.h"
#include "storage/columnar/index/fuse_filter.h"
#include "storage/columnar/segment/dictionary/dictionaries.h"
#include "storage/columnar/segment/group/group_codec.h"
#include "storage/columnar/segment/segment_footer.h"

namespace cairn::storage::columnar {

// Thread rule: any thread. Ownership: shared by the segment and its groups; forgets what the cache
// holds of it when the last of them goes.
class SegmentCore final : public SegmentVocabulary {
 public:
  // Reads header, footer and filter. Errors: as Segment::open().
  static Result<std::shared_ptr<const SegmentCore>> open(FileSystem& fs, const std::string& path,
                                                         std::uint64_t id, PageCache& cache,
                                                         Checksums checksums);
  ~SegmentCore() override;

  const SegmentFooter& footer() const { return footer_; }
  const FuseFilter& filter() const { return filter_; }
  const SegmentDictionaries& dictionaries() const { return dictionaries_; }
  const PageReader& pages() const { return pages_; }
  std::uint64_t footer_offset() const { return footer_offset_; }
  std::size_t memory_bytes() const;

  // The same object for as long as anyone uses it, whatever the cache forgets.
  Result<std::shared_ptr<const Schema>> schema() const override;
  Result<Pinned<std::string_view>> dictionary(ColumnId column) const override;
  Result<Pinned<std::string_view>> dictionary_value(ColumnId column,
                                                    std::uint32_t code) const override;

  // Of group `index`: what encode_group() returned. Errors: kCorruption; those of the disk.
  Result<Bytes> read_directory(std::size_t index) const;

  // Reads both ends again and tests them.
  Result<void> check_ends() const;
  // kCorruption that names the segment: "segment 7: <what>: <why>".
  Error damaged(std::string_view what, std::string_view why) const;

 private:
  explicit SegmentCore(PageReader pages) : pages_(std::move(pages)) {}

  PageReader pages_;
  SegmentFooter footer_;
  std::uint64_t footer_offset_ = 0;
  FuseFilter filter_;
  SegmentDictionaries dictionaries_;

  mutable Mutex mutex_;
  mutable std::weak_ptr<const Schema> schema_ GUARDED_BY(mutex_);
};

// "attribute http.method string"; how statistics and messages name a column.
std::string column_name(const Schema& schema, ColumnId column);

}  // namespace cairn::storage::columnar
