// SPDX-License-Identifier: Apache-2.0
#include "cli/import/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/bytes.h"

namespace cairn::cli {
namespace {

constexpr std::size_t kPackedBuffer = 64_KiB;
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

Error system_error(const std::string& doing) {
  return unavailable(fmt::format("{}: {}", doing, std::strerror(errno)));
}

class FileSource final : public ByteSource {
 public:
  explicit FileSource(int descriptor) : descriptor_(descriptor) {}
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override {
    if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
  }

  Result<std::size_t> read(std::span<char> to) override {
    ssize_t got = 0;
    do {
      got = ::read(descriptor_, to.data(), to.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) return system_error("read");
    position_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
  std::uint64_t position() const override { return position_; }

 private:
  int descriptor_;
  std::uint64_t position_ = 0;
};

// Gives back what was looked at, then the rest.
class ResumedSource final : public ByteSource {
 public:
  ResumedSource(std::string head, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  Result<std::size_t> read(std::span<char> to) override {
    if (given_ == head_.size()) return rest_->read(to);
    const std::size_t count = std::min(to.size(), head_.size() - given_);
    std::memcpy(to.data(), head_.data() + given_, count);
    given_ += count;
    return count;
  }
  std::uint64_t position() const override { return rest_->position(); }

 private:
  std::string head_;
  std::size_t given_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

// What both unpackers share: packed bytes on one side, one frame or member after the other.
class UnpackingSource : public ByteSource {
 public:
  explicit UnpackingSource(std::unique_ptr<ByteSource> packed)
      : packed_(std::move(packed)), buffer_(kPackedBuffer) {}

  Result<std::size_t> read(std::span<char> to) final {
    for (;;) {
      if (input_.empty() && !at_end_) {
        ASSIGN_OR_RETURN(const std::size_t got, packed_->read(buffer_));
        input_ = std::span(buffer_).first(got);
        at_end_ = got == 0;
      }
      if (at_end_ && is_complete_) return std::size_t{0};
      ASSIGN_OR_RETURN(const std::size_t made, step(to));
      if (made != 0) return made;
      if (at_end_ && !is_complete_) return corruption("the compressed file breaks off");
    }
  }
  std::uint64_t position() const final { return packed_->position(); }

 protected:
  // Unpacks some of input_; sets is_complete_ when a member ends with what was taken.
  virtual Result<std::size_t> step(std::span<char> to) = 0;

  std::span<char> input_;     // not taken yet
  bool is_complete_ = false;  // nothing is open
  bool at_end_ = false;       // of the packed bytes

 private:
  std::unique_ptr<ByteSource> packed_;
  std::vector<char> buffer_;
};

class GzipSource final : public UnpackingSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> packed) : UnpackingSource(std::move(packed)) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    is_ready_ = ::inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;
  ~GzipSource() override { ::inflateEnd(&stream_); }

 private:
  Result<std::size_t> step(std::span<char> to) override {
    if (!is_ready_) return corruption("gzip: cannot begin");
    if (is_complete_) {
      ::inflateReset(&stream_);
      is_complete_ = false;
    }
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(input_.size());
    stream_.next_out = reinterpret_cast<Bytef*>(to.data());
    stream_.avail_out = static_cast<uInt>(std::min(to.size(), 1_GiB));
    const uInt room = stream_.avail_out;
    const int done = ::inflate(&stream_, Z_NO_FLUSH);
    input_ = input_.last(stream_.avail_in);
    if (done == Z_STREAM_END) {
      is_complete_ = true;
    } else if (done != Z_OK && done != Z_BUF_ERROR) {
      return corruption(
          fmt::format("gzip: {}", stream_.msg != nullptr ? stream_.msg : "not readable"));
    }
    return static_cast<std::size_t>(room - stream_.avail_out);
  }

  z_stream stream_{};
  bool is_ready_ = false;
};

class ZstdSource final : public UnpackingSource {
 public:
  explicit ZstdSource(std::unique_ptr<ByteSource> packed)
      : UnpackingSource(std::move(packed)), stream_(::ZSTD_createDStream()) {}
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;
  ~ZstdSource() override { ::ZSTD_freeDStream(stream_); }

 private:
  Result<std::size_t> step(std::span<char> to) override {
    ZSTD_inBuffer in{input_.data(), input_.size(), 0};
    ZSTD_outBuffer out{to.data(), to.size(), 0};
    const std::size_t left = ::ZSTD_decompressStream(stream_, &out, &in);
    if (::ZSTD_isError(left) != 0) {
      return corruption(fmt::format("zstd: {}", ::ZSTD_getErrorName(left)));
    }
    input_ = input_.subspan(in.pos);
    is_complete_ = left == 0;
    return out.pos;
  }

  ZSTD_DStream* stream_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> unpack(std::unique_ptr<ByteSource> packed) {
  std::string head(kZstdMagic.size(), '\0');
  std::size_t size = 0;
  while (size < head.size()) {
    ASSIGN_OR_RETURN(const std::size_t got, packed->read(std::span(head).subspan(size)));
    if (got == 0) break;
    size += got;
  }
  head.resize(size);
  auto whole = std::make_unique<ResumedSource>(head, std::move(packed));
  if (head.starts_with(kGzipMagic)) {
    return std::unique_ptr<ByteSource>(std::make_unique<GzipSource>(std::move(whole)));
  }
  if (head == kZstdMagic) {
    return std::unique_ptr<ByteSource>(std::make_unique<ZstdSource>(std::move(whole)));
  }
  return std::unique_ptr<ByteSource>(std::move(whole));
}

Result<std::unique_ptr<ByteSource>> open_byte_source(const std::string& path) {
  if (path == "-") return unpack(std::make_unique<FileSource>(STDIN_FILENO));
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_error("open");
  return unpack(std::make_unique<FileSource>(descriptor));
}

}  // namespace cairn::cli
