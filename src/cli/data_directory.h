// SPDX-License-Identifier: Apache-2.0
//
// The files of a data directory, by what their names say; nothing is opened.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/columnar/fs/file_system.h"

namespace cairn::cli {

struct DataDirectory {
  std::string path;
  bool has_current = false;
  bool has_lock = false;
  std::vector<std::string> manifests;              // paths, by number
  std::map<std::uint64_t, std::string> segments;   // by id; paths
  std::map<std::uint64_t, std::string> wal_files;  // by head; paths
  std::vector<std::string> damaged_wal_files;      // set aside by the store; paths
  std::vector<std::string> orphaned_segments;      // set aside by the store; paths
  std::vector<std::string> others;                 // paths of what has no business there

  // Nothing of a store is in it.
  bool is_empty() const {
    return !has_current && manifests.empty() && segments.empty() && wal_files.empty();
  }
};

// Errors: those of the disk. A missing directory is empty.
Result<DataDirectory> look_into(storage::columnar::FileSystem& fs, const std::string& path);

// The id in "<16 hex digits><suffix>", the last part of `path`.
std::optional<std::uint64_t> file_id(std::string_view path, std::string_view suffix);

// Whether the path is a file that can be opened.
bool is_file(storage::columnar::FileSystem& fs, const std::string& path);

}  // namespace cairn::cli
