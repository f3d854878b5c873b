// SPDX-License-Identifier: Apache-2.0
//
// The manifest of a store that CURRENT names.
// Shape: one byte, then a file as it is (0), or payloads that are put into records with the right
// checksums (1), each behind a byte with its size: what a checksum would keep from the decoder.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "storage/columnar/fs/testing/fault_file_system.h"
#include "storage/columnar/manifest/manifest_format.h"

using namespace cairn;
using namespace cairn::storage::columnar;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

Bytes framed(ByteView input) {
  Bytes file;
  encode_manifest_header(1, file);
  while (!input.empty()) {
    const std::size_t size = std::min(static_cast<std::size_t>(input.front()), input.size() - 1);
    encode_manifest_record(1, 0, input.subspan(1, size), file);
    input = input.subspan(1 + size);
  }
  return file;
}

void look(ByteView file) {
  FaultFileSystem disk;
  disk.put("d/CURRENT", as_bytes("MANIFEST-000001\n"));
  disk.put("d/MANIFEST-000001", file);
  const auto found = read_manifest(disk, "d");
  auto opened = Manifest::open(disk, "d");
  require(found.has_value() == opened.has_value());
  if (!found) {
    require(found.error().code == ErrorCode::kCorruption ||
            found.error().code == ErrorCode::kUnimplemented);
    require(found.error() == opened.error());
    return;
  }
  require(found->good_bytes <= file.size() && found->torn == (found->good_bytes < file.size()));
  require(found->state == (*opened)->state());
  for (const auto& [offset, edit] : found->edits) require(!to_text(edit).empty());
  // What was found is written anew, and is the same.
  const auto again = read_manifest(disk, "d");
  require(again && again->state == found->state && !again->torn);
  require((*opened)->publish({}).has_value());
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto input = std::as_bytes(std::span(data, size)).subspan(1);
  look(data[0] % 2 == 0 ? Bytes(input.begin(), input.end()) : framed(input));
  return 0;
}
