// SPDX-License-Identifier: Apache-2.0
//
// The WAL's file format; docs/formats/wal.md has the byte tables.
//
//   file   = header, record…
//   header = "CAIRNWAL", version u32, body size u32, check u32,
//            body: shard u32, head id u64, created at u64, tenant; check u32
//   record = payload size u32, check of the size u32, checksum of the payload u64, payload
//
// One file holds one head: its records, replayed in order, are the head. The payload is what
// Head::record() wrote; the WAL does not look into it.
//
// The size has a check of its own, so that a record cut short by a crash is told from one whose
// size was damaged. Checks of records are xxh3-64 seeded with the head and the place in the file: a
// record from another file, or from another place of this one, does not check.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace cairn::storage::columnar {

inline constexpr std::uint32_t kWalVersion = 1;
inline constexpr std::size_t kMaxWalRecordBytes = 1_GiB;  // of payload
inline constexpr std::size_t kMaxWalTenantBytes = 4096;
inline constexpr std::size_t kWalFrameBytes = 16;         // of a record before its payload
inline constexpr std::size_t kWalHeaderPrefixBytes = 20;  // what every version begins with

struct WalHeader {
  std::string tenant;
  std::uint32_t shard = 0;
  std::uint64_t head = 0;                // unique in the store, never used again
  std::uint64_t created_unix_nanos = 0;  // the time partition that the head's spans belong to

  bool operator==(const WalHeader&) const = default;
};

std::size_t wal_header_bytes(const WalHeader& header);

// Appends to `out`. REQUIRES: a tenant of at most kMaxWalTenantBytes.
void encode_wal_header(const WalHeader& header, Bytes& out);

// Sizes of the whole header, from its first kWalHeaderPrefixBytes.
// Errors: kCorruption when they do not check or name a version this build does not know.
Result<std::size_t> decode_wal_header_prefix(ByteView prefix);
// `bytes` is the whole header. Errors: kCorruption.
Result<WalHeader> decode_wal_header(ByteView bytes);

// What stands before a payload at `offset` of the file of `head`.
// REQUIRES: a payload of 1 byte to kMaxWalRecordBytes.
std::array<std::byte, kWalFrameBytes> encode_wal_frame(std::uint64_t head, std::uint64_t offset,
                                                       ByteView payload);
// Frame and payload, appended to `out`.
void encode_wal_record(std::uint64_t head, std::uint64_t offset, ByteView payload, Bytes& out);

struct WalFrame {
  std::size_t payload_bytes = 0;
  std::uint64_t checksum = 0;
};
// `bytes` are kWalFrameBytes found at `offset`. Errors: kCorruption when the size does not check.
Result<WalFrame> decode_wal_frame(std::uint64_t head, std::uint64_t offset, ByteView bytes);
bool wal_payload_checks(std::uint64_t head, std::uint64_t offset, const WalFrame& frame,
                        ByteView payload);

// "<head id as 16 hex digits>.wal"
std::string wal_file_name(std::uint64_t head);

}  // namespace cairn::storage::columnar
