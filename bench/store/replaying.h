// SPDX-License-Identifier: Apache-2.0
//
// What a start after a crash costs: the workload is written until the WAL has the size asked for,
// nothing is flushed, the store is dropped and opened again. Only the opening is timed; the files
// are in the page cache then, as they are after a crash of the process.
// Thread rule: one thread.
#pragma once

#include <cstdint>

#include "bench/store/store_under_test.h"
#include "bench/store/writing.h"

namespace cairn::bench {

struct Replaying {
  std::uint64_t wal_bytes = 0;
  std::uint64_t wal_files = 0;
  std::uint64_t spans = 0;
  Stopwatch opening;
  storage::StoreStatistics opened;
};

// REQUIRES: `test` was opened without background work and with room for all heads.
// `head_bytes`: what heads may hold while and after it is opened; 0: as before.
// Errors: the store's; kInternal when spans were lost or the engine has no WAL.
Result<Replaying> measure_replay(StoreUnderTest& test, WritingOptions writing,
                                 std::uint64_t wal_bytes, std::size_t head_bytes);

}  // namespace cairn::bench
