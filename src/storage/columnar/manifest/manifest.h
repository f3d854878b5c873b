// SPDX-License-Identifier: Apache-2.0
//
// The manifest: which segments and heads make up the store. An append-only file of edits; the state
// is what all edits give, in order. docs/formats/manifest.md has the byte tables.
//
//   <directory>/CURRENT          names the manifest in use: "MANIFEST-000012\n"
//   <directory>/MANIFEST-000012  header, then one record per edit: size, checksum, payload
//
// An edit is atomic: it is there with all it says or not at all. A torn last record is what a crash
// leaves and is cut off; a bad record before good ones is damage and refuses to open.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "storage/columnar/fs/file_system.h"
#include "storage/columnar/segment/segment_writer.h"

namespace cairn::storage::columnar {

inline constexpr std::uint32_t kManifestVersion = 1;

struct ManifestEdit {
  std::vector<SegmentInfo> add_segments;
  std::vector<std::uint64_t> remove_segments;
  // Heads whose spans are in segments now (or erased): their WAL files are not replayed and may go.
  std::vector<std::uint64_t> finished_heads;
  // WAL files that are gone: their numbers need not be remembered as finished any more.
  std::vector<std::uint64_t> forgotten_heads;
  std::uint64_t next_id = 0;  // 0: unchanged; ids of segments and heads below were given out
};

struct ManifestState {
  std::map<std::uint64_t, SegmentInfo> segments;  // by id
  std::set<std::uint64_t> finished_heads;
  std::uint64_t next_id = 1;

  bool operator==(const ManifestState&) const = default;
};

// Errors: kCorruption when the edit removes a segment that is not there or adds one twice.
Result<void> apply(ManifestState& state, const ManifestEdit& edit);

// Thread rule: one thread at a time.
class Manifest {
 public:
  // Reads the manifest of `directory`, or begins an empty one when there is no CURRENT. `fs`
  // outlives it.
  static Result<std::unique_ptr<Manifest>> open(FileSystem& fs, const std::string& directory);

  virtual ~Manifest() = default;
  virtual const ManifestState& state() const = 0;
  // Durable when it returns. After an error the edit may or may not be found after a crash, the
  // state here is unchanged, and the next publish begins a new manifest file from that state.
  // Begins a new file as well when the old one has become much longer than its state.
  virtual Result<void> publish(const ManifestEdit& edit) = 0;
};

// For `cairn dump manifest` and `cairn check`: every edit with its offset, without opening for
// writing.
struct ManifestFile {
  std::string name;
  std::vector<std::pair<std::uint64_t, ManifestEdit>> edits;
  ManifestState state;
  bool torn = false;
};
Result<ManifestFile> read_manifest(FileSystem& fs, const std::string& directory);
std::string to_text(const ManifestEdit& edit);

}  // namespace cairn::storage::columnar
