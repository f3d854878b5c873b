// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/fs/testing/name_table.h"

#include "base/check.h"

namespace cairn::storage::columnar {

std::string normal_path(std::string_view path) {
  std::string normal = path.starts_with('/') ? "/" : "";
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (!part.empty() && part != ".") {
      if (!normal.empty() && !normal.ends_with('/')) normal += '/';
      normal += part;
    }
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return normal;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

NameTable::File NameTable::find(const std::string& path) const {
  const auto found = seen_.find(path);
  return found == seen_.end() ? nullptr : found->second;
}

bool NameTable::has_folder(const std::string& path) const {
  return path.empty() || path == "/" || folders_.contains(path);
}

void NameTable::make_folders(const std::string& path) {
  if (has_folder(path)) return;
  make_folders(folder_of(path));
  folders_.insert(path);
}

void NameTable::link(const std::string& path, File file) {
  take({.gone = {}, .made = path, .file = std::move(file), .unsynced_folders = {folder_of(path)}});
}

void NameTable::unlink(const std::string& path) {
  CAIRN_CHECK(seen_.contains(path));
  take({.gone = path, .made = {}, .file = {}, .unsynced_folders = {folder_of(path)}});
}

void NameTable::rename(const std::string& from, const std::string& to) {
  CAIRN_CHECK(seen_.contains(from));
  if (from == to) return;
  take({.gone = from,
        .made = to,
        .file = find(from),
        .unsynced_folders = {folder_of(from), folder_of(to)}});
}

void NameTable::apply(const Step& step, std::map<std::string, File>& names) {
  if (step.gone) names.erase(*step.gone);
  if (step.made) names[*step.made] = step.file;
}

void NameTable::take(Step step) {
  apply(step, seen_);
  pending_.push_back(std::move(step));
}

void NameTable::sync_folder(const std::string& path) {
  std::vector<Step> still_pending;
  for (Step& step : pending_) {
    step.unsynced_folders.erase(path);
    if (step.unsynced_folders.empty()) {
      apply(step, durable_);
    } else {
      still_pending.push_back(std::move(step));
    }
  }
  pending_ = std::move(still_pending);
}

void NameTable::cut_power(const Random* random) {
  const std::uint64_t kept = random == nullptr ? 0 : pick_up_to(pending_.size(), *random);
  for (std::size_t i = 0; i < kept; ++i) apply(pending_[i], durable_);
  pending_.clear();
  seen_ = durable_;
  // A file may have two names for a while: a rename across folders of which one was synced.
  std::set<SimulatedFile*> cut;
  for (const auto& [name, file] : seen_) {
    if (cut.insert(file.get()).second) file->cut_power(random);
  }
}

}  // namespace cairn::storage::columnar
