// SPDX-License-Identifier: Apache-2.0
//
// The engine that is measured, in a directory of its own that goes with it.
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "storage/api/trace_store.h"

namespace cairn::bench {

struct StoreChoice {
  std::string engine = "columnar";  // or "memory"
  std::string directory;    // holds the store's own; empty: the system's for temporary files
  bool background = false;  // flush and compaction whenever the engine likes, not when we ask
  std::uint32_t shards = 0;
  std::size_t head_bytes = 0;  // what all heads may hold; 0: as much as the engine likes
};

class StoreUnderTest {
 public:
  static Result<std::unique_ptr<StoreUnderTest>> make(const StoreChoice& choice);
  virtual ~StoreUnderTest() = default;

  virtual storage::TraceStore& store() = 0;
  // Without effect where nothing lasts.
  virtual void close() = 0;
  // REQUIRES: closed. `head_bytes`: as in StoreChoice; 0: as chosen.
  virtual Result<void> open(std::size_t head_bytes) = 0;
  // Closes and opens again.
  Result<void> reopen() {
    close();
    return open(0);
  }
  // Of all files of the store.
  virtual std::uint64_t disk_bytes() const = 0;
};

}  // namespace cairn::bench
