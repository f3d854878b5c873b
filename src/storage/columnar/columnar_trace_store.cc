// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/columnar_trace_store.h"

#include <algorithm>

#include "storage/columnar/columnar_admin.h"
#include "storage/columnar/columnar_writer.h"
#include "storage/columnar/read/columnar_reader.h"
#include "storage/columnar/store_maintenance.h"
#include "storage/columnar/store_recovery.h"

namespace cairn::storage {

namespace columnar {
namespace {

struct Opened {
  std::unique_ptr<DirectoryLock> lock;
  std::unique_ptr<Manifest> manifest;
};

// Without CURRENT a folder is new, unless it holds segments: then they would be taken for orphans.
Result<void> refuse_lost_manifest(const std::string& path, FileSystem& fs) {
  ASSIGN_OR_RETURN(const auto files, fs.list(path));
  if (std::ranges::find(files, "CURRENT") != files.end()) return {};
  ASSIGN_OR_RETURN(const auto segments, fs.list(path + "/segments"));
  if (segments.empty()) return {};
  return corruption(path +
                    "/CURRENT is missing, but there are segments: restore it from a backup, "
                    "or move the segments away");
}

Result<Opened> open_directory(const std::string& path, FileSystem& fs) {
  Opened opened;
  for (const char* part : {"", "/wal", "/segments"}) {
    RETURN_IF_ERROR(fs.make_directories(path + part));
  }
  ASSIGN_OR_RETURN(opened.lock, fs.lock(path));
  RETURN_IF_ERROR(refuse_lost_manifest(path, fs));
  RETURN_IF_ERROR(set_orphans_aside(fs, path));
  ASSIGN_OR_RETURN(opened.manifest, Manifest::open(fs, path));
  RETURN_IF_ERROR(fs.sync_directory(path));
  return opened;
}

}  // namespace
}  // namespace columnar

// Members are in starting order; C++ destroys them in reverse.
struct ColumnarTraceStore::Parts {
  Parts(const ColumnarStoreOptions& options, columnar::FileSystem& fs, const Clock& clock,
        std::unique_ptr<columnar::DirectoryLock> lock, std::unique_ptr<columnar::Manifest> manifest)
      : core(options, fs, clock, std::move(lock), std::move(manifest),
             [this](auto sources, auto head) { flusher.add(std::move(sources), std::move(head)); }),
        flusher(core, [this] { maintenance.wake(); }),
        maintenance(core, flusher),
        writer(core),
        reader(core),
        admin(core, flusher, maintenance) {}

  columnar::StoreCore core;
  columnar::HeadFlusher flusher;
  columnar::StoreMaintenance maintenance;
  columnar::ColumnarWriter writer;
  columnar::ColumnarReader reader;
  columnar::ColumnarAdmin admin;
};

Result<std::unique_ptr<ColumnarTraceStore>> ColumnarTraceStore::open(
    const ColumnarStoreOptions& options, columnar::FileSystem& fs, const Clock& clock) {
  auto directory = columnar::open_directory(options.path, fs);
  if (!directory) return annotate(directory.error(), "open store " + options.path);
  auto parts = std::make_unique<Parts>(options, fs, clock, std::move(directory->lock),
                                       std::move(directory->manifest));
  if (auto recovered = columnar::recover(parts->core, parts->flusher); !recovered) {
    return annotate(recovered.error(), "open store " + options.path);
  }
  parts->core.check_disk();
  if (options.background) {
    parts->flusher.start();
    parts->maintenance.start();
  }
  return std::unique_ptr<ColumnarTraceStore>(new ColumnarTraceStore(std::move(parts)));
}

ColumnarTraceStore::ColumnarTraceStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
}

ColumnarTraceStore::~ColumnarTraceStore() {
  parts_->maintenance.stop();
  parts_->flusher.stop();
}

TraceWriter& ColumnarTraceStore::writer() {
  return parts_->writer;
}
TraceReader& ColumnarTraceStore::reader() {
  return parts_->reader;
}
StoreAdmin& ColumnarTraceStore::admin() {
  return parts_->admin;
}

}  // namespace cairn::storage
