// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/index/packed_column.h"

#include "storage/columnar/encoding/compressed_block.h"

namespace cairn::storage::columnar {
namespace {

constexpr int kLevel = 3;
constexpr std::uint64_t kMostBytes = 64ULL << 20;
constexpr std::uint64_t kMostExpansion = 256;

}  // namespace

void put_packed_column(ByteView column, Bytes& out) {
  Bytes packed;
  const bool believable = column.size() <= kMostBytes &&
                          compress_block(column, kLevel, column.size(), packed) &&
                          column.size() <= packed.size() * kMostExpansion;
  put_varint(out, column.size());
  put_varint(out, believable ? packed.size() : 0);
  put_raw(out, believable ? ByteView(packed) : column);
}

Result<Bytes> take_packed_column(ByteReader& in) {
  const auto refuse = [&](std::string_view why) {
    in.fail();
    return corruption("packed column: " + std::string(why));
  };
  const std::uint64_t size = in.varint();
  const std::uint64_t packed_size = in.varint();
  const std::uint64_t stored = packed_size == 0 ? size : packed_size;
  if (in.failed() || stored > in.remaining()) return refuse("ends early");
  const ByteView packed = in.raw(stored);
  if (packed_size == 0) return Bytes(packed.begin(), packed.end());
  if (size > kMostBytes || size > packed_size * kMostExpansion) return refuse("claims too much");
  Bytes column(size);
  if (!decompress_block(packed, column.data(), column.size())) return refuse("does not decompress");
  return column;
}

}  // namespace cairn::storage::columnar
