// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/page/page.h"

#include <limits>

#include <fmt/format.h>
#include <xxhash.h>

namespace cairn::storage::columnar {
namespace {

constexpr std::size_t kWriteBytes = 1_MiB;

}  // namespace

std::uint32_t page_checksum(ByteView bytes) {
  return static_cast<std::uint32_t>(XXH3_64bits(bytes.data(), bytes.size()));
}

Result<PageRef> PageWriter::write(ByteView bytes) {
  if (bytes.empty()) return PageRef{};
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max()) {
    return resource_exhausted(fmt::format("a page of {} bytes", bytes.size()));
  }
  const PageRef page{size(), static_cast<std::uint32_t>(bytes.size()), page_checksum(bytes)};
  if (buffer_.size() + bytes.size() > kWriteBytes) RETURN_IF_ERROR(flush());
  if (bytes.size() >= kWriteBytes) {
    RETURN_IF_ERROR(file_.append(bytes));
    return page;
  }
  if (buffer_.capacity() == 0) buffer_.reserve(kWriteBytes);
  put_raw(buffer_, bytes);
  return page;
}

Result<void> PageWriter::flush() {
  if (buffer_.empty()) return {};
  RETURN_IF_ERROR(file_.append(buffer_));
  buffer_.clear();
  return {};
}

Error PageReader::damaged(const PageRef& page, std::string_view what, std::string_view why) const {
  return corruption(
      fmt::format("{}: page at {} ({} bytes, {}): {}", name_, page.offset, page.size, what, why));
}

// Before anything is allocated for it.
Result<void> PageReader::check_place(const PageRef& page, std::string_view what) const {
  const std::uint64_t size = file_->size();
  if (page.offset > size || page.size > size - page.offset) {
    return damaged(page, what, "lies outside the file");
  }
  return {};
}

Result<Bytes> PageReader::read(const PageRef& page, std::string_view what) const {
  Bytes bytes;
  if (page.size == 0) return bytes;
  RETURN_IF_ERROR(check_place(page, what));
  bytes.resize(page.size);
  if (auto done = file_->read(page.offset, bytes); !done) return annotate(done.error(), name_);
  if (!matches(page, bytes)) return damaged(page, what, "checksum mismatch");
  return bytes;
}

Result<std::vector<ByteView>> PageReader::read_run(std::span<const PageRef> pages,
                                                   std::string_view what, Bytes& buffer) const {
  std::vector<ByteView> views;
  views.reserve(pages.size());
  buffer.clear();
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  for (const PageRef& page : pages) {
    if (page.size == 0) continue;
    RETURN_IF_ERROR(check_place(page, what));
    if (end == 0) begin = end = page.offset;
    if (page.offset != end) return damaged(page, what, "does not follow the page before it");
    end = page.end();
  }
  buffer.resize(static_cast<std::size_t>(end - begin));
  if (end != begin) {
    if (auto done = file_->read(begin, buffer); !done) return annotate(done.error(), name_);
  }
  for (const PageRef& page : pages) {
    if (page.size == 0) {
      views.emplace_back();
      continue;
    }
    const ByteView bytes =
        ByteView(buffer).subspan(static_cast<std::size_t>(page.offset - begin), page.size);
    if (!matches(page, bytes)) return damaged(page, what, "checksum mismatch");
    views.push_back(bytes);
  }
  return views;
}

}  // namespace cairn::storage::columnar
