// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/group/group_codec.h"

#include "storage/columnar/segment/group/group_directory.h"
#include "storage/columnar/segment/paged/paged_group.h"

namespace cairn::storage::columnar {

Result<std::shared_ptr<const SegmentGroup>> decode_group(ByteView directory,
                                                         [[maybe_unused]] std::uint32_t group,
                                                         const SegmentVocabulary& vocabulary,
                                                         const PageReader& pages) {
  Result<GroupDirectory> made = decode_directory(directory);
  if (!made) return annotate(made.error(), pages.name());
  // There is a page at least: that of the trace ids.
  if (made->pages.back().end() > pages.file().size()) {
    return corruption(pages.name() + ": a row group lies outside the file");
  }
  return std::shared_ptr<const SegmentGroup>(
      std::make_shared<const PagedGroup>(Bytes(directory.begin(), directory.end()), made->facts,
                                         made->pages.front().offset, vocabulary, pages));
}

Result<GroupFacts> decode_group_facts(ByteView directory) {
  ByteReader in(directory);
  return decode_facts(in);
}

}  // namespace cairn::storage::columnar
