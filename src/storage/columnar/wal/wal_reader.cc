// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/wal/wal_reader.h"

#include <algorithm>

#include <fmt/format.h>

namespace cairn::storage::columnar {
namespace {

constexpr std::size_t kWindowBytes = 1_MiB;

// A piece of the file in memory that moves forward. Allocates no more than the file holds.
class Window {
 public:
  explicit Window(const ReadFile& file) : file_(file), file_bytes_(file.size()) {}

  std::uint64_t file_bytes() const { return file_bytes_; }
  std::uint64_t after(std::uint64_t offset) const { return file_bytes_ - offset; }

  // REQUIRES: size <= after(offset); offsets do not go back. Valid until the next call.
  Result<ByteView> at(std::uint64_t offset, std::size_t size) {
    if (offset < begin_ || offset + size > begin_ + filled_) {
      const auto wanted = static_cast<std::size_t>(
          std::min<std::uint64_t>(after(offset), std::max(size, kWindowBytes)));
      if (buffer_.size() < wanted) buffer_.resize(wanted);
      filled_ = 0;
      RETURN_IF_ERROR(file_.read(offset, std::span(buffer_).first(wanted)));
      begin_ = offset;
      filled_ = wanted;
    }
    return ByteView(buffer_).subspan(static_cast<std::size_t>(offset - begin_), size);
  }

 private:
  const ReadFile& file_;
  std::uint64_t file_bytes_;
  std::uint64_t begin_ = 0;
  std::size_t filled_ = 0;
  Bytes buffer_;
};

Result<WalHeader> read_header(Window& window) {
  if (window.file_bytes() < kWalHeaderPrefixBytes) {
    return not_found("shorter than a header: nothing was committed to it");
  }
  ASSIGN_OR_RETURN(const ByteView prefix, window.at(0, kWalHeaderPrefixBytes));
  ASSIGN_OR_RETURN(const std::size_t size, decode_wal_header_prefix(prefix));
  if (window.file_bytes() < size) {
    return not_found("shorter than its header: nothing was committed to it");
  }
  ASSIGN_OR_RETURN(const ByteView bytes, window.at(0, size));
  return decode_wal_header(bytes);
}

// Reads the record at end.good_bytes; an empty payload says that there is no further one, `end`
// why.
Result<ByteView> next_record(Window& window, std::uint64_t head, WalEnd& end) {
  const std::uint64_t offset = end.good_bytes;
  const std::uint64_t left = window.after(offset);
  end.torn = left > 0 && left < kWalFrameBytes;
  if (left < kWalFrameBytes) return ByteView{};
  const auto damaged = [&](std::string_view what) {
    end.damage = fmt::format("record {} at {}: {}", end.records, offset, what);
    return ByteView{};
  };
  ASSIGN_OR_RETURN(const ByteView bytes, window.at(offset, kWalFrameBytes));
  const Result<WalFrame> frame = decode_wal_frame(head, offset, bytes);
  if (!frame) return damaged(frame.error().message);
  if (frame->payload_bytes > left - kWalFrameBytes) {
    end.torn = true;
    return ByteView{};
  }
  ASSIGN_OR_RETURN(const ByteView payload,
                   window.at(offset + kWalFrameBytes, frame->payload_bytes));
  if (!wal_payload_checks(head, offset, *frame, payload)) {
    return damaged(fmt::format("checksum of its {} B", payload.size()));
  }
  return payload;
}

}  // namespace

Result<WalHeader> read_wal_header(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const auto file, fs.open_read(path));
  Window window(*file);
  Result<WalHeader> header = read_header(window);
  if (!header) return annotate(header.error(), path);
  return header;
}

Result<WalEnd> read_wal(
    FileSystem& fs, const std::string& path,
    const std::function<Result<void>(std::uint64_t offset, ByteView payload)>& record) {
  ASSIGN_OR_RETURN(const auto file, fs.open_read(path));
  Window window(*file);
  const Result<WalHeader> header = read_header(window);
  if (!header) return annotate(header.error(), path);
  WalEnd end;
  end.good_bytes = wal_header_bytes(*header);
  end.file_bytes = window.file_bytes();
  for (;;) {
    const Result<ByteView> payload = next_record(window, header->head, end);
    if (!payload) return annotate(payload.error(), path);
    if (payload->empty()) return end;
    RETURN_IF_ERROR(record(end.good_bytes, *payload));
    end.good_bytes += kWalFrameBytes + payload->size();
    ++end.records;
  }
}

}  // namespace cairn::storage::columnar
