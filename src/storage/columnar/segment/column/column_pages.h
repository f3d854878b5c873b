// SPDX-License-Identifier: Apache-2.0
//
// Columns of a group back from their pages: what ColumnWriter wrote. Nothing here is cached.
// Limits: nothing is allocated for more values than a page holds, except constants, whose number is
// bounded by the span ids that the file really has.
#pragma once

#include "base/arena.h"
#include "storage/columnar/segment/group/group_directory.h"

namespace cairn::storage::columnar {

// `count` numbers from `page`, the bytes of column.page (empty for a constant). Replaces `out`.
// Errors: kCorruption; the 32-bit form refuses larger numbers.
Result<void> decode_column(const GroupDirectory& directory, const NumberColumn& column,
                           ByteView page, std::size_t count, std::vector<std::uint64_t>& out);
Result<void> decode_column(const GroupDirectory& directory, const NumberColumn& column,
                           ByteView page, std::size_t count, std::vector<std::uint32_t>& out);
// Numbers [first, first + n) of `count`, appended to `out`.
Result<void> decode_column_at(const GroupDirectory& directory, const NumberColumn& column,
                              ByteView page, std::size_t count, std::size_t first, std::size_t n,
                              std::vector<std::uint64_t>& out);

// Reads columns of one group. Thread rule: any thread. Borrows both.
class ColumnPages {
 public:
  ColumnPages(const GroupDirectory& directory, const PageReader& pages)
      : directory_(directory), pages_(pages) {}

  template <typename T>
  Result<std::vector<T>> numbers(const NumberColumn& column, std::size_t count,
                                 std::string_view what) const {
    Bytes bytes;
    if (column.form != NumberColumn::Form::kConstant) {
      ASSIGN_OR_RETURN(bytes, pages_.read(directory_.pages[column.page], what));
    }
    std::vector<T> values;
    if (auto done = decode_column(directory_, column, bytes, count, values); !done) {
      return damaged(done.error(), what);
    }
    return values;
  }
  // `count` texts, or 1 when the column is constant; they live in `arena`.
  Result<std::vector<std::string_view>> texts(const TextColumn& column, std::size_t count,
                                              Arena& arena, std::string_view what) const;
  // All ids of a run of pages.
  template <typename Id>
  Result<std::vector<Id>> ids(const IdPages& run, std::string_view what) const {
    std::vector<Id> made;
    for (std::uint32_t i = 0; i < run.count; ++i) {
      ASSIGN_OR_RETURN(const Bytes bytes, pages_.read(directory_.pages[run.first + i], what));
      append_ids(bytes, made);
    }
    return made;
  }
  template <typename Id>
  static void append_ids(ByteView bytes, std::vector<Id>& out) {
    const std::size_t before = out.size();
    out.resize(before + bytes.size() / sizeof(Id));
    if (!bytes.empty()) std::memcpy(out.data() + before, bytes.data(), bytes.size());
  }
  Error damaged(const Error& error, std::string_view what) const;

 private:
  const GroupDirectory& directory_;
  const PageReader& pages_;
};

}  // namespace cairn::storage::columnar
