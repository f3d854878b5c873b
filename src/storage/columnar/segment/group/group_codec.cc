// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/group/group_codec.h"

#include "storage/columnar/segment/group/group_directory.h"
#include "storage/columnar/segment/paged/paged_group.h"

namespace cairn::storage::columnar {

std::shared_ptr<const SegmentGroup> open_group(const GroupFacts& facts, std::uint32_t group,
                                               DirectoryReader directory,
                                               const SegmentVocabulary& vocabulary,
                                               const PageReader& pages) {
  return std::make_shared<const PagedGroup>(facts, group, std::move(directory), vocabulary, pages);
}

Result<std::shared_ptr<const SegmentGroup>> decode_group(ByteView directory, std::uint32_t group,
                                                         const SegmentVocabulary& vocabulary,
                                                         const PageReader& pages) {
  const auto facts = decode_group_facts(directory);
  if (!facts) return annotate(facts.error(), pages.name());
  const auto read = [bytes = Bytes(directory.begin(), directory.end())] {
    return Result<Bytes>(bytes);
  };
  auto made = std::make_shared<const PagedGroup>(*facts, group, read, vocabulary, pages);
  RETURN_IF_ERROR(made->directory());
  return std::shared_ptr<const SegmentGroup>(std::move(made));
}

Result<GroupFacts> decode_group_facts(ByteView directory) {
  ByteReader in(directory);
  return decode_facts(in);
}

}  // namespace cairn::storage::columnar
