// SPDX-License-Identifier: Apache-2.0
//
// What the files of PagedGroup share.
#pragma once

#include "storage/columnar/segment/paged/paged_group.h"

namespace cairn::storage::columnar {

struct PagedGroup::ClassPlace {
  Shared<GroupDirectory> directory;
  const ClassEntry* entry = nullptr;
  std::uint32_t number = 0;  // of the class
};

// The rows of each class, one class behind the other.
struct PagedGroup::RowLists {
  std::vector<RowIndex> rows;
  std::vector<std::uint32_t> begin;  // by number of the class; one more, the number of rows

  std::size_t memory_bytes() const { return sizeof *this + 4 * (rows.size() + begin.size()); }
};

template <typename T>
Result<std::shared_ptr<const T>> PagedGroup::cached(
    Kind kind, std::uint64_t what,
    const std::function<Result<std::pair<T, std::size_t>>()>& load) const {
  return pages_.cache().get<T>(cache_key(pages_, kind, what), load);
}

template <typename T>
Result<Pinned<T>> PagedGroup::cached_array(
    Kind kind, std::uint64_t what, const std::function<Result<std::vector<T>>()>& load) const {
  using Loaded = std::pair<std::vector<T>, std::size_t>;
  const auto sized = [&load]() -> Result<Loaded> {
    ASSIGN_OR_RETURN(std::vector<T> values, load());
    const std::size_t bytes = values.capacity() * sizeof(T);
    return Loaded{std::move(values), bytes};
  };
  ASSIGN_OR_RETURN(const Shared<std::vector<T>> values, cached<std::vector<T>>(kind, what, sized));
  return Pinned<T>{values, std::span<const T>(*values)};
}

}  // namespace cairn::storage::columnar
