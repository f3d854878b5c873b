// SPDX-License-Identifier: Apache-2.0
//
// WalFile: one WAL file on its way to the disk. Used by the writer's thread only, except for what
// `Queue` holds, which belongs to the writer's lock.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/columnar/wal/wal_writer.h"

namespace cairn::storage::columnar {

struct WalRecord {
  Bytes payload;
  CommitDone done;           // null: answered already, or nobody asks
  std::uint64_t number = 0;  // of the append call, from 1 upwards
};

class WalFile {
 public:
  WalFile(FileSystem& fs, const std::string& directory, const WalHeader& header)
      : fs_(fs), directory_(directory), header_(header), name_(wal_file_name(header.head)) {}

  struct Progress {
    std::size_t records = 0;  // durable now, from the front
    std::uint64_t bytes = 0;
    std::uint64_t syncs = 0;
    bool created = false;  // the directory was synced: earlier removals are durable too
    Result<void> outcome;
  };
  // Makes `records` durable in the sense of `policy`, in order. After an error the next call must
  // begin with the first record that was not durable; it cuts off what was written of it.
  // `buffer` is scratch memory.
  Progress commit(std::span<const WalRecord> records, FsyncPolicy policy, Bytes& buffer);

  // Closes the file and takes its name away; the directory is not synced. A file that is not there
  // is removed.
  Result<void> remove();

  const std::string& name() const { return name_; }

  // Guarded by the writer's lock.
  struct Queue {
    std::vector<WalRecord> records;  // appended, not yet taken by the writer's thread
    std::uint64_t oldest = 0;        // number of the oldest record that is not durable
    bool active = false;             // in the writer's list of files with records
    bool failing = false;
    bool removed = false;
  };
  Queue queue;
  // The writer's thread: taken from the queue, not durable yet.
  std::vector<WalRecord> batch;

 private:
  Result<void> prepare();
  Result<void> write(std::span<const WalRecord> records, Bytes& buffer);
  Result<void> make_durable(FsyncPolicy policy, Progress& progress);

  FileSystem& fs_;
  std::string directory_;
  WalHeader header_;
  std::string name_;
  std::unique_ptr<AppendFile> file_;
  std::uint64_t durable_ = 0;  // bytes that stay
  bool named_ = false;         // the directory knows the file
  bool needs_truncation_ = false;
};

}  // namespace cairn::storage::columnar
