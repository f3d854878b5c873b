// SPDX-License-Identifier: Apache-2.0
//
// ColumnarTraceStore: the embedded, durable engine.
//
//   write ─► shard (by trace id): head + WAL ─► group commit ─► done
//   head full ─► sealed ─► segment file ─► manifest ─► WAL file removed
//   segments ─► compaction, retention, erase ─► manifest
//   read  ─► snapshot: heads as far as published + segments ─► ColumnarReader
//
//   <path>/LOCK  CURRENT  MANIFEST-n  wal/<head>.wal  segments/<id>.seg
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "storage/api/trace_store.h"
#include "storage/columnar/compaction/compactor.h"
#include "storage/columnar/fs/file_system.h"
#include "storage/columnar/segment/segment_writer.h"
#include "storage/columnar/wal/wal_writer.h"

namespace cairn::storage {

struct ColumnarStoreOptions {
  std::string path = "data";
  std::uint32_t shards = 0;  // 0: one a core, at most 8
  columnar::WalOptions wal;
  columnar::SegmentOptions segment;
  columnar::CompactionOptions compaction;
  columnar::CompactionPolicy compaction_policy;
  columnar::RetentionLimits retention;
  std::size_t head_rows = 65'536;                // a head is sealed when it holds so many rows …
  std::size_t head_bytes = 24_MiB;               // … or so much memory
  Duration head_age = std::chrono::minutes(10);  // … or its first span is so old
  std::size_t max_head_bytes = 160_MiB;          // all heads together; writes beyond are refused
  std::size_t cache_bytes = 64_MiB;
  std::uint64_t min_free_bytes = 256_MiB;  // writes are refused below
  std::uint32_t replay_threads = 0;        // at opening; 0: one a core, at most 8
  bool background = true;                  // false: flush and compaction only when asked (tests)
};

// Thread rule: as TraceStore.
class ColumnarTraceStore final : public TraceStore {
 public:
  // Opens or creates. Replays the WAL, removes orphans. `fs` and `clock` outlive the store.
  // Errors: kUnavailable when another process has it; kCorruption for a manifest that does not
  // check. A damaged segment or WAL file does not prevent opening: it is reported and the rest is
  // served.
  static Result<std::unique_ptr<ColumnarTraceStore>> open(const ColumnarStoreOptions& options,
                                                          columnar::FileSystem& fs,
                                                          const Clock& clock);
  ~ColumnarTraceStore() override;

  TraceWriter& writer() override;
  TraceReader& reader() override;
  StoreAdmin& admin() override;

 private:
  struct Parts;
  explicit ColumnarTraceStore(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace cairn::storage
