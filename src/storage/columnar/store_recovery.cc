// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/store_recovery.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <optional>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/thread.h"
#include "storage/columnar/wal/wal_reader.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::string_view kOrphanSuffix = ".orphan";

// The id in "<16 hex digits><suffix>".
std::optional<std::uint64_t> id_of(const std::string& file, std::string_view suffix) {
  if (file.size() != 16 + suffix.size() || !file.ends_with(suffix)) return std::nullopt;
  std::uint64_t id = 0;
  const char* end = file.data() + 16;
  const auto [read, error] = std::from_chars(file.data(), end, id, 16);
  if (error != std::errc{} || read != end) return std::nullopt;
  return id;
}

// `segment`: the id of the one that is missing, 0 for other files.
void report(TenantSources& sources, const std::string& what, std::uint64_t segment = 0) {
  log_error("part of the store cannot be read", {{"what", what}});
  sources.add_missing(what, segment);
}

// What is wrong with the file itself. Anything else (no descriptors, a version of a newer build) is
// for the operator to put right before the store opens.
bool is_damage(const Error& error) {
  return error.code == ErrorCode::kCorruption || error.code == ErrorCode::kNotFound;
}

Result<void> recover_segments(StoreCore& core, const ManifestState& state) {
  for (const auto& [id, info] : state.segments) {
    ASSIGN_OR_RETURN(TenantState* const tenant, core.tenant({info.tenant}));
    auto segment = Segment::open(core.fs(), core.segment_path(id), id, core.cache());
    if (segment) {
      tenant->sources->replace(nullptr, {}, {*std::move(segment)});
    } else if (is_damage(segment.error())) {
      report(*tenant->sources, segment.error().message, id);
    } else {
      return segment.error();
    }
  }
  ASSIGN_OR_RETURN(const auto files, core.fs().list(core.segment_directory()));
  for (const std::string& file : files) {
    const auto id = id_of(file, ".seg");
    if (!id || state.segments.contains(*id)) continue;  // not ours, or in use
    core.skip_ids(*id + 1);
    log_info("removed a file that nothing refers to", {{"file", file}});
    RETURN_IF_ERROR(core.fs().remove(core.segment_directory() + "/" + file));
  }
  return {};
}

// What was written may be in the page cache only: spans that equal those of this head will be
// acknowledged, so it must be as durable as they are.
Result<void> make_durable(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const auto file, fs.open_append(path));
  return file->sync();
}

// A WAL file whose spans are not in segments.
struct WalToReplay {
  std::string path;
  WalHeader header;
  TenantState* tenant = nullptr;
  std::uint64_t bytes = 0;  // of the file
};

// Reads one WAL file into a sealed head.
Result<std::shared_ptr<HeadEntry>> replay(StoreCore& core, const WalToReplay& wal) {
  RETURN_IF_ERROR(make_durable(core.fs(), wal.path));
  auto entry = std::make_shared<HeadEntry>(core.head_bytes());
  entry->head = std::make_unique<Head>(wal.header.head);
  entry->shard = wal.header.shard;
  entry->created_unix_nanos = wal.header.created_unix_nanos;
  entry->replayed_path = wal.path;
  std::string refused;
  const auto end = read_wal(core.fs(), wal.path, [&](std::uint64_t offset, ByteView payload) {
    if (payload.empty()) return Result<void>{};
    Result<void> replayed = entry->head->replay(payload);
    if (!replayed) refused = std::to_string(offset) + ": " + replayed.error().message;
    return replayed;
  });
  if (!end && refused.empty()) return end.error();
  if (!refused.empty()) entry->damage = wal.path + ": record at " + refused;
  if (end && !end->torn && !end->damage.empty()) entry->damage = wal.path + ": " + end->damage;
  entry->head->seal();
  entry->account();
  entry->sealed = true;
  return entry;
}

// Replays all WAL files, several at a time: each is a head of its own and knows nothing of others.
// Heads join the store in the order of the files, whoever was ready first.
// Thread rule: run() on one thread, which takes part in the work.
class WalReplay {
 public:
  WalReplay(StoreCore& core, HeadFlusher& flusher, std::vector<WalToReplay> files)
      : core_(core), flusher_(flusher), files_(std::move(files)), replayed_(files_.size()) {}

  Result<void> run() {
    while (first_ < files_.size()) {
      make_room();
      take_some();
      replay_taken();
      RETURN_IF_ERROR(add_taken());
    }
    return {};
  }

 private:
  // What the head of a WAL file takes in memory: more than was ever seen (20 KiB, and 1.4 times the
  // size of the file).
  std::uint64_t memory_of(std::size_t file) const { return 32_KiB + 2 * files_[file].bytes; }
  std::uint64_t room() const {
    const std::uint64_t limit = core_.options().max_head_bytes;
    return limit - std::min<std::uint64_t>(limit, core_.head_bytes());
  }
  std::size_t threads() const {
    const std::uint32_t wanted = core_.options().replay_threads;
    if (wanted != 0) return std::min(wanted, 64u);
    return std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
  }

  // For one file for each thread. The store opens even when nothing can be flushed, as on a full
  // disk: it could not make room otherwise.
  void make_room() {
    std::uint64_t needed = 0;
    for (std::size_t i = first_; i < std::min(files_.size(), first_ + threads()); ++i) {
      needed += memory_of(i);
    }
    needed = std::min<std::uint64_t>(needed, core_.options().max_head_bytes);
    while (flushing_ && room() < needed) {
      const Result<bool> flushed = flusher_.flush_next();
      if (!flushed) log_warn("heads stay in memory", {{"why", flushed.error().message}});
      flushing_ = flushed.has_value();
      if (flushing_ && !*flushed) return;
    }
  }

  // As many as there is room for, and one at least.
  void take_some() {
    std::uint64_t left = room();
    end_ = first_;
    do {
      left -= std::min(left, memory_of(end_++));
    } while (end_ < files_.size() && (memory_of(end_) <= left || !flushing_));
  }

  void replay_taken() {
    next_ = first_;
    const auto work = [this](const std::stop_token&) {
      for (std::size_t i = next_++; i < end_ && !failed_; i = next_++) {
        replayed_[i] = replay(core_, files_[i]);
        if (!*replayed_[i]) failed_ = true;
      }
    };
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < std::min(threads(), end_ - first_); ++i) {
      helpers.push_back(start_thread("store-replay", work));
    }
    work({});
  }

  // The first error, if there is one, is that of the first file that has one.
  Result<void> add_taken() {
    for (; first_ < end_; ++first_) {
      if (!replayed_[first_]) continue;  // a later one failed
      ASSIGN_OR_RETURN(auto entry, *std::exchange(replayed_[first_], std::nullopt));
      const auto& sources = files_[first_].tenant->sources;
      if (!entry->damage.empty()) report(*sources, entry->damage);
      sources->add_head(entry);
      flusher_.add(sources, std::move(entry));
    }
    return {};
  }

  StoreCore& core_;
  HeadFlusher& flusher_;
  const std::vector<WalToReplay> files_;
  std::vector<std::optional<Result<std::shared_ptr<HeadEntry>>>> replayed_;  // by file
  std::size_t first_ = 0;  // that is not in the store; files up to `end_` are in work
  std::size_t end_ = 0;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  bool flushing_ = true;
};

// A file that was set aside. Its header may still say whose spans it held.
Result<void> report_damaged(StoreCore& core, const std::string& path) {
  const std::string what =
      path + ": was damaged when it was replayed; remove it when it was looked into";
  if (const auto header = read_wal_header(core.fs(), path)) {
    ASSIGN_OR_RETURN(TenantState* const tenant, core.tenant({header->tenant}));
    report(*tenant->sources, what);
    return {};
  }
  log_error("part of the store cannot be read", {{"what", what}});
  core.add_missing(what);
  return {};
}

// Takes what is to be replayed into `files`; the rest is dealt with.
Result<void> recover_wal_file(StoreCore& core, const ManifestState& state, const std::string& file,
                              std::vector<WalToReplay>& files) {
  const std::string path = core.wal_directory() + "/" + file;
  if (file.ends_with(".damaged")) return report_damaged(core, path);
  const auto id = id_of(file, ".wal");
  if (!id) return {};  // not ours
  core.skip_ids(*id + 1);
  if (state.finished_heads.contains(*id)) return core.fs().remove(path);
  auto header = read_wal_header(core.fs(), path);
  if (header && header->head != *id) header = corruption("header: of another file");
  if (header) {
    ASSIGN_OR_RETURN(TenantState* const tenant, core.tenant({header->tenant}));
    ASSIGN_OR_RETURN(const auto opened, core.fs().open_read(path));
    files.push_back({path, *std::move(header), tenant, opened->size()});
    return {};
  }
  // Shorter than a header: nothing of it was acknowledged.
  if (header.error().code == ErrorCode::kNotFound) return core.fs().remove(path);
  if (header.error().code != ErrorCode::kCorruption) return header.error();
  RETURN_IF_ERROR(core.fs().rename(path, path + ".damaged"));
  return report_damaged(core, path + ".damaged");
}

// Their files are gone for good: nobody needs to know that they are finished.
Result<void> forget_finished(StoreCore& core, const ManifestState& state) {
  if (state.finished_heads.empty()) return {};
  ManifestEdit edit;
  edit.forgotten_heads.assign(state.finished_heads.begin(), state.finished_heads.end());
  TenantSources none{model::TenantId{}};
  if (auto done = core.publish(none, std::move(edit), nullptr, {}); !done) {
    log_warn("finished heads stay remembered", {{"why", done.error().message}});  // disk full
  }
  return {};
}

}  // namespace

Result<void> set_orphans_aside(FileSystem& fs, const std::string& directory) {
  const auto manifest = read_manifest(fs, directory);
  if (!manifest || !manifest->torn) return {};  // what is wrong with it is for who opens it
  const std::string folder = directory + "/segments";
  ASSIGN_OR_RETURN(const auto files, fs.list(folder));
  for (const std::string& file : files) {
    const auto id = id_of(file, ".seg");
    if (!id || manifest->state.segments.contains(*id)) continue;
    const std::string path = folder + "/" + file;
    log_warn("the manifest ends in a torn record; a segment that it does not name was set aside",
             {{"file", path + std::string(kOrphanSuffix)}});
    RETURN_IF_ERROR(fs.rename(path, path + std::string(kOrphanSuffix)));
  }
  return fs.sync_directory(folder);
}

Result<void> recover(StoreCore& core, HeadFlusher& flusher) {
  const ManifestState state = core.manifest_state();
  RETURN_IF_ERROR(recover_segments(core, state));
  ASSIGN_OR_RETURN(const auto files, core.fs().list(core.wal_directory()));
  std::vector<WalToReplay> to_replay;
  for (const std::string& file : files) {
    RETURN_IF_ERROR(recover_wal_file(core, state, file, to_replay));
  }
  RETURN_IF_ERROR(WalReplay(core, flusher, std::move(to_replay)).run());
  RETURN_IF_ERROR(core.fs().sync_directory(core.wal_directory()));
  return forget_finished(core, state);
}

}  // namespace cairn::storage::columnar
