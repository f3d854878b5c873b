// SPDX-License-Identifier: Apache-2.0
//
// ClassPages: all pages of one class, read at once, for looking up a few rows: what one trace
// needs. Pages of packed numbers are read where they stand; compressed ones are unpacked once.
// Thread rule: immutable.
#pragma once

#include <memory>
#include <vector>

#include "storage/columnar/segment/column/class_shapes.h"
#include "storage/columnar/segment/column/column_pages.h"

namespace cairn::storage::columnar {

class ClassPages {
 public:
  static Result<ClassPages> read(std::shared_ptr<const GroupDirectory> directory,
                                 const ClassEntry& entry, const Schema& schema,
                                 const PageReader& pages, bool unpack_all);

  const ClassShapes& shapes() const { return *shapes_; }
  // Numbers [first, first + n) of `count`, appended to `out`.
  Result<void> numbers(const NumberColumn& column, std::size_t count, std::size_t first,
                       std::size_t n, std::vector<std::uint64_t>& out) const;
  // Texts [first, first + n) of a column that is not constant, or the one of one that is, appended
  // to `out`. They live in `arena`. `pages` reads what is not here.
  Result<void> texts(const TextColumn& column, std::size_t first, std::size_t n,
                     const PageReader& pages, Arena& arena,
                     std::vector<std::string_view>& out) const;
  // Where the extras of rows from `class_row` on begin, and which row has the i-th.
  std::size_t extras_before(std::uint32_t class_row) const;
  std::span<const std::uint32_t> extra_rows() const { return extra_rows_; }
  std::size_t memory_bytes() const;

 private:
  // What a page holds, when it was unpacked; neither when it is read where it stands.
  struct Unpacked {
    std::vector<std::uint64_t> numbers;
    std::vector<std::string_view> texts;
  };

  // A page that is here.
  ByteView page(PageNumber number) const { return views_[number - first_page_]; }
  static bool is_large(const TextColumn& column) { return column.count > 1; }
  Result<void> read_pages(const ClassEntry& entry, const PageReader& pages);
  Result<void> read_piece(PageNumber begin, PageNumber end, const PageReader& pages);
  Result<void> read_extra_rows(const ClassEntry& entry);
  Result<void> unpack(const ClassEntry& entry, bool all);
  Result<void> unpack(const NumberColumn& column, std::size_t count, bool all);
  Result<void> unpack(const TextColumn& column);
  Result<void> texts_of_page(const TextPage& run, std::size_t first, std::size_t n,
                             const PageReader& pages, Arena& arena,
                             std::vector<std::string_view>& out) const;
  Unpacked& unpacked(PageNumber number) { return unpacked_[number - first_page_]; }
  const Unpacked& unpacked(PageNumber number) const { return unpacked_[number - first_page_]; }

  std::shared_ptr<const GroupDirectory> directory_;
  PageNumber first_page_ = 0;
  std::vector<Bytes> buffers_;   // pieces that lie together in the file
  std::vector<ByteView> views_;  // by page; empty: not here
  std::shared_ptr<const ClassShapes> shapes_;
  std::vector<std::uint32_t> extra_rows_;  // ascending
  std::vector<Unpacked> unpacked_;         // by page
  Arena arena_;                            // of unpacked texts
};

// Rows from the distances between them. kCorruption when one is not below `rows`.
Result<std::vector<std::uint32_t>> rows_from_gaps(std::span<const std::uint32_t> gaps,
                                                  std::uint32_t rows);

}  // namespace cairn::storage::columnar
