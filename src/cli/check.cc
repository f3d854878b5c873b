// SPDX-License-Identifier: Apache-2.0
#include "cli/check.h"

#include <fmt/format.h>

#include "cli/data_directory.h"
#include "cli/wal_replay.h"
#include "storage/columnar/manifest/manifest.h"
#include "storage/columnar/segment/segment.h"

namespace cairn::cli {

using namespace storage::columnar;

namespace {

constexpr std::size_t kCacheBytes = 32_MiB;

// Where the footer of a segment says other than the manifest, or "".
std::string difference(const SegmentInfo& file, const SegmentInfo& manifest) {
  std::string text;
  const auto compare = [&text](std::string_view what, const auto& in_file, const auto& expected) {
    if (in_file == expected || !text.empty()) return;
    text = fmt::format("it has {} {}, the manifest says {}", what, in_file, expected);
  };
  compare("the tenant", file.tenant, manifest.tenant);
  compare("the partition", file.partition, manifest.partition);
  compare("the level", file.level, manifest.level);
  compare("bytes", file.bytes, manifest.bytes);
  compare("rows", file.rows, manifest.rows);
  compare("traces", file.traces, manifest.traces);
  compare("its first start at", file.min_start.unix_nanos, manifest.min_start.unix_nanos);
  compare("its last start at", file.max_start.unix_nanos, manifest.max_start.unix_nanos);
  return text;
}

// Thread rule: one thread, once.
class StoreCheck {
 public:
  StoreCheck(FileSystem& fs, Progress& progress)
      : fs_(fs), progress_(progress), cache_(kCacheBytes) {}

  Result<CheckReport> run(const std::string& path) {
    ASSIGN_OR_RETURN(directory_, look_into(fs_, path));
    if (directory_.is_empty()) return not_found(path + ": there is no store");
    report_.directory = directory_.path;
    take_lock();
    if (lock_) {
      // Nothing changes any more; until now it could.
      ASSIGN_OR_RETURN(directory_, look_into(fs_, path));
    }
    if (read_state()) {
      check_listed_segments();
    } else {
      check_segments_alone();
    }
    check_wal();
    name_leftovers();
    return std::move(report_);
  }

 private:
  void take_lock() {
    // Without a LOCK nobody ever used the directory: a copy. It is not made to be one that was.
    if (!directory_.has_lock) return;
    auto lock = fs_.lock(directory_.path);
    if (lock) {
      lock_ = *std::move(lock);
    } else {
      report_.shared = lock.error().message;
    }
  }

  void add(const std::string& path, const Error& error) {
    const bool damaged = error.code == ErrorCode::kCorruption;
    (damaged ? report_.damage : report_.unseen).push_back({path, error.message});
  }

  // Of an error that names its file itself: "d/CURRENT: it does not name a manifest".
  void add_named(const Error& error) {
    const std::size_t end = error.message.find(": ", directory_.path.size());
    if (!error.message.starts_with(directory_.path + "/") || end == std::string::npos) {
      return add(directory_.path, error);
    }
    add(error.message.substr(0, end), {error.code, error.message.substr(end + 2)});
  }

  // False when the manifest does not say what belongs to the store.
  bool read_state() {
    auto manifest = read_manifest(fs_, directory_.path);
    if (manifest) {
      manifest_ = *std::move(manifest);
      if (manifest_.torn) {
        report_.warnings.push_back({directory_.path + "/" + manifest_.name,
                                    fmt::format("its last {} bytes were left by a crash",
                                                manifest_.bytes - manifest_.good_bytes)});
      }
      return true;
    }
    if (manifest.error().code == ErrorCode::kNotFound && !directory_.has_current) {
      report_.damage.push_back({directory_.path + "/CURRENT", "it is missing"});
    } else {
      add_named(manifest.error());
    }
    return false;
  }

  // Whether a server that runs has taken the segment out of the store since the check began.
  bool went_meanwhile(std::uint64_t id) {
    if (report_.shared.empty()) return false;
    const auto now = read_manifest(fs_, directory_.path);
    return now && !now->state.segments.contains(id);
  }

  void check_listed_segments() {
    std::size_t number = 0;
    for (const auto& [id, info] : manifest_.state.segments) {
      progress_.show(fmt::format("segment {} of {}", ++number, manifest_.state.segments.size()));
      check_segment(fmt::format("{}/segments/{}", directory_.path, segment_file_name(id)), id,
                    &info);
    }
  }

  // The best that can be done without a manifest.
  void check_segments_alone() {
    std::size_t number = 0;
    for (const auto& [id, path] : directory_.segments) {
      progress_.show(fmt::format("segment {} of {}", ++number, directory_.segments.size()));
      check_segment(path, id, nullptr);
    }
  }

  void check_segment(const std::string& path, std::uint64_t id, const SegmentInfo* expected) {
    const auto info = read_segment(path, id, expected);
    cache_.drop(id);
    if (info) {
      ++report_.segments.files;
      report_.segments.rows += info->rows;
      report_.segments.traces += info->traces;
      report_.segments.bytes += info->bytes;
    } else if (!went_meanwhile(id)) {
      if (info.error().code == ErrorCode::kNotFound) {
        report_.damage.push_back({path, "the manifest names it, but it is missing"});
      } else {
        add(path, info.error());
      }
    }
  }

  Result<SegmentInfo> read_segment(const std::string& path, std::uint64_t id,
                                   const SegmentInfo* expected) {
    ASSIGN_OR_RETURN(const auto segment, Segment::open(fs_, path, id, cache_));
    RETURN_IF_ERROR(segment->check());
    if (expected != nullptr) {
      std::string other = difference(segment->info(), *expected);
      if (!other.empty()) return corruption(std::move(other));
    }
    return segment->info();
  }

  void check_wal() {
    std::size_t number = 0;
    for (const auto& [head, path] : directory_.wal_files) {
      progress_.show(fmt::format("WAL file {} of {}", ++number, directory_.wal_files.size()));
      if (manifest_.state.finished_heads.contains(head)) {
        report_.warnings.push_back({path, "its spans are in segments; the next start removes it"});
      } else {
        check_wal_file(path, head);
      }
    }
    for (const std::string& path : directory_.damaged_wal_files) {
      report_.damage.push_back(
          {path, "it was damaged when the store replayed it; remove it once it was looked into"});
    }
  }

  void check_wal_file(const std::string& path, std::uint64_t head) {
    const auto replay = replay_wal_file(fs_, path, [](const WalRecordFacts&) {});
    if (!replay) {
      if (replay.error().code != ErrorCode::kNotFound) return add(path, replay.error());
      // Gone, when a server runs; else a crash came before its first commit.
      if (is_file(fs_, path)) report_.warnings.push_back({path, "it ends within its header"});
      return;
    }
    ++report_.wal.files;
    report_.wal.records += replay->end.records;
    report_.wal.rows += replay->rows;
    report_.wal.bytes += replay->end.good_bytes;
    if (replay->header.head != head) {
      report_.damage.push_back({path, fmt::format("it is of head {}", replay->header.head)});
    }
    if (!replay->damage().empty()) {
      report_.damage.push_back({path, replay->damage()});
    } else if (replay->end.torn && report_.shared.empty()) {
      report_.warnings.push_back(
          {path, fmt::format("its last {} bytes were left by a crash",
                             replay->end.file_bytes - replay->end.good_bytes)});
    }
  }

  // Files that nothing refers to. While a server runs they may be of what it does now.
  void name_leftovers() {
    if (!manifest_.name.empty() && report_.shared.empty()) {
      for (const auto& [id, path] : directory_.segments) {
        if (manifest_.state.segments.contains(id)) continue;
        const std::string_view next = manifest_.torn
                                          ? "the manifest is torn: the next start sets it aside"
                                          : "the next start removes it";
        report_.warnings.push_back({path, fmt::format("nothing refers to it; {}", next)});
      }
      for (const std::string& path : directory_.manifests) {
        if (path.ends_with("/" + manifest_.name)) continue;
        report_.warnings.push_back({path, "nothing refers to it; the next start removes it"});
      }
    }
    for (const std::string& path : directory_.orphaned_segments) {
      report_.warnings.push_back(
          {path,
           "it was set aside when the manifest ended in a torn record; remove it once it was "
           "looked into"});
    }
    for (const std::string& path : directory_.others) {
      report_.warnings.push_back({path, "it does not belong to a store"});
    }
  }

  FileSystem& fs_;
  DataDirectory directory_;
  Progress& progress_;
  PageCache cache_;
  std::unique_ptr<DirectoryLock> lock_;
  ManifestFile manifest_;
  CheckReport report_;
};

}  // namespace

Result<CheckReport> check_store(FileSystem& fs, const std::string& path, Progress& progress) {
  return StoreCheck(fs, progress).run(path);
}

ExitCode check(FileSystem& fs, const std::string& path, bool json, const Console& console) {
  Progress progress(console);
  const auto report = check_store(fs, path, progress);
  progress.clear();
  if (!report) return complain(console, report.error());
  if (json) {
    console.out(as_json(*report));
  } else {
    print(*report, console);
  }
  return report->exit_code();
}

}  // namespace cairn::cli
