// SPDX-License-Identifier: Apache-2.0
//
// For tests of row groups: one group of a table on a disk in memory, without a segment around it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storage/columnar/fs/testing/fault_file_system.h"
#include "storage/columnar/segment/group/group_codec.h"

namespace cairn::storage::columnar {

// The table's own schema and dictionaries. Thread rule: immutable.
class TableVocabulary final : public SegmentVocabulary {
 public:
  explicit TableVocabulary(std::shared_ptr<const SpanTable> table) : table_(std::move(table)) {}

  Result<std::shared_ptr<const Schema>> schema() const override;
  Result<Pinned<std::string_view>> dictionary(ColumnId column) const override;
  Result<Pinned<std::string_view>> dictionary_value(ColumnId column,
                                                    std::uint32_t code) const override;

 private:
  std::shared_ptr<const SpanTable> table_;
};

struct GroupOnDisk {
  explicit GroupOnDisk(std::shared_ptr<const SpanTable> from) : table(from), vocabulary(from) {}

  // Encodes rows of the table, behind some bytes of another's.
  Result<void> write(std::span<const RowIndex> rows);
  Result<void> write();  // all of them
  // A reader of its own, without what an earlier one has in the cache.
  Result<std::shared_ptr<const SegmentGroup>> open();
  Result<std::vector<GroupPage>> inspect(bool decode = true);

  std::shared_ptr<const SpanTable> table;
  TableVocabulary vocabulary;
  FaultFileSystem disk;
  PageCache cache{64_MiB};
  Bytes directory;
  std::vector<std::unique_ptr<PageReader>> readers;
};

// Row numbers 0 … n-1.
std::vector<RowIndex> first_rows(std::size_t n);

}  // namespace cairn::storage::columnar
