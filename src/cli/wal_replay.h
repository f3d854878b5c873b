// SPDX-License-Identifier: Apache-2.0
//
// A WAL file, read and replayed as the store would do it at its next start.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "storage/columnar/wal/wal_reader.h"

namespace cairn::cli {

struct WalReplay {
  storage::columnar::WalHeader header;
  storage::columnar::WalEnd end;
  std::uint64_t rows = 0;
  // A record that is whole but is not what the ones before it allow; nothing after it was replayed.
  std::string refused;

  // What is wrong with the file; empty when all is well or only its tail is torn.
  const std::string& damage() const;
};

struct WalRecordFacts {
  std::uint64_t offset = 0;
  std::uint64_t payload_bytes = 0;
  std::optional<std::uint64_t> rows;  // that it added; nullopt: it was not replayed
};

// Calls `record` for each whole record. Errors: as read_wal().
Result<WalReplay> replay_wal_file(storage::columnar::FileSystem& fs, const std::string& path,
                                  const std::function<void(const WalRecordFacts&)>& record);

}  // namespace cairn::cli
