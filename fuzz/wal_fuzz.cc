// SPDX-License-Identifier: Apache-2.0
//
// A WAL file of any bytes. What is read back gives, written again, the same bytes; and a file
// ends at its end, torn, or with damage that is told, never silently before.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "storage/columnar/fs/testing/fault_file_system.h"
#include "storage/columnar/wal/wal_reader.h"

using namespace cairn;
using namespace cairn::storage::columnar;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(reinterpret_cast<const std::byte*>(data), size);
  FaultFileSystem disk;
  disk.put("wal/f.wal", file);
  const auto header = read_wal_header(disk, "wal/f.wal");
  Bytes again;
  if (header) encode_wal_header(*header, again);
  const auto end =
      read_wal(disk, "wal/f.wal", [&](std::uint64_t offset, ByteView payload) -> Result<void> {
        require(offset == again.size());
        encode_wal_record(header->head, offset, payload, again);
        return {};
      });
  require(end.has_value() == header.has_value());
  if (!end) return 0;
  require(end->good_bytes == again.size() && end->file_bytes == size);
  require(std::ranges::equal(again, file.first(again.size())));
  require((end->good_bytes == size) == (!end->torn && end->damage.empty()));
  require(!end->torn || end->damage.empty());
  return 0;
}
