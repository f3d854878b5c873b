// SPDX-License-Identifier: Apache-2.0
//
// FaultFileSystem: a disk in memory that loses exactly what a real one may lose, for tests.
//
//   bytes  of a file after its last sync()                    ─┐ may be gone, or a part of them,
//   names  made, renamed, removed since sync_directory()      ─┘ after a power cut
//
// A test runs its script once and counts the calls, then runs it again for each call in turn:
//
//   disk.stop_at_call(n);  run();  disk.crash(PowerCut::kForgetUnsynced, seed);  reopen and compare
//
// Thread rule: any thread; the calls that arrange faults too.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/columnar/fs/file_system.h"

namespace cairn::storage::columnar {

enum class PowerCut {
  kForgetUnsynced,  // the machine lost power
  kProcessOnly,     // kill -9: what was written stays, synced or not
};

// A call that fails. Only the calls that `call` and `path` admit are counted.
struct Fault {
  std::uint64_t at = 1;  // the n-th of them from now on: 1 is the next
  bool forever = false;  // all later ones as well: the disk is gone
  Error error = {ErrorCode::kUnavailable, "injected fault"};
  std::string call = {};  // "sync", "append" …, as in calls(); empty: any
  std::string path = {};  // a part of the path; empty: any
};

// The disk's own rules, besides those of FileSystem:
// - a failed append leaves half of its bytes in the file;
// - after a failed sync the bytes it was for are lost (as Linux does) although they can be read,
// and
//   later syncs succeed without them, until truncate() has cut them off;
// - a rename is one step: it happened wholly or not at all;
// - folders, and what put() puts there, are durable at once.
class FaultFileSystem final : public FileSystem {
 public:
  FaultFileSystem();
  ~FaultFileSystem() override;

  // ---- The file system. Every call counts, those on open files included; size() does not. ----
  Result<std::unique_ptr<AppendFile>> create(const std::string& path) override;
  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) override;
  Result<std::unique_ptr<ReadFile>> open_read(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> make_directories(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<std::uint64_t> free_bytes(const std::string& path) override;
  Result<std::unique_ptr<DirectoryLock>> lock(const std::string& directory) override;

  // ---- Faults. ----
  // Several may be arranged; each counts for itself.
  void fail(Fault fault);
  // Forgets all faults, stop_at_call() included.
  void heal();
  // The n-th call from now on (1: the next) and every one after it fail, until crash(): the process
  // is dead, or the power is off. If the n-th is an append, half of its bytes are written.
  void stop_at_call(std::uint64_t n);
  bool stopped() const;
  // What the next process finds: locks are free, open files are dead (each call fails), faults are
  // forgotten, the disk works. `seed` picks what unsynced bytes and names survive a power cut: 0
  // picks nothing, others a prefix of each file's bytes and of the operations on names.
  void crash(PowerCut what, std::uint64_t seed = 0);

  // Bytes that may still be appended before the disk is full; nullopt: no limit (the start). An
  // append that does not fit writes what fits and fails with kResourceExhausted. Removing and
  // truncating make room.
  void set_free_bytes(std::optional<std::uint64_t> bytes);

  // ---- What a test looks at; none of it counts as a call. ----
  std::uint64_t call_count() const;
  // From now on every call is written down: "append wal/7.wal 120", "rename a b".
  void record_calls();
  std::vector<std::string> calls() const;
  std::vector<std::string> files() const;  // paths of all files, sorted
  bool exists(const std::string& path) const;
  // REQUIRES of these: the file exists.
  Bytes content(const std::string& path) const;
  std::uint64_t unsynced_bytes(const std::string& path) const;
  void flip_bit(const std::string& path, std::uint64_t bit);  // bit 0: the lowest of byte 0
  // Puts a file there, durably, with its folders; replaces one that is there.
  void put(const std::string& path, ByteView bytes);

 private:
  class Disk;
  std::shared_ptr<Disk> disk_;  // shared with open files and locks
};

}  // namespace cairn::storage::columnar
