// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/fs/testing/fault_file_system.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "base/check.h"
#include "base/mutex.h"
#include "storage/columnar/fs/testing/fault_plan.h"
#include "storage/columnar/fs/testing/name_table.h"

namespace cairn::storage::columnar {

using File = std::shared_ptr<SimulatedFile>;

// Everything that outlives a FaultFileSystem because open files need it.
class FaultFileSystem::Disk {
 public:
  Mutex mutex;
  FaultPlan plan GUARDED_BY(mutex);
  NameTable names GUARDED_BY(mutex);
  std::set<std::string> locked GUARDED_BY(mutex);
  std::optional<std::uint64_t> capacity GUARDED_BY(mutex);
  std::uint64_t boots GUARDED_BY(mutex) = 0;  // open files of an earlier one are dead

  Result<void> enter(std::string_view call, const std::string& path,
                     const std::string& details = "") REQUIRES(mutex) {
    if (auto failure = plan.next(call, path, details)) return std::move(failure->error);
    return {};
  }

  std::uint64_t used() const REQUIRES(mutex) {
    std::uint64_t bytes = 0;
    for (const auto& [name, file] : names.files()) bytes += file->bytes().size();
    return bytes;
  }

  std::uint64_t free() const REQUIRES(mutex) {
    constexpr std::uint64_t kPlenty = std::uint64_t{1} << 40;
    return capacity ? *capacity - std::min(*capacity, used()) : kPlenty;
  }

  bool is_named(const File& wanted) REQUIRES(mutex) {
    return std::ranges::any_of(names.files(), [&](const auto& it) { return it.second == wanted; });
  }

  // REQUIRES: the file exists.
  File existing(const std::string& path) REQUIRES(mutex) {
    File file = names.find(normal_path(path));
    CAIRN_CHECK(file != nullptr);
    return file;
  }

  class OpenAppendFile;
  class OpenReadFile;
  class HeldLock;
};

namespace {

Error missing(std::string_view call, const std::string& path) {
  return not_found(fmt::format("{} {}: No such file or directory", call, path));
}

Error dead(std::string_view call, const std::string& path) {
  return unavailable(fmt::format("{} {}: it was opened before the crash", call, path));
}

}  // namespace

class FaultFileSystem::Disk::OpenAppendFile final : public AppendFile {
 public:
  OpenAppendFile(std::shared_ptr<Disk> disk, std::string path, File file, std::uint64_t boot)
      : disk_(std::move(disk)), path_(std::move(path)), file_(std::move(file)), boot_(boot) {}

  Result<void> append(ByteView bytes) override {
    const MutexLock lock(disk_->mutex);
    const auto failure = disk_->plan.next("append", path_, std::to_string(bytes.size()));
    if (boot_ != disk_->boots) return dead("append", path_);
    if (failure) {
      if (failure->halfway) file_->append(bytes.first(bytes.size() / 2));
      return failure->error;
    }
    const std::uint64_t room = disk_->free();
    if (bytes.size() <= room) {
      file_->append(bytes);
      return {};
    }
    file_->append(bytes.first(static_cast<std::size_t>(room)));
    return resource_exhausted(fmt::format("append {}: No space left on device", path_));
  }

  Result<void> sync() override {
    const MutexLock lock(disk_->mutex);
    const auto failure = disk_->plan.next("sync", path_, "");
    if (boot_ != disk_->boots) return dead("sync", path_);
    if (!failure) {
      file_->sync();
      if (disk_->is_named(file_)) return {};
      return unavailable(fmt::format("sync {}: it was removed while it was in use", path_));
    }
    if (!failure->stopped) file_->fail_sync();
    return failure->error;
  }

  Result<void> truncate(std::uint64_t size) override {
    const MutexLock lock(disk_->mutex);
    RETURN_IF_ERROR(disk_->enter("truncate", path_, std::to_string(size)));
    if (boot_ != disk_->boots) return dead("truncate", path_);
    if (size > file_->bytes().size()) {
      return invalid_argument(fmt::format("truncate {}: it is shorter than {}", path_, size));
    }
    file_->truncate(static_cast<std::size_t>(size));
    return {};
  }

  std::uint64_t size() const override {
    const MutexLock lock(disk_->mutex);
    return file_->bytes().size();
  }

 private:
  std::shared_ptr<Disk> disk_;
  std::string path_;
  File file_;
  std::uint64_t boot_;
};

class FaultFileSystem::Disk::OpenReadFile final : public ReadFile {
 public:
  OpenReadFile(std::shared_ptr<Disk> disk, std::string path, File file, std::uint64_t boot)
      : disk_(std::move(disk)),
        path_(std::move(path)),
        file_(std::move(file)),
        size_(file_->bytes().size()),
        boot_(boot) {}

  Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override {
    const MutexLock lock(disk_->mutex);
    RETURN_IF_ERROR(disk_->enter("read", path_, fmt::format("{} {}", offset, into.size())));
    if (boot_ != disk_->boots) return dead("read", path_);
    const Bytes& bytes = file_->bytes();
    const std::uint64_t size = std::min<std::uint64_t>(size_, bytes.size());
    if (offset > size || into.size() > size - offset) {
      return corruption(
          fmt::format("read {}: it ends before the {} bytes from {}", path_, into.size(), offset));
    }
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return {};
  }

  std::uint64_t size() const override { return size_; }

 private:
  std::shared_ptr<Disk> disk_;
  std::string path_;
  File file_;
  std::uint64_t size_;
  std::uint64_t boot_;
};

class FaultFileSystem::Disk::HeldLock final : public DirectoryLock {
 public:
  HeldLock(std::shared_ptr<Disk> disk, std::string directory, std::uint64_t boot)
      : disk_(std::move(disk)), directory_(std::move(directory)), boot_(boot) {}
  ~HeldLock() override {
    const MutexLock lock(disk_->mutex);
    if (boot_ == disk_->boots) disk_->locked.erase(directory_);
  }

  Result<void> check() const override {
    const MutexLock lock(disk_->mutex);
    if (boot_ != disk_->boots) return dead("lock", directory_);
    if (disk_->names.find(directory_ + "/LOCK")) return {};
    return unavailable(fmt::format("lock {}: it was removed while it was in use", directory_));
  }

 private:
  std::shared_ptr<Disk> disk_;
  std::string directory_;
  std::uint64_t boot_;
};

FaultFileSystem::FaultFileSystem() : disk_(std::make_shared<Disk>()) {
}
FaultFileSystem::~FaultFileSystem() = default;

Result<std::unique_ptr<AppendFile>> FaultFileSystem::create(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  RETURN_IF_ERROR(disk_->enter("create", path));
  const std::string name = normal_path(path);
  if (!disk_->names.has_folder(folder_of(name))) return missing("create", path);
  if (disk_->names.has_folder(name)) return unavailable("create " + path + ": Is a directory");
  File file = disk_->names.find(name);
  if (file) {
    file->truncate(0);
  } else {
    file = std::make_shared<SimulatedFile>();
    disk_->names.link(name, file);
  }
  return std::unique_ptr<AppendFile>(
      std::make_unique<Disk::OpenAppendFile>(disk_, path, std::move(file), disk_->boots));
}

Result<std::unique_ptr<AppendFile>> FaultFileSystem::open_append(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  RETURN_IF_ERROR(disk_->enter("open_append", path));
  File file = disk_->names.find(normal_path(path));
  if (!file) return missing("open", path);
  return std::unique_ptr<AppendFile>(
      std::make_unique<Disk::OpenAppendFile>(disk_, path, std::move(file), disk_->boots));
}

Result<std::unique_ptr<ReadFile>> FaultFileSystem::open_read(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  RETURN_IF_ERROR(disk_->enter("open_read", path));
  if (disk_->names.has_folder(normal_path(path))) {
    return unavailable(fmt::format("open {}: it is not a file", path));
  }
  File file = disk_->names.find(normal_path(path));
  if (!file) return missing("open", path);
  return std::unique_ptr<ReadFile>(
      std::make_unique<Disk::OpenReadFile>(disk_, path, std::move(file), disk_->boots));
}

Result<void> FaultFileSystem::rename(const std::string& from, const std::string& to) {
  const MutexLock lock(disk_->mutex);
  RETURN_IF_ERROR(disk_->enter("rename", from, to));
  const std::string target = normal_path(to);
  if (!disk_->names.find(normal_path(from))) return missing("rename", from);
  if (!disk_->names.has_folder(folder_of(target))) return missing("rename", to);
  disk_->names.rename(normal_path(from), target);
  return {};
}

Result<void> FaultFileSystem::remove(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  RETURN_IF_ERROR(disk_->enter("remove", path));
  if (!disk_->names.find(normal_path(path))) return missing("remove", path);
  disk_->names.unlink(normal_path(path));
  return {};
}

Result<void> FaultFileSystem::make_directories(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  RETURN_IF_ERROR(disk_->enter("make_directories", path));
  for (std::string name = normal_path(path); !name.empty(); name = folder_of(name)) {
    if (disk_->names.find(name)) {
      return unavailable(fmt::format("make directory {}: a file is in its place", name));
    }
  }
  disk_->names.make_folders(normal_path(path));
  return {};
}

Result<void> FaultFileSystem::sync_directory(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  RETURN_IF_ERROR(disk_->enter("sync_directory", path));
  const std::string name = normal_path(path);
  if (!disk_->names.has_folder(name)) return missing("sync directory", path);
  disk_->names.sync_folder(name == "/" ? "" : name);
  return {};
}

Result<std::vector<std::string>> FaultFileSystem::list(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  RETURN_IF_ERROR(disk_->enter("list", path));
  std::string folder = normal_path(path);
  if (disk_->names.find(folder)) {
    return unavailable(fmt::format("list {}: Not a directory", path));
  }
  if (folder == "/") folder.clear();
  std::set<std::string> found;
  const auto look = [&](const std::string& name) {
    if (folder_of(name) == folder) found.insert(name.substr(name.rfind('/') + 1));
  };
  for (const auto& [name, file] : disk_->names.files()) look(name);
  for (const std::string& name : disk_->names.folders()) look(name);
  return std::vector<std::string>(found.begin(), found.end());
}

Result<std::uint64_t> FaultFileSystem::free_bytes(const std::string& path) {
  const MutexLock lock(disk_->mutex);
  RETURN_IF_ERROR(disk_->enter("free_bytes", path));
  if (!disk_->names.has_folder(normal_path(path))) return missing("free space of", path);
  return disk_->free();
}

Result<std::unique_ptr<DirectoryLock>> FaultFileSystem::lock(const std::string& directory) {
  const MutexLock lock(disk_->mutex);
  RETURN_IF_ERROR(disk_->enter("lock", directory));
  const std::string name = normal_path(directory);
  if (!disk_->names.has_folder(name)) return missing("lock", directory);
  if (!disk_->locked.insert(name).second) {
    return unavailable(fmt::format("lock {}: another process has it", directory));
  }
  // As on a real disk the lock is a file that others see and that stays.
  if (!disk_->names.find(name + "/LOCK")) {
    disk_->names.link(name + "/LOCK", std::make_shared<SimulatedFile>());
  }
  return std::unique_ptr<DirectoryLock>(
      std::make_unique<Disk::HeldLock>(disk_, name, disk_->boots));
}

void FaultFileSystem::fail(Fault fault) {
  const MutexLock lock(disk_->mutex);
  disk_->plan.add(std::move(fault));
}

void FaultFileSystem::heal() {
  const MutexLock lock(disk_->mutex);
  disk_->plan.heal();
}

void FaultFileSystem::stop_at_call(std::uint64_t n) {
  const MutexLock lock(disk_->mutex);
  disk_->plan.stop_at(n);
}

bool FaultFileSystem::stopped() const {
  const MutexLock lock(disk_->mutex);
  return disk_->plan.stopped();
}

void FaultFileSystem::crash(PowerCut what, std::uint64_t seed) {
  const MutexLock lock(disk_->mutex);
  disk_->plan.heal();
  disk_->locked.clear();
  ++disk_->boots;
  if (what == PowerCut::kProcessOnly) return;
  std::mt19937_64 engine(seed);
  const Random random = [&engine] { return engine(); };
  disk_->names.cut_power(seed == 0 ? nullptr : &random);
}

void FaultFileSystem::set_free_bytes(std::optional<std::uint64_t> bytes) {
  const MutexLock lock(disk_->mutex);
  disk_->capacity.reset();
  if (bytes) disk_->capacity = disk_->used() + *bytes;
}

std::uint64_t FaultFileSystem::call_count() const {
  const MutexLock lock(disk_->mutex);
  return disk_->plan.count();
}

void FaultFileSystem::record_calls() {
  const MutexLock lock(disk_->mutex);
  disk_->plan.record();
}

std::vector<std::string> FaultFileSystem::calls() const {
  const MutexLock lock(disk_->mutex);
  return disk_->plan.calls();
}

std::vector<std::string> FaultFileSystem::files() const {
  const MutexLock lock(disk_->mutex);
  std::vector<std::string> paths;
  for (const auto& [name, file] : disk_->names.files()) paths.push_back(name);
  return paths;
}

bool FaultFileSystem::exists(const std::string& path) const {
  const MutexLock lock(disk_->mutex);
  return disk_->names.find(normal_path(path)) != nullptr;
}

Bytes FaultFileSystem::content(const std::string& path) const {
  const MutexLock lock(disk_->mutex);
  return disk_->existing(path)->bytes();
}

std::uint64_t FaultFileSystem::unsynced_bytes(const std::string& path) const {
  const MutexLock lock(disk_->mutex);
  return disk_->existing(path)->unsynced_bytes();
}

void FaultFileSystem::flip_bit(const std::string& path, std::uint64_t bit) {
  const MutexLock lock(disk_->mutex);
  disk_->existing(path)->flip_bit(bit);
}

void FaultFileSystem::put(const std::string& path, ByteView bytes) {
  const MutexLock lock(disk_->mutex);
  const std::string name = normal_path(path);
  disk_->names.make_folders(folder_of(name));
  auto file = std::make_shared<SimulatedFile>();
  file->append(bytes);
  file->settle();
  disk_->names.link(name, std::move(file));
  disk_->names.sync_folder(folder_of(name));
}

}  // namespace cairn::storage::columnar
