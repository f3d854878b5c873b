// SPDX-License-Identifier: Apache-2.0
//
// The manifest: which segments and heads make up the store. An append-only file of edits; the state
// is what all edits give, in order. docs/formats/manifest.md has the byte tables.
//
//   <directory>/CURRENT          names the manifest in use: "MANIFEST-000012\n"
//   <directory>/MANIFEST-000012  header, a record with all of the state, then one record per edit
//
// An edit is atomic: it is there with all it says or not at all. A torn last record is what a crash
// leaves and is left behind; any other bad record is damage and refuses to open.
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
  // Ids of segments and heads below were given out. Never falls: 0 and what is not above the
  // state's change nothing, and the ids that an edit names raise it as well.
  std::uint64_t next_id = 0;

  bool operator==(const ManifestEdit&) const = default;
};

struct ManifestState {
  std::map<std::uint64_t, SegmentInfo> segments;  // by id
  std::set<std::uint64_t> finished_heads;
  std::uint64_t next_id = 1;

  bool operator==(const ManifestState&) const = default;
};

// Removes, then adds. Errors: kCorruption when the edit removes a segment that is not there, adds
// one twice, or names an id that cannot be; `state` is unchanged then.
Result<void> apply(ManifestState& state, const ManifestEdit& edit);

// Thread rule: one thread at a time.
class Manifest {
 public:
  // Reads the manifest of `directory`, or begins an empty one when there is no CURRENT, and writes
  // what it found to a new file. `fs` outlives it. The caller holds the directory's lock.
  // Errors: kCorruption with file and offset; also when CURRENT is missing beside a manifest that
  // was in use, since the store would take itself for empty.
  static Result<std::unique_ptr<Manifest>> open(FileSystem& fs, const std::string& directory);

  virtual ~Manifest() = default;
  virtual const ManifestState& state() const = 0;
  // Durable when it returns. After an error the edit may or may not be found after a crash, the
  // state here is unchanged, and the next publish begins a new manifest file from that state.
  // Begins a new file as well when the old one has become much longer than its state (more than
  // 1 MiB and four times as long).
  virtual Result<void> publish(const ManifestEdit& edit) = 0;
};

// For `cairn dump manifest` and `cairn check`: every edit with its offset, without opening for
// writing.
struct ManifestFile {
  std::string name;
  std::uint64_t number = 0;
  std::vector<std::pair<std::uint64_t, ManifestEdit>> edits;  // the first one is the whole state
  ManifestState state;
  std::uint64_t bytes = 0;
  std::uint64_t good_bytes = 0;  // header and whole records
  bool torn = false;             // what follows was left by a crash
  std::string damage;            // what follows is damaged: "record at 24: it is damaged"
};
// The manifest in use, which has no damage. Errors: kNotFound when there is no CURRENT; kCorruption
// with file and offset; kUnimplemented for a version that this build does not know.
Result<ManifestFile> read_manifest(FileSystem& fs, const std::string& directory);
// Any manifest, as far as it can be read. Errors: as above, for a bad header.
Result<ManifestFile> read_manifest_file(FileSystem& fs, const std::string& path);

// For people: one line, and one line per thing that the edit says, without a newline at the end.
std::string to_text(const SegmentInfo& segment);
std::string to_text(const ManifestEdit& edit);

}  // namespace cairn::storage::columnar
