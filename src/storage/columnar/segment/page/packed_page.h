// SPDX-License-Identifier: Apache-2.0
//
// PackedPage: a page that is compressed as a whole when that makes it smaller: what a segment keeps
// besides its columns (schema, small dictionaries, group directories).
#pragma once

#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/segment/page/page.h"

namespace cairn::storage::columnar {

struct PackedPage {
  PageRef page;
  std::uint64_t unpacked = 0;  // bytes after decompression; 0: the page is not compressed

  bool operator==(const PackedPage&) const = default;
};

// A page is not compressed more than so many times, nor when it is larger, so that a reader knows
// what a page of a given size can become before it allocates.
inline constexpr std::uint64_t kMostUnpacking = 1024;
inline constexpr std::uint64_t kMostUnpacked = 1_GiB;

Result<PackedPage> write_packed(PageWriter& pages, ByteView bytes, int zstd_level);

// Errors: kCorruption, with `what` in the message.
Result<Bytes> read_packed(const PageReader& pages, const PackedPage& packed, std::string_view what);

// offset u64, size u32, checksum u32, unpacked varint.
void encode_packed_page(const PackedPage& packed, Bytes& out);
PackedPage decode_packed_page(ByteReader& in);
inline constexpr std::size_t kLeastPackedPageBytes = 17;

}  // namespace cairn::storage::columnar
