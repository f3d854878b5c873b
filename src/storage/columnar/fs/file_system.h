// SPDX-License-Identifier: Apache-2.0
//
// FileSystem: the few things the store asks of a disk, so that tests can take the disk away.
// PosixFileSystem is the real one; testing/fault_file_system.h forgets unsynced bytes, fails or
// stops at the n-th call and flips bits.
//
// Durability, as POSIX promises it: a file's bytes survive a power cut after sync(); its name (made
// by create or rename, or gone by remove) after sync_directory() of its folder.
// Errors: kResourceExhausted when the disk is full, kNotFound for a missing file, kUnavailable for
// any other failure of the system; messages name the call, the path and the system's reason.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace cairn::storage::columnar {

// A file that grows at its end. Thread rule: one thread at a time. Destruction closes, unsynced.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  // All of `bytes` or an error; after an error the file may hold a part of them: truncate() to a
  // known size before going on.
  virtual Result<void> append(ByteView bytes) = 0;
  // After an error the bytes since the last good sync may be lost even if a later sync succeeds
  // (the system forgets that they were not written): truncate() and append them again.
  // kUnavailable also when the file has no name any more: nobody would find what is in it.
  virtual Result<void> sync() = 0;
  // kInvalidArgument when the file is shorter.
  virtual Result<void> truncate(std::uint64_t size) = 0;
  // Bytes in the file: what it held at open, and all appended, those of a failed append included.
  virtual std::uint64_t size() const = 0;
};

// A file that is read at any place. Thread rule: any thread.
class ReadFile {
 public:
  virtual ~ReadFile() = default;
  // Exactly `into.size()` bytes from `offset`; kCorruption when the file ends before.
  virtual Result<void> read(std::uint64_t offset, std::span<std::byte> into) const = 0;
  virtual std::uint64_t size() const = 0;  // when it was opened
};

// Held while this process is the only one in a directory; released by destruction.
// Thread rule: any thread.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
  // Whether the lock still keeps others out. Cheap: no disk is touched. kUnavailable when its file
  // was removed, as it is when the directory was.
  virtual Result<void> check() const = 0;
};

// Thread rule: any thread. Paths are plain strings with '/'.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::unique_ptr<AppendFile>> create(const std::string& path) = 0;  // truncates
  // The file must be there.
  virtual Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) = 0;
  virtual Result<std::unique_ptr<ReadFile>> open_read(const std::string& path) = 0;
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;  // replaces
  virtual Result<void> remove(const std::string& path) = 0;  // of a file; open ones stay readable
  // With the missing ones above it; durable when it returns. One that is there already is fine.
  virtual Result<void> make_directories(const std::string& path) = 0;
  virtual Result<void> sync_directory(const std::string& path) = 0;
  // Names of what lies directly in `path`, files and folders, sorted; a missing folder is empty.
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  // What may still be written to the disk on which `path` (a folder) lies.
  virtual Result<std::uint64_t> free_bytes(const std::string& path) = 0;
  // kUnavailable when another process (or another store of this one) holds it.
  virtual Result<std::unique_ptr<DirectoryLock>> lock(const std::string& directory) = 0;
};

// The whole file. kCorruption when it is larger than `limit` bytes.
Result<Bytes> read_file(FileSystem& fs, const std::string& path, std::uint64_t limit);

// Writes `bytes` to `<directory>/<name>` so that after a crash it holds either the old or the new
// content: `<name>.tmp`, sync, rename, sync of the directory. After an error it holds one of both,
// and which one may change with a crash.
Result<void> write_file_atomically(FileSystem& fs, const std::string& directory,
                                   const std::string& name, ByteView bytes);

}  // namespace cairn::storage::columnar
