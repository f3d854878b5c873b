// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/column/class_pages.h"

#include <algorithm>

#include "storage/columnar/encoding/numbers/numbers.h"
#include "storage/columnar/encoding/texts/texts.h"
#include "storage/columnar/segment/page/cache_kind.h"

namespace cairn::storage::columnar {
namespace {

Result<std::shared_ptr<const Bytes>> read_text_page(const PageRef& page, const PageReader& pages) {
  using Loaded = std::pair<Bytes, std::size_t>;
  const PageCache::Key key = cache_key(pages, CacheKind::kTextPage, page.offset);
  return pages.cache().get<Bytes>(key, [&]() -> Result<Loaded> {
    ASSIGN_OR_RETURN(Bytes bytes, pages.read(page, "texts"));
    const std::size_t size = bytes.capacity();
    return Loaded{std::move(bytes), size};
  });
}

}  // namespace

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

Result<void> ClassPages::read_piece(PageNumber begin, PageNumber end, const PageReader& pages) {
  if (begin == end) return {};
  const auto run = std::span(directory_->pages).subspan(begin, end - begin);
  ASSIGN_OR_RETURN(const auto views,
                   pages.read_run(run, "pages of a class", buffers_.emplace_back()));
  std::ranges::copy(views, views_.begin() + (begin - first_page_));
  return {};
}

// All but the pages of large texts.
Result<void> ClassPages::read_pages(const ClassEntry& entry, const PageReader& pages) {
  first_page_ = entry.first_page;
  views_.resize(entry.end_page - entry.first_page);
  unpacked_.resize(views_.size());
  PageNumber begin = entry.first_page;
  const auto leave_out = [&](const TextColumn& column) -> Result<void> {
    if (!is_large(column)) return {};
    const auto large = directory_->pages_of(column);
    RETURN_IF_ERROR(read_piece(begin, large.front().page, pages));
    begin = large.back().page + 1;
    return {};
  };
  RETURN_IF_ERROR(leave_out(entry.extra_texts));
  for (const ColumnEntry& column : directory_->columns_of(entry)) {
    if (column.plain) RETURN_IF_ERROR(leave_out(column.texts));
  }
  return read_piece(begin, entry.end_page, pages);
}

Result<ClassPages> ClassPages::read(std::shared_ptr<const GroupDirectory> directory,
                                    const ClassEntry& entry, const Schema& schema,
                                    const PageReader& pages, bool unpack_all) {
  ClassPages made;
  made.directory_ = std::move(directory);
  const GroupDirectory& all = *made.directory_;
  RETURN_IF_ERROR(made.read_pages(entry, pages));
  const bool constant = entry.shapes.form == NumberColumn::Form::kConstant;
  ASSIGN_OR_RETURN(
      ClassShapes shapes,
      ClassShapes::decode(all, entry, schema, constant ? ByteView() : made.page(entry.shapes.page),
                          ClassShapes::Ranks::kPrepared));
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
  if (is_large(column)) return {};
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
                               const PageReader& pages, Arena& arena,
                               std::vector<std::string_view>& out) const {
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
    RETURN_IF_ERROR(texts_of_page(run, first, here, pages, arena, out));
    n -= here;
    first = 0;
  }
  return {};
}

Result<void> ClassPages::texts_of_page(const TextPage& run, std::size_t first, std::size_t n,
                                       const PageReader& pages, Arena& arena,
                                       std::vector<std::string_view>& out) const {
  const std::size_t before = out.size();
  const std::vector<std::string_view>& known = unpacked(run.page).texts;
  std::shared_ptr<const Bytes> read;
  if (!known.empty()) {
    const auto from = known.begin() + static_cast<std::ptrdiff_t>(first);
    out.insert(out.end(), from, from + static_cast<std::ptrdiff_t>(n));
  } else {
    ByteView bytes = page(run.page);
    if (bytes.empty()) {
      ASSIGN_OR_RETURN(read, read_text_page(directory_->pages[run.page], pages));
      bytes = *read;
    }
    RETURN_IF_ERROR(decode_texts_at(bytes, run.values, first, n, run.bytes, arena, out));
  }
  // They may point into the page or into what is unpacked.
  for (std::size_t i = before; i < out.size(); ++i) out[i] = arena.copy(out[i]);
  return {};
}

std::size_t ClassPages::extras_before(std::uint32_t class_row) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(extra_rows_, class_row) -
                                  extra_rows_.begin());
}

std::size_t ClassPages::memory_bytes() const {
  std::size_t bytes = sizeof *this + shapes_->memory_bytes() +
                      views_.capacity() * sizeof(ByteView) + 4 * extra_rows_.capacity() +
                      unpacked_.capacity() * sizeof(Unpacked) + arena_.reserved_bytes();
  for (const Bytes& buffer : buffers_) bytes += buffer.capacity();
  for (const Unpacked& page : unpacked_) {
    bytes += 8 * page.numbers.capacity() + sizeof(std::string_view) * page.texts.capacity();
  }
  return bytes;
}

}  // namespace cairn::storage::columnar
