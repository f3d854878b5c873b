// SPDX-License-Identifier: Apache-2.0
//
// The WAL's file format; docs/formats/wal.md has the byte table.
//
//   file   = header, record…
//   header = "CAIRNWAL", version u32, tenant text, shard, head id, created at, checksum
//   record = payload size u32, checksum u32 (xxh3-64 of size and payload, low half), payload
//
// One file holds one head: its records, replayed in order, are the head. The payload is what
// Head::record() wrote; the WAL does not look into it.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace cairn::storage::columnar {

inline constexpr std::uint32_t kWalVersion = 1;
inline constexpr std::size_t kMaxWalRecordBytes = 1_GiB;

struct WalHeader {
  std::string tenant;
  std::uint32_t shard = 0;
  std::uint64_t head = 0;                // unique in the store, never used again
  std::uint64_t created_unix_nanos = 0;  // the time partition that the head's spans belong to
};

void encode_wal_header(const WalHeader& header, Bytes& out);
void encode_wal_record(ByteView payload, Bytes& out);

// "<head id as 16 hex digits>.wal"
std::string wal_file_name(std::uint64_t head);

}  // namespace cairn::storage::columnar
