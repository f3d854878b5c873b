// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/manifest/manifest.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "storage/columnar/manifest/manifest_format.h"

namespace cairn::storage::columnar {
namespace {

// A file is begun anew when it is longer than this …
constexpr std::uint64_t kLongFileBytes = 1_MiB;
// … and so many times as long as its state would be.
constexpr std::uint64_t kLongFileFactor = 4;

class ManifestLog final : public Manifest {
 public:
  ManifestLog(FileSystem& fs, std::string directory) : fs_(fs), directory_(std::move(directory)) {}

  Result<void> begin_empty();
  Result<void> go_on(ManifestFile found);

  const ManifestState& state() const override { return state_; }
  Result<void> publish(const ManifestEdit& edit) override;

 private:
  std::string path(std::string_view name) const { return fmt::format("{}/{}", directory_, name); }
  bool is_long(const ManifestState& next);
  Result<void> append(const ManifestEdit& edit);
  Result<void> begin_file(const ManifestState& state);
  void remove_other_files();

  FileSystem& fs_;
  std::string directory_;
  ManifestState state_;
  std::uint64_t number_ = 0;          // of the file that CURRENT names
  std::uint64_t last_number_ = 0;     // of the newest file that was begun
  std::unique_ptr<AppendFile> file_;  // null after a failure: begin another
  std::uint64_t state_bytes_ = 0;     // of the state as a file, when it was last looked at
};

// Nobody may take a store whose CURRENT is gone for an empty one: all its segments would be removed
// as orphans. A first start that a crash interrupted leaves the very first file and no more.
Result<void> ManifestLog::begin_empty() {
  ASSIGN_OR_RETURN(const auto names, fs_.list(directory_));
  for (const std::string& name : names) {
    const auto number = manifest_file_number(name);
    if (!number) continue;
    ASSIGN_OR_RETURN(const auto file, fs_.open_read(path(name)));
    if (*number > 1 || file->size() > encode_manifest_file(1, {}).size()) {
      return corruption(
          fmt::format("{}: it is missing, but there is a {}", path(kCurrentName), name));
    }
  }
  return begin_file(state_);
}

// What a killed process wrote can be seen without being on the disk, and when one of its syncs
// failed no later sync puts it there. So it is written anew before anyone acts on it. Only when the
// disk is full the old file has to do: a store that does not open could not make room.
Result<void> ManifestLog::go_on(ManifestFile found) {
  ASSIGN_OR_RETURN(const auto names, fs_.list(directory_));
  for (const std::string& name : names) {
    last_number_ = std::max(last_number_, manifest_file_number(name).value_or(0));
  }
  state_ = std::move(found.state);
  const auto begun = begin_file(state_);
  if (begun || begun.error().code != ErrorCode::kResourceExhausted) return begun;
  ASSIGN_OR_RETURN(const auto file, fs_.open_append(path(found.name)));
  RETURN_IF_ERROR(file->sync());
  return fs_.sync_directory(directory_);
}

Result<void> ManifestLog::publish(const ManifestEdit& edit) {
  ManifestState next = state_;
  RETURN_IF_ERROR(apply(next, edit));
  const bool begin = file_ == nullptr || is_long(next);
  const auto published = begin ? begin_file(next) : append(edit);
  if (!published) {
    file_.reset();
    return annotate(published.error(), "publish in the manifest");
  }
  state_ = std::move(next);
  return {};
}

// Encodes the state only when the file has outgrown the one that was looked at last.
bool ManifestLog::is_long(const ManifestState& next) {
  const std::uint64_t size = file_->size();
  if (size <= kLongFileBytes || size <= kLongFileFactor * state_bytes_) return false;
  state_bytes_ = encode_manifest_file(number_, next).size();
  return size > kLongFileFactor * state_bytes_;
}

Result<void> ManifestLog::append(const ManifestEdit& edit) {
  Bytes payload;
  encode_edit(edit, payload);
  Bytes record;
  encode_manifest_record(number_, file_->size(), payload, record);
  if (file_->size() + record.size() > kMaxManifestBytes) {
    return resource_exhausted("the manifest would become too long");
  }
  RETURN_IF_ERROR(file_->append(record));
  return file_->sync();
}

// CURRENT is switched last, so that it never names a file that is not whole and durable.
Result<void> ManifestLog::begin_file(const ManifestState& state) {
  file_.reset();
  const std::uint64_t number = ++last_number_;
  const std::string name = manifest_file_name(number);
  const Bytes bytes = encode_manifest_file(number, state);
  if (bytes.size() > kMaxManifestBytes) {
    return resource_exhausted("the manifest would become too long");
  }
  ASSIGN_OR_RETURN(auto file, fs_.create(path(name)));
  RETURN_IF_ERROR(file->append(bytes));
  RETURN_IF_ERROR(file->sync());
  RETURN_IF_ERROR(fs_.sync_directory(directory_));
  RETURN_IF_ERROR(
      write_file_atomically(fs_, directory_, std::string(kCurrentName), as_bytes(name + "\n")));
  number_ = number;
  file_ = std::move(file);
  state_bytes_ = bytes.size();
  remove_other_files();
  return {};
}

// What stays does no harm and goes another time.
void ManifestLog::remove_other_files() {
  const auto names = fs_.list(directory_);
  if (!names) return;
  for (const std::string& name : *names) {
    const auto number = manifest_file_number(name);
    const bool other = number && *number != number_;
    if (other || name == std::string(kCurrentName) + ".tmp") (void)fs_.remove(path(name));
  }
}

Result<void> check_edit(const ManifestState& state, const ManifestEdit& edit) {
  constexpr std::uint64_t kMostId = std::numeric_limits<std::uint64_t>::max() - 1;
  std::set<std::uint64_t> removed;
  for (const std::uint64_t id : edit.remove_segments) {
    if (!state.segments.contains(id) || !removed.insert(id).second) {
      return corruption(fmt::format("it removes segment {}, which is not there", id));
    }
  }
  std::set<std::uint64_t> added;
  for (const SegmentInfo& segment : edit.add_segments) {
    const std::uint64_t id = segment.id;
    if (id == 0 || id > kMostId) {
      return corruption(fmt::format("it adds a segment with the id {}", id));
    }
    const bool there = state.segments.contains(id) && !removed.contains(id);
    if (there || !added.insert(id).second) {
      return corruption(fmt::format("it adds segment {} a second time", id));
    }
  }
  for (const std::uint64_t id : edit.finished_heads) {
    if (id > kMostId) return corruption(fmt::format("it finishes a head with the id {}", id));
  }
  return {};
}

}  // namespace

Result<void> apply(ManifestState& state, const ManifestEdit& edit) {
  RETURN_IF_ERROR(check_edit(state, edit));
  state.next_id = std::max(state.next_id, edit.next_id);
  for (const std::uint64_t id : edit.remove_segments) state.segments.erase(id);
  for (const SegmentInfo& segment : edit.add_segments) {
    state.segments.emplace(segment.id, segment);
    state.next_id = std::max(state.next_id, segment.id + 1);
  }
  for (const std::uint64_t id : edit.finished_heads) {
    state.finished_heads.insert(id);
    state.next_id = std::max(state.next_id, id + 1);
  }
  for (const std::uint64_t id : edit.forgotten_heads) state.finished_heads.erase(id);
  return {};
}

Result<std::unique_ptr<Manifest>> Manifest::open(FileSystem& fs, const std::string& directory) {
  auto log = std::make_unique<ManifestLog>(fs, directory);
  auto found = read_manifest(fs, directory);
  if (found) {
    RETURN_IF_ERROR(log->go_on(*std::move(found)));
  } else if (found.error().code == ErrorCode::kNotFound) {
    RETURN_IF_ERROR(log->begin_empty());
  } else {
    return std::move(found).error();
  }
  return std::unique_ptr<Manifest>(std::move(log));
}

}  // namespace cairn::storage::columnar
