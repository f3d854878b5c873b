// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/store_recovery.h"

#include <charconv>
#include <optional>

#include "base/log.h"
#include "storage/columnar/wal/wal_reader.h"

namespace cairn::storage::columnar {
namespace {

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

// Reads one WAL file into a sealed head.
Result<void> replay(StoreCore& core, HeadFlusher& flusher, const std::string& path,
                    const WalHeader& header) {
  ASSIGN_OR_RETURN(TenantState* const tenant, core.tenant({header.tenant}));
  RETURN_IF_ERROR(make_durable(core.fs(), path));
  auto entry = std::make_shared<HeadEntry>(core.head_bytes());
  entry->head = std::make_unique<Head>(header.head);
  entry->shard = header.shard;
  entry->created_unix_nanos = header.created_unix_nanos;
  entry->replayed_path = path;
  std::string refused;
  const auto end = read_wal(core.fs(), path, [&](std::uint64_t offset, ByteView payload) {
    if (payload.empty()) return Result<void>{};
    Result<void> replayed = entry->head->replay(payload);
    if (!replayed) refused = std::to_string(offset) + ": " + replayed.error().message;
    return replayed;
  });
  if (!end && refused.empty()) return end.error();
  if (!refused.empty()) entry->damage = path + ": record at " + refused;
  if (end && !end->torn && !end->damage.empty()) entry->damage = path + ": " + end->damage;
  if (!entry->damage.empty()) report(*tenant->sources, entry->damage);
  entry->head->seal();
  entry->account();
  entry->sealed = true;
  tenant->sources->add_head(entry);
  flusher.add(tenant->sources, std::move(entry));
  return {};
}

Result<void> recover_wal_file(StoreCore& core, HeadFlusher& flusher, const ManifestState& state,
                              const std::string& file) {
  const std::string path = core.wal_directory() + "/" + file;
  if (file.ends_with(".damaged")) {
    ASSIGN_OR_RETURN(TenantState* const tenant, core.tenant({}));
    report(*tenant->sources, path +
                                 ": was damaged when it was replayed; remove it when it was "
                                 "looked into");
    return {};
  }
  const auto id = id_of(file, ".wal");
  if (!id) return {};  // not ours
  core.skip_ids(*id + 1);
  if (state.finished_heads.contains(*id)) return core.fs().remove(path);
  auto header = read_wal_header(core.fs(), path);
  if (header && header->head != *id) header = corruption("header: of another file");
  if (header) return replay(core, flusher, path, *header);
  // Shorter than a header: nothing of it was acknowledged.
  if (header.error().code == ErrorCode::kNotFound) return core.fs().remove(path);
  if (header.error().code != ErrorCode::kCorruption) return header.error();
  RETURN_IF_ERROR(core.fs().rename(path, path + ".damaged"));
  return recover_wal_file(core, flusher, state, file + ".damaged");
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

Result<void> recover(StoreCore& core, HeadFlusher& flusher) {
  const ManifestState state = core.manifest_state();
  RETURN_IF_ERROR(recover_segments(core, state));
  ASSIGN_OR_RETURN(const auto files, core.fs().list(core.wal_directory()));
  for (const std::string& file : files) {
    RETURN_IF_ERROR(recover_wal_file(core, flusher, state, file));
  }
  RETURN_IF_ERROR(core.fs().sync_directory(core.wal_directory()));
  return forget_finished(core, state);
}

}  // namespace cairn::storage::columnar
