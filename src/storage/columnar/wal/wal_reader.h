// SPDX-License-Identifier: Apache-2.0
//
// Reads a WAL file back, record by record, up to the first one that does not check.
// Memory: the largest record, or 1 MiB.
#pragma once

#include <functional>
#include <string>

#include "storage/columnar/fs/file_system.h"
#include "storage/columnar/wal/wal_format.h"

namespace cairn::storage::columnar {

// How far a file could be read.
struct WalEnd {
  std::uint64_t records = 0;
  std::uint64_t good_bytes = 0;  // header and whole records
  std::uint64_t file_bytes = 0;
  // Empty when the file ends after its last record. A record cut short at the very end is what a
  // crash leaves ("torn tail", not acknowledged, no corruption); anything else is damage, told with
  // its offset: "record 12 at 40960: checksum of its 812 B".
  std::string damage;
  bool torn = false;
};

// The header alone. kCorruption when it does not check or has a version this build does not know;
// kNotFound when the file is shorter than a header (a crash before its first commit).
Result<WalHeader> read_wal_header(FileSystem& fs, const std::string& path);

// Calls `record(offset, payload)` for each whole record, in order, until it returns an error (which
// is then the answer). The payload is valid during the call; the offset is where its frame begins.
// Errors: those of read_wal_header(); kUnavailable when the disk fails.
Result<WalEnd> read_wal(
    FileSystem& fs, const std::string& path,
    const std::function<Result<void>(std::uint64_t offset, ByteView payload)>& record);

}  // namespace cairn::storage::columnar
