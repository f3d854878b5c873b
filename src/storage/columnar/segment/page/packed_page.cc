// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/page/packed_page.h"

#include <algorithm>

#include <fmt/format.h>
#include <zstd.h>

namespace cairn::storage::columnar {

Result<PackedPage> write_packed(PageWriter& pages, ByteView bytes, int zstd_level) {
  if (bytes.size() > kMostUnpacked) {
    ASSIGN_OR_RETURN(const PageRef page, pages.write(bytes));
    return PackedPage{page, 0};
  }
  Bytes packed(ZSTD_compressBound(bytes.size()));
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), zstd_level);
  const bool smaller = ZSTD_isError(size) == 0 && size < bytes.size();
  if (!smaller || bytes.size() > size * kMostUnpacking) {
    ASSIGN_OR_RETURN(const PageRef page, pages.write(bytes));
    return PackedPage{page, 0};
  }
  ASSIGN_OR_RETURN(const PageRef page, pages.write(ByteView(packed).first(size)));
  return PackedPage{page, bytes.size()};
}

Result<Bytes> read_packed(const PageReader& pages, const PackedPage& packed,
                          std::string_view what) {
  ASSIGN_OR_RETURN(Bytes bytes, pages.read(packed.page, what));
  if (packed.unpacked == 0) return bytes;
  const auto damaged = [&](std::string_view why) {
    return corruption(
        fmt::format("{}: page at {} ({}): {}", pages.name(), packed.page.offset, what, why));
  };
  if (packed.unpacked > std::min(bytes.size() * kMostUnpacking, kMostUnpacked)) {
    return damaged("too large a size");
  }
  Bytes unpacked(static_cast<std::size_t>(packed.unpacked));
  const std::size_t size =
      ZSTD_decompress(unpacked.data(), unpacked.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0 || size != unpacked.size()) return damaged("does not decompress");
  return unpacked;
}

void encode_packed_page(const PackedPage& packed, Bytes& out) {
  put_fixed(out, packed.page.offset);
  put_fixed(out, packed.page.size);
  put_fixed(out, packed.page.checksum);
  put_varint(out, packed.unpacked);
}

PackedPage decode_packed_page(ByteReader& in) {
  PackedPage packed;
  packed.page.offset = in.fixed<std::uint64_t>();
  packed.page.size = in.fixed<std::uint32_t>();
  packed.page.checksum = in.fixed<std::uint32_t>();
  packed.unpacked = in.varint();
  return packed;
}

}  // namespace cairn::storage::columnar
