// SPDX-License-Identifier: Apache-2.0
#include "cli/data_directory.h"

#include <algorithm>
#include <charconv>

namespace cairn::cli {

using storage::columnar::FileSystem;

namespace {

Result<void> look_into_segments(FileSystem& fs, DataDirectory& found) {
  const std::string folder = found.path + "/segments";
  ASSIGN_OR_RETURN(const auto names, fs.list(folder));
  for (const std::string& name : names) {
    std::string path = folder + "/" + name;
    if (const auto id = file_id(name, ".seg")) {
      found.segments[*id] = std::move(path);
    } else if (file_id(name, ".seg.orphan")) {
      found.orphaned_segments.push_back(std::move(path));
    } else {
      found.others.push_back(std::move(path));
    }
  }
  return {};
}

Result<void> look_into_wal(FileSystem& fs, DataDirectory& found) {
  const std::string folder = found.path + "/wal";
  ASSIGN_OR_RETURN(const auto names, fs.list(folder));
  for (const std::string& name : names) {
    std::string path = folder + "/" + name;
    if (const auto id = file_id(name, ".wal")) {
      found.wal_files[*id] = std::move(path);
    } else if (file_id(name, ".wal.damaged")) {
      found.damaged_wal_files.push_back(std::move(path));
    } else {
      found.others.push_back(std::move(path));
    }
  }
  return {};
}

bool is_manifest_name(std::string_view name) {
  constexpr std::string_view kPrefix = "MANIFEST-";
  if (!name.starts_with(kPrefix) || name.size() == kPrefix.size()) return false;
  name.remove_prefix(kPrefix.size());
  return std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<DataDirectory> look_into(FileSystem& fs, const std::string& path) {
  DataDirectory found;
  found.path = path;
  while (found.path.size() > 1 && found.path.ends_with('/')) found.path.pop_back();
  ASSIGN_OR_RETURN(const auto names, fs.list(found.path));
  for (const std::string& name : names) {
    std::string file = found.path + "/" + name;
    if (name == "CURRENT") {
      found.has_current = true;
    } else if (name == "LOCK") {
      found.has_lock = true;
    } else if (is_manifest_name(name)) {
      found.manifests.push_back(std::move(file));
    } else if (name != "segments" && name != "wal") {
      found.others.push_back(std::move(file));
    }
  }
  RETURN_IF_ERROR(look_into_segments(fs, found));
  RETURN_IF_ERROR(look_into_wal(fs, found));
  return found;
}

std::optional<std::uint64_t> file_id(std::string_view path, std::string_view suffix) {
  constexpr std::size_t kDigits = 16;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.size() != kDigits + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  std::uint64_t id = 0;
  const char* end = name.data() + kDigits;
  const auto [read, error] = std::from_chars(name.data(), end, id, 16);
  if (error != std::errc{} || read != end) return std::nullopt;
  return id;
}

bool is_file(FileSystem& fs, const std::string& path) {
  return fs.open_read(path).has_value();
}

}  // namespace cairn::cli
