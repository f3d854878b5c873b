// SPDX-License-Identifier: Apache-2.0
//
// The dictionaries of a segment: in pages of at most some 64 KiB of text, small ones together in
// one page, large ones over several, so that one value costs one page.
#pragma once

#include <vector>

#include "storage/columnar/head/span_table.h"
#include "storage/columnar/schema/row_group.h"
#include "storage/columnar/segment/group/group_codec.h"
#include "storage/columnar/segment/page/page.h"
#include "storage/columnar/segment/segment_footer.h"

namespace cairn::storage::columnar {

// Writes the dictionaries of the columns that have form kDictionary and says in `footer` where.
Result<void> write_dictionaries(const SpanTable& table, std::span<const TextForm> forms,
                                int zstd_level, PageWriter& pages, SegmentFooter& footer);

// Reads them back, through the cache. Thread rule: any thread.
class SegmentDictionaries {
 public:
  // Errors: kCorruption when the chunks of a column leave a gap.
  static Result<SegmentDictionaries> make(const SegmentFooter& footer);

  // All values of a column; empty when it has no dictionary.
  // `footer` is the one that this was made of.
  Result<Pinned<std::string_view>> all(ColumnId column, const SegmentFooter& footer,
                                       const PageReader& pages) const;
  // One value. Errors: kCorruption when there is no such code.
  Result<Pinned<std::string_view>> value(ColumnId column, std::uint32_t code,
                                         const SegmentFooter& footer,
                                         const PageReader& pages) const;

  std::uint32_t size(ColumnId column, const SegmentFooter& footer) const;
  std::size_t memory_bytes() const { return places_.capacity() * sizeof(Place); }

 private:
  // Where a chunk lies, by column and first value.
  struct Place {
    ColumnId column = 0;
    std::uint32_t chunk = 0;
    std::uint32_t page = 0;
    std::uint32_t first_in_page = 0;  // of the values of the page
  };

  std::span<const Place> places_of(ColumnId column) const;
  Result<Pinned<std::string_view>> chunk_values(const Place& place, const SegmentFooter& footer,
                                                const PageReader& pages) const;

  std::vector<Place> places_;
};

}  // namespace cairn::storage::columnar
