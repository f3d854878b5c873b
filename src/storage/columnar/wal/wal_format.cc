// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/wal/wal_format.h"

#include <bit>

#include <fmt/format.h>
#include <xxhash.h>

#include "base/check.h"
#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

namespace {

constexpr std::string_view kMagic = "CAIRNWAL";
constexpr std::size_t kFixedBody = 4 + 8 + 8;
constexpr std::size_t kHeaderCheck = 4;

std::uint32_t low_half(ByteView bytes, std::uint64_t seed) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed));
}

// The multiplier spreads neighbouring heads over all bits, so that no two of them share a seed at
// offsets that files reach.
std::uint64_t seed_of(std::uint64_t head, std::uint64_t offset) {
  return head * 0x9e37'79b9'7f4a'7c15ULL + offset;
}

}  // namespace

std::size_t wal_header_bytes(const WalHeader& header) {
  return kWalHeaderPrefixBytes + kFixedBody + header.tenant.size() + kHeaderCheck;
}

void encode_wal_header(const WalHeader& header, Bytes& out) {
  CAIRN_CHECK(header.tenant.size() <= kMaxWalTenantBytes);
  const std::size_t begin = out.size();
  put_raw(out, as_bytes(kMagic));
  put_fixed(out, kWalVersion);
  put_fixed(out, static_cast<std::uint32_t>(kFixedBody + header.tenant.size()));
  put_fixed(out, low_half(ByteView(out).subspan(begin), 0));
  put_fixed(out, header.shard);
  put_fixed(out, header.head);
  put_fixed(out, header.created_unix_nanos);
  put_raw(out, as_bytes(header.tenant));
  put_fixed(out, low_half(ByteView(out).subspan(begin), 0));
}

Result<std::size_t> decode_wal_header_prefix(ByteView prefix) {
  ByteReader in(prefix);
  if (as_text(in.raw(kMagic.size())) != kMagic) return corruption("header: not a WAL file");
  const auto version = in.fixed<std::uint32_t>();
  const auto body = in.fixed<std::uint32_t>();
  const auto check = in.fixed<std::uint32_t>();
  if (in.failed() || check != low_half(prefix.first(kWalHeaderPrefixBytes - kHeaderCheck), 0)) {
    return corruption("header: checksum of its first bytes");
  }
  if (version != kWalVersion) {
    return unimplemented(
        fmt::format("header: version {}, this build reads {}", version, kWalVersion));
  }
  if (body < kFixedBody || body > kFixedBody + kMaxWalTenantBytes) {
    return corruption(fmt::format("header: a body of {} B", body));
  }
  return kWalHeaderPrefixBytes + body + kHeaderCheck;
}

Result<WalHeader> decode_wal_header(ByteView bytes) {
  if (bytes.size() < kWalHeaderPrefixBytes) return corruption("header: ends early");
  ASSIGN_OR_RETURN(const std::size_t size,
                   decode_wal_header_prefix(bytes.first(kWalHeaderPrefixBytes)));
  if (bytes.size() != size) return corruption("header: ends early");
  ByteReader in(bytes.subspan(kWalHeaderPrefixBytes));
  WalHeader header;
  header.shard = in.fixed<std::uint32_t>();
  header.head = in.fixed<std::uint64_t>();
  header.created_unix_nanos = in.fixed<std::uint64_t>();
  header.tenant = as_text(in.raw(in.remaining() - kHeaderCheck));
  if (in.fixed<std::uint32_t>() != low_half(bytes.first(size - kHeaderCheck), 0)) {
    return corruption("header: checksum");
  }
  RETURN_IF_ERROR(in.finish("header"));
  return header;
}

std::array<std::byte, kWalFrameBytes> encode_wal_frame(std::uint64_t head, std::uint64_t offset,
                                                       ByteView payload) {
  CAIRN_CHECK(!payload.empty() && payload.size() <= kMaxWalRecordBytes);
  const std::uint64_t seed = seed_of(head, offset);
  const auto size = static_cast<std::uint32_t>(payload.size());
  const std::uint32_t check = low_half(std::as_bytes(std::span(&size, 1)), seed);
  const std::uint64_t checksum = XXH3_64bits_withSeed(payload.data(), payload.size(), seed);
  std::array<std::byte, kWalFrameBytes> frame;
  std::memcpy(frame.data(), &size, 4);
  std::memcpy(frame.data() + 4, &check, 4);
  std::memcpy(frame.data() + 8, &checksum, 8);
  return frame;
}

void encode_wal_record(std::uint64_t head, std::uint64_t offset, ByteView payload, Bytes& out) {
  put_raw(out, encode_wal_frame(head, offset, payload));
  put_raw(out, payload);
}

Result<WalFrame> decode_wal_frame(std::uint64_t head, std::uint64_t offset, ByteView bytes) {
  ByteReader in(bytes);
  const auto size = in.fixed<std::uint32_t>();
  const auto check = in.fixed<std::uint32_t>();
  const auto checksum = in.fixed<std::uint64_t>();
  if (in.failed() || check != low_half(std::as_bytes(std::span(&size, 1)), seed_of(head, offset))) {
    return corruption("the check of a record's size");
  }
  if (size == 0 || size > kMaxWalRecordBytes) {
    return corruption(fmt::format("a record of {} B", size));
  }
  return WalFrame{size, checksum};
}

bool wal_payload_checks(std::uint64_t head, std::uint64_t offset, const WalFrame& frame,
                        ByteView payload) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), seed_of(head, offset)) ==
         frame.checksum;
}

std::string wal_file_name(std::uint64_t head) {
  return fmt::format("{:016x}.wal", head);
}

}  // namespace cairn::storage::columnar
