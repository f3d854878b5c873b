// SPDX-License-Identifier: Apache-2.0
//
// WalWriter: makes appended records durable, many with one sync (group commit). Owns one thread.
//
//   append(file, payload, done) ─► queue ─► one write, one fdatasync per file ─► done() of all of
//   them
//
// A failed write or sync does not lose what follows: the file is cut back to its last durable size
// and the same bytes are tried again until they are written (with pauses); meanwhile their `done`s
// are answered with the error, once, and room() says no, and why. Other files wait for it.
// Thread rule: every method may be called from any thread. `done` runs on the writer's thread and
// must not block.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/deadline.h"
#include "storage/columnar/fs/file_system.h"
#include "storage/columnar/wal/wal_format.h"

namespace cairn::storage::columnar {

enum class FsyncPolicy {
  kGroup,  // acknowledged means on disk; requests that wait together share a sync
  kEach,   // a sync per record
  kNone,   // acknowledged means written: survives the process, not a power cut
};

using CommitDone = std::function<void(Result<void>)>;

struct WalOptions {
  FsyncPolicy fsync = FsyncPolicy::kGroup;
  std::size_t max_queued_bytes = 64_MiB;                  // room() says no beyond
  Duration retry_pause = std::chrono::milliseconds(100);  // between tries after a failure
};

struct WalStatistics {
  std::uint64_t queued_bytes = 0;  // appended, not yet durable: the lag
  std::uint64_t written_bytes = 0;
  std::uint64_t syncs = 0;
  std::uint64_t records = 0;
};

// One open WAL file. Created on disk lazily, with its header, by the first commit.
class WalFile;

class WalWriter {
 public:
  // `fs` outlives the writer; `directory` exists.
  WalWriter(FileSystem& fs, std::string directory, const WalOptions& options);
  // Commits what is queued, as far as the disk lets it: one try, then the `done`s that are left are
  // answered with the error.
  ~WalWriter();

  // `header.head` is new: a file of that name would be replaced.
  std::shared_ptr<WalFile> open(const WalHeader& header);

  // An empty buffer for the next payload, which has been one before: saves the page faults that
  // fresh memory costs.
  Bytes buffer();
  // Queues one record; never refuses, since the head holds its rows already: ask room() before
  // appending to the head. Order of calls for one file is the order on disk. An empty payload
  // writes nothing; its `done` runs in its turn. `done` may be null.
  // Errors given to `done`: kResourceExhausted when the disk is full, else kUnavailable. The record
  // is kept and written as soon as that is possible.
  void append(const std::shared_ptr<WalFile>& file, Bytes payload, CommitDone done);
  // Whether the next append should be made: kResourceExhausted when the queue is full, the disk's
  // error while it fails.
  Result<void> room() const;
  // Closes and deletes the file; what is queued for it and later appends are dropped and answered
  // as done (their spans are in a segment). `gone`, if any, runs when the file cannot come back
  // after a power cut, or with an error when the writer ends before that.
  void remove(const std::shared_ptr<WalFile>& file, CommitDone gone = nullptr);
  // Waits until everything queued before the call is durable and its `done`s have run, or
  // `deadline`: then the disk's error if it fails, else kDeadlineExceeded.
  Result<void> flush(const Deadline& deadline);

  WalStatistics statistics() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cairn::storage::columnar
