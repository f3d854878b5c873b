// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a manifest file; docs/formats/manifest.md has the tables.
//
//   file   = header, record…
//   header = "CAIRNMAN", version u32, file number u64, checksum u32 (xxh3-64 of what is before it,
//            low half)
//   record = checksum u64 (xxh3-64 of what follows it in the record, seed: file number << 32 plus
//            the record's offset), payload size u32, payload
//
// The first record holds all of the state and was durable before CURRENT named the file.
// The last byte of a payload is never zero: space that a file system gave to a write that did not
// happen reads as zeros, and this tells it from damage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "storage/columnar/manifest/manifest.h"

namespace cairn::storage::columnar {

inline constexpr std::string_view kCurrentName = "CURRENT";
inline constexpr std::size_t kManifestHeaderBytes = 24;
// A file that would become longer is not written, one that is longer not read.
inline constexpr std::uint64_t kMaxManifestBytes = 1_GiB;

// "MANIFEST-000012"
std::string manifest_file_name(std::uint64_t number);
// Nullopt for any other text than a name of a manifest file.
std::optional<std::uint64_t> manifest_file_number(std::string_view name);

void encode_manifest_header(std::uint64_t number, Bytes& out,
                            std::uint32_t version = kManifestVersion);
// Appends `payload` as the record that begins at out.size() bytes after `offset_of_out` in file
// `number`.
void encode_manifest_record(std::uint64_t number, std::uint64_t offset_of_out, ByteView payload,
                            Bytes& out);

void encode_edit(const ManifestEdit& edit, Bytes& out);
// Errors: kCorruption.
Result<ManifestEdit> decode_edit(ByteView payload);
// The edit that makes the state from nothing.
ManifestEdit whole_state(const ManifestState& state);

// A file, header first, then its one record that holds `state`.
Bytes encode_manifest_file(std::uint64_t number, const ManifestState& state);

// The number of the file. Errors: kCorruption for what is no header, kUnimplemented for a version
// that this build does not know.
Result<std::uint64_t> decode_manifest_header(ByteView file);

struct ManifestRecords {
  struct Record {
    std::uint64_t offset = 0;
    ByteView payload;  // in the file's bytes
  };
  std::vector<Record> records;
  std::uint64_t good_bytes = 0;  // header and whole records
  bool torn = false;             // what follows is a record that a crash cut short
  std::string damage;            // what follows is anything else: "record at 24: it is damaged"
};
// Takes a file apart whose header is good, as far as it can be.
ManifestRecords split_manifest_file(std::uint64_t number, ByteView file);

}  // namespace cairn::storage::columnar
