// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/class_pages.h"

#include <algorithm>

#include "storage/columnar/encoding/numbers.h"
#include "storage/columnar/encoding/texts.h"

namespace cairn::storage::columnar {

Result<std::vector<std::uint32_t>> rows_from_gaps(std::span<const std::uint32_t> gaps,
                                                  std::uint32_t rows) {
  std::vector<std::uint32_t> made;
  made.reserve(gaps.size());
  std::uint64_t next = 0;
  for (const std::uint32_t gap : gaps) {
    next += gap;
    if (next >= rows) return corruption("a row that does not exist");
    made.push_back(static_cast<std::uint32_t>(next++));
  }
  return made;
}

ByteView ClassPages::page(PageNumber number) const {
  const PageRef& first = directory_->pages[first_page_];
  const PageRef& wanted = directory_->pages[number];
  return ByteView(buffer_).subspan(static_cast<std::size_t>(wanted.offset - first.offset),
                                   wanted.size);
}

Result<ClassPages> ClassPages::read(std::shared_ptr<const GroupDirectory> directory,
                                    const ClassEntry& entry, const Schema& schema,
                                    const PageReader& pages, bool unpack_all) {
  ClassPages made;
  made.directory_ = std::move(directory);
  const GroupDirectory& all = *made.directory_;
  made.first_page_ = entry.first_page;
  const auto run =
      std::span(all.pages).subspan(entry.first_page, entry.end_page - entry.first_page);
  RETURN_IF_ERROR(pages.read_run(run, "pages of a class", made.buffer_));
  made.unpacked_.resize(run.size());
  const bool constant = entry.shapes.form == NumberColumn::Form::kConstant;
  ASSIGN_OR_RETURN(ClassShapes shapes,
                   ClassShapes::decode(all, entry, schema,
                                       constant ? ByteView() : made.page(entry.shapes.page)));
  made.shapes_ = std::make_shared<const ClassShapes>(std::move(shapes));
  RETURN_IF_ERROR(made.read_extra_rows(entry));
  RETURN_IF_ERROR(made.unpack(entry, unpack_all));
  return made;
}

Result<void> ClassPages::read_extra_rows(const ClassEntry& entry) {
  if (entry.extras == 0) return {};
  const bool constant = entry.extra_rows.form == NumberColumn::Form::kConstant;
  std::vector<std::uint32_t> gaps;
  RETURN_IF_ERROR(decode_column(*directory_, entry.extra_rows,
                                constant ? ByteView() : page(entry.extra_rows.page), entry.extras,
                                gaps));
  ASSIGN_OR_RETURN(extra_rows_, rows_from_gaps(gaps, entry.rows));
  return {};
}

Result<void> ClassPages::unpack(const ClassEntry& entry, bool all) {
  RETURN_IF_ERROR(unpack(entry.starts, entry.rows, all));
  RETURN_IF_ERROR(unpack(entry.durations, entry.rows, all));
  if (!entry.resource_of_parent) RETURN_IF_ERROR(unpack(entry.resources, entry.rows, all));
  for (const ColumnEntry& column : directory_->columns_of(entry)) {
    if (!column.plain) RETURN_IF_ERROR(unpack(column.numbers, column.values, all));
    if (column.plain && all) RETURN_IF_ERROR(unpack(column.texts));
  }
  return all ? unpack(entry.extra_texts) : Result<void>();
}

Result<void> ClassPages::unpack(const NumberColumn& column, std::size_t count, bool all) {
  if (column.form == NumberColumn::Form::kConstant) return {};
  const ByteView bytes = page(column.page);
  if (!all && !number_encoding_name(bytes).starts_with("planes")) return {};
  return decode_column(*directory_, column, bytes, count, unpacked(column.page).numbers);
}

Result<void> ClassPages::unpack(const TextColumn& column) {
  for (const TextPage& run : directory_->pages_of(column)) {
    RETURN_IF_ERROR(
        decode_texts(page(run.page), run.values, run.bytes, arena_, unpacked(run.page).texts));
  }
  return {};
}

Result<void> ClassPages::numbers(const NumberColumn& column, std::size_t count, std::size_t first,
                                 std::size_t n, std::vector<std::uint64_t>& out) const {
  if (column.form == NumberColumn::Form::kConstant) {
    out.insert(out.end(), n, column.constant);
    return {};
  }
  const std::vector<std::uint64_t>& known = unpacked(column.page).numbers;
  if (known.empty()) {
    return decode_column_at(*directory_, column, page(column.page), count, first, n, out);
  }
  const auto from = known.begin() + static_cast<std::ptrdiff_t>(first);
  out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(n));
  return {};
}

Result<void> ClassPages::texts(const TextColumn& column, std::size_t first, std::size_t n,
                               Arena& arena, std::vector<std::string_view>& out) const {
  if (column.constant) {
    first = 0;
    n = 1;
  }
  for (const TextPage& run : directory_->pages_of(column)) {
    if (n == 0) break;
    if (first >= run.values) {
      first -= run.values;
      continue;
    }
    const std::size_t here = std::min<std::size_t>(n, run.values - first);
    const std::size_t before = out.size();
    const std::vector<std::string_view>& known = unpacked(run.page).texts;
    if (known.empty()) {
      RETURN_IF_ERROR(
          decode_texts_at(page(run.page), run.values, first, here, run.bytes, arena, out));
    } else {
      const auto from = known.begin() + static_cast<std::ptrdiff_t>(first);
      out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(here));
    }
    // They may point into the page or into what is unpacked.
    for (std::size_t i = before; i < out.size(); ++i) out[i] = arena.copy(out[i]);
    n -= here;
    first = 0;
  }
  return {};
}

std::size_t ClassPages::extras_before(std::uint32_t class_row) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(extra_rows_, class_row) -
                                  extra_rows_.begin());
}

std::size_t ClassPages::memory_bytes() const {
  std::size_t bytes = sizeof *this + buffer_.capacity() + shapes_->memory_bytes() +
                      4 * extra_rows_.capacity() + unpacked_.capacity() * sizeof(Unpacked) +
                      arena_.reserved_bytes();
  for (const Unpacked& page : unpacked_) {
    bytes += 8 * page.numbers.capacity() + sizeof(std::string_view) * page.texts.capacity();
  }
  return bytes;
}

}  // namespace cairn::storage::columnar
