// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/head/head_state.h"

namespace cairn::storage::columnar {

HeadTable::HeadTable(std::uint64_t head_id, std::uint64_t seed)
    : id(head_id), name("head " + std::to_string(head_id)), traces(table.traces, seed) {
}

void HeadTable::publish(const GroupFacts& facts, std::span<const ColumnId> grown) {
  first_text_row.publish();
  table.publish(grown);
  const MutexLock lock(mutex);
  published = facts;
}

std::shared_ptr<const ClassLists> HeadTable::lists(std::uint32_t rows) const {
  {
    const MutexLock lock(mutex);
    if (last_lists && last_lists->row_count() == rows) return last_lists;
  }
  auto made = std::make_shared<const ClassLists>(table, rows);
  const MutexLock lock(mutex);
  last_lists = made;
  return made;
}

std::size_t HeadTable::memory_bytes() const {
  const MutexLock lock(mutex);
  return sizeof(HeadTable) + table.memory_bytes() + traces.memory_bytes() +
         first_text_row.reserved_bytes() + (last_lists ? last_lists->memory_bytes() : 0);
}

}  // namespace cairn::storage::columnar
