// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/fs/posix_file_system.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "storage/columnar/fs/posix_error.h"

namespace cairn::storage::columnar {
namespace {

// One call never asks for more, so that the count always fits what the kernel returns.
constexpr std::size_t kMostBytesACall = 1_GiB;

// An open file outlives its name; for others it is lost then.
Result<void> expect_name(const FileDescriptor& file, std::string_view doing,
                         const std::string& path) {
  struct stat facts = {};
  if (::fstat(file.number(), &facts) != 0) return posix_error(doing, path, errno);
  if (facts.st_nlink != 0) return {};
  return unavailable(fmt::format("{} {}: it was removed while it was in use", doing, path));
}

class PosixAppendFile final : public AppendFile {
 public:
  PosixAppendFile(FileDescriptor file, std::string path, std::uint64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}

  Result<void> append(ByteView bytes) override {
    while (!bytes.empty()) {
      const std::size_t piece = std::min(bytes.size(), kMostBytesACall);
      const ssize_t written =
          retry_interrupted([&] { return ::write(file_.number(), bytes.data(), piece); });
      if (written < 0) return posix_error("write", path_, errno);
      size_ += static_cast<std::uint64_t>(written);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }

  Result<void> sync() override {
    if (retry_interrupted([&] { return ::fdatasync(file_.number()); }) != 0) {
      return posix_error("sync", path_, errno);
    }
    return expect_name(file_, "sync", path_);
  }

  Result<void> truncate(std::uint64_t size) override {
    if (size > size_) {
      return invalid_argument(
          fmt::format("truncate {}: it has {} bytes, not {}", path_, size_, size));
    }
    const auto offset = static_cast<off_t>(size);
    if (retry_interrupted([&] { return ::ftruncate(file_.number(), offset); }) != 0) {
      return posix_error("truncate", path_, errno);
    }
    size_ = size;
    return {};
  }

  std::uint64_t size() const override { return size_; }

 private:
  FileDescriptor file_;  // O_APPEND: after truncate() too the next byte goes to the end
  std::string path_;
  std::uint64_t size_;
};

class PosixReadFile final : public ReadFile {
 public:
  PosixReadFile(FileDescriptor file, std::string path, std::uint64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}

  Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset > size_ || into.size() > size_ - offset) return ends_early(offset, into.size());
    while (!into.empty()) {
      const std::size_t piece = std::min(into.size(), kMostBytesACall);
      const ssize_t got = retry_interrupted(
          [&] { return ::pread(file_.number(), into.data(), piece, static_cast<off_t>(offset)); });
      if (got < 0) return posix_error("read", path_, errno);
      if (got == 0) return ends_early(offset, into.size());  // it was cut since it was opened
      offset += static_cast<std::uint64_t>(got);
      into = into.subspan(static_cast<std::size_t>(got));
    }
    return {};
  }

  std::uint64_t size() const override { return size_; }

 private:
  Error ends_early(std::uint64_t offset, std::size_t wanted) const {
    return corruption(
        fmt::format("read {}: it ends before the {} bytes from {}", path_, wanted, offset));
  }

  FileDescriptor file_;
  std::string path_;
  std::uint64_t size_;
};

class PosixDirectoryLock final : public DirectoryLock {
 public:
  PosixDirectoryLock(FileDescriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  Result<void> check() const override { return expect_name(file_, "lock", path_); }

 private:
  FileDescriptor file_;  // closing it unlocks
  std::string path_;
};

Result<std::uint64_t> size_of_file(const FileDescriptor& file, const std::string& path) {
  struct stat facts = {};
  if (::fstat(file.number(), &facts) != 0) return posix_error("open", path, errno);
  if (!S_ISREG(facts.st_mode)) return unavailable(fmt::format("open {}: it is not a file", path));
  return static_cast<std::uint64_t>(facts.st_size);
}

Result<std::unique_ptr<AppendFile>> open_for_append(std::string_view doing, const std::string& path,
                                                    int flags) {
  ASSIGN_OR_RETURN(FileDescriptor file, open_descriptor(doing, path, O_WRONLY | O_APPEND | flags));
  ASSIGN_OR_RETURN(const std::uint64_t size, size_of_file(file, path));
  return std::unique_ptr<AppendFile>(
      std::make_unique<PosixAppendFile>(std::move(file), path, size));
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<AppendFile>> create(const std::string& path) override {
    return open_for_append("create", path, O_CREAT | O_TRUNC);
  }

  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    return open_for_append("open", path, 0);
  }

  Result<std::unique_ptr<ReadFile>> open_read(const std::string& path) override {
    // O_NONBLOCK: a pipe that lies there must not stop us; files do not care.
    ASSIGN_OR_RETURN(FileDescriptor file, open_descriptor("open", path, O_RDONLY | O_NONBLOCK));
    ASSIGN_OR_RETURN(const std::uint64_t size, size_of_file(file, path));
    return std::unique_ptr<ReadFile>(std::make_unique<PosixReadFile>(std::move(file), path, size));
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (std::rename(from.c_str(), to.c_str()) != 0) {
      return posix_error("rename", fmt::format("{} to {}", from, to), errno);
    }
    return {};
  }

  Result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return posix_error("remove", path, errno);
    return {};
  }

  Result<void> make_directories(const std::string& path) override {
    namespace files = std::filesystem;
    std::error_code error;
    if (files::is_directory(path, error)) return {};
    const files::path parent = files::path(path).lexically_normal().parent_path();
    const bool has_parent = !parent.empty() && parent != path;
    if (has_parent) RETURN_IF_ERROR(make_directories(parent.string()));
    constexpr mode_t kOwnerAndGroup = 0750;
    if (::mkdir(path.c_str(), kOwnerAndGroup) != 0 && errno != EEXIST) {
      return posix_error("make directory", path, errno);
    }
    if (!files::is_directory(path, error)) {
      return unavailable(fmt::format("make directory {}: a file is in its place", path));
    }
    return sync_directory(has_parent ? parent.string() : ".");
  }

  Result<void> sync_directory(const std::string& path) override {
    ASSIGN_OR_RETURN(const FileDescriptor directory,
                     open_descriptor("sync directory", path, O_RDONLY | O_DIRECTORY));
    if (retry_interrupted([&] { return ::fsync(directory.number()); }) == 0) return {};
    // Some network and user-space file systems cannot; there is nothing better to ask of them.
    if (errno == EINVAL || errno == ENOTSUP) return {};
    return posix_error("sync directory", path, errno);
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), &::closedir);
    if (!directory) {
      if (errno == ENOENT) return std::vector<std::string>();
      return posix_error("list", path, errno);
    }
    std::vector<std::string> names;
    for (;;) {
      errno = 0;  // readdir() tells its end from an error by this alone
      const dirent* entry = ::readdir(directory.get());
      if (entry == nullptr) break;
      std::string name = static_cast<const char*>(entry->d_name);
      if (name != "." && name != "..") names.push_back(std::move(name));
    }
    if (errno != 0) return posix_error("list", path, errno);
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::uint64_t> free_bytes(const std::string& path) override {
    struct statvfs facts = {};
    if (retry_interrupted([&] { return ::statvfs(path.c_str(), &facts); }) != 0) {
      return posix_error("free space of", path, errno);
    }
    return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
  }

  Result<std::unique_ptr<DirectoryLock>> lock(const std::string& directory) override {
    const std::string path = directory + "/LOCK";
    ASSIGN_OR_RETURN(FileDescriptor file, open_descriptor("lock", path, O_RDWR | O_CREAT));
    // flock() and not fcntl(): its locks belong to the descriptor, so that a second store of this
    // very process is refused too.
    if (retry_interrupted([&] { return ::flock(file.number(), LOCK_EX | LOCK_NB); }) != 0) {
      if (errno == EWOULDBLOCK) {
        return unavailable(fmt::format("lock {}: another process has it", directory));
      }
      return posix_error("lock", path, errno);
    }
    return std::unique_ptr<DirectoryLock>(
        std::make_unique<PosixDirectoryLock>(std::move(file), path));
  }
};

}  // namespace

std::unique_ptr<FileSystem> make_posix_file_system() {
  return std::make_unique<PosixFileSystem>();
}

}  // namespace cairn::storage::columnar
