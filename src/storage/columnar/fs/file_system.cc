// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/fs/file_system.h"

#include <fmt/format.h>

namespace cairn::storage::columnar {
namespace {

Result<void> write_and_sync(FileSystem& fs, const std::string& path, ByteView bytes) {
  ASSIGN_OR_RETURN(auto file, fs.create(path));
  RETURN_IF_ERROR(file->append(bytes));
  return file->sync();
}

}  // namespace

Result<Bytes> read_file(FileSystem& fs, const std::string& path, std::uint64_t limit) {
  ASSIGN_OR_RETURN(auto file, fs.open_read(path));
  if (file->size() > limit) {
    return corruption(fmt::format("read {}: it has {} bytes, {} at most are expected", path,
                                  file->size(), limit));
  }
  Bytes bytes(static_cast<std::size_t>(file->size()));
  RETURN_IF_ERROR(file->read(0, bytes));
  return bytes;
}

Result<void> write_file_atomically(FileSystem& fs, const std::string& directory,
                                   const std::string& name, ByteView bytes) {
  const std::string path = directory + "/" + name;
  const std::string temporary = path + ".tmp";
  Result<void> written = write_and_sync(fs, temporary, bytes);
  if (written) written = fs.rename(temporary, path);
  if (!written) {
    // What is left of it does no harm: the next attempt writes it anew.
    (void)fs.remove(temporary);
    return written;
  }
  return fs.sync_directory(directory);
}

}  // namespace cairn::storage::columnar
