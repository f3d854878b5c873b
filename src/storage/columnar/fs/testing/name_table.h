// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/columnar/fs/testing/simulated_file.h"

namespace cairn::storage::columnar {

// "/a//b/" and "/a/./b" are "/a/b".
std::string normal_path(std::string_view path);
// "" for a path without a '/', as well as for what lies in the root.
std::string folder_of(const std::string& path);

// Which name is which file: as processes see it, and as the folders on the disk say. Paths are
// normal ones. Thread rule: its disk's lock.
class NameTable {
 public:
  using File = std::shared_ptr<SimulatedFile>;

  const std::map<std::string, File>& files() const { return seen_; }
  File find(const std::string& path) const;
  bool has_folder(const std::string& path) const;
  const std::set<std::string>& folders() const { return folders_; }

  void make_folders(const std::string& path);
  void link(const std::string& path, File file);
  // REQUIRES: the file is there.
  void unlink(const std::string& path);
  void rename(const std::string& from, const std::string& to);
  void sync_folder(const std::string& path);
  // The power was cut: what was not synced is undone, or with `random` all but a first part of it.
  void cut_power(const Random* random);

 private:
  // One step: a name goes, a name comes, or both. On the disk once all its folders were synced.
  struct Step {
    std::optional<std::string> gone;
    std::optional<std::string> made;
    File file;
    std::set<std::string> unsynced_folders;
  };
  static void apply(const Step& step, std::map<std::string, File>& names);
  void take(Step step);

  std::map<std::string, File> seen_;
  std::map<std::string, File> durable_;
  std::vector<Step> pending_;  // in order
  std::set<std::string> folders_;
};

}  // namespace cairn::storage::columnar
