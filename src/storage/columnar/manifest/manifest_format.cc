// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/manifest/manifest_format.h"

#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <xxhash.h>

#include "storage/columnar/encoding/byte_io.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::string_view kMagic = "CAIRNMAN";
constexpr std::string_view kNamePrefix = "MANIFEST-";
constexpr std::size_t kRecordHeaderBytes = 12;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::byte kEndOfEdit{0xed};
// Four counts and next_id, a byte each at least, and the end.
constexpr std::size_t kLeastPayloadBytes = 6;
constexpr std::size_t kLeastSegmentBytes = 9;

std::uint64_t record_checksum(std::uint64_t number, std::uint64_t offset, ByteView size_and_rest) {
  return XXH3_64bits_withSeed(size_and_rest.data(), size_and_rest.size(), (number << 32) + offset);
}

void put_ids(Bytes& out, const std::vector<std::uint64_t>& ids) {
  put_varint(out, ids.size());
  for (const std::uint64_t id : ids) put_varint(out, id);
}

std::vector<std::uint64_t> read_ids(ByteReader& in) {
  std::vector<std::uint64_t> ids(in.count());
  for (std::uint64_t& id : ids) id = in.varint();
  return ids;
}

void put_segment(Bytes& out, const SegmentInfo& segment) {
  put_varint(out, segment.id);
  put_text(out, segment.tenant);
  put_varint(out, segment.partition);
  put_varint(out, segment.level);
  put_varint(out, segment.bytes);
  put_varint(out, segment.rows);
  put_varint(out, segment.traces);
  put_varint(out, segment.min_start.unix_nanos);
  put_varint(out, segment.max_start.unix_nanos);
}

SegmentInfo read_segment(ByteReader& in) {
  SegmentInfo segment;
  segment.id = in.varint();
  segment.tenant = in.text();
  segment.partition = in.varint();
  segment.level =
      static_cast<std::uint32_t>(in.varint_up_to(std::numeric_limits<std::uint32_t>::max()));
  segment.bytes = in.varint();
  segment.rows = in.varint();
  segment.traces = in.varint();
  segment.min_start = {in.varint()};
  segment.max_start = {in.varint()};
  return segment;
}

// A file, and the questions that its splitting asks.
class ManifestBytes {
 public:
  ManifestBytes(std::uint64_t number, ByteView file) : number_(number), file_(file) {}

  std::size_t left(std::size_t offset) const { return file_.size() - offset; }

  // The payload of the record at `offset`, or nullopt when there is no whole, good one.
  std::optional<ByteView> record_at(std::size_t offset) const {
    if (left(offset) < kRecordHeaderBytes) return std::nullopt;
    const std::uint32_t size = size_at(offset);
    if (size > left(offset) - kRecordHeaderBytes) return std::nullopt;
    const ByteView checked = file_.subspan(offset + kChecksumBytes, 4 + std::size_t{size});
    if (record_checksum(number_, offset, checked) != checksum_at(offset)) return std::nullopt;
    return checked.subspan(4);
  }

  // Whether the record at `offset`, which is not good, is one that a crash left.
  bool is_torn(std::size_t offset) const {
    if (left(offset) < kRecordHeaderBytes) return true;
    if (good_record_after(offset) || is_whole_but_for_its_size(offset)) return false;
    if (size_at(offset) > left(offset) - kRecordHeaderBytes) return true;
    return file_.back() == std::byte{0};
  }

 private:
  std::uint64_t checksum_at(std::size_t offset) const {
    return ByteReader(file_.subspan(offset)).fixed<std::uint64_t>();
  }
  std::uint32_t size_at(std::size_t offset) const {
    return ByteReader(file_.subspan(offset + kChecksumBytes)).fixed<std::uint32_t>();
  }

  // Looks at every byte, since a damaged size says nothing about where the next record begins.
  // Gives up, in favour of damage, when a made-up file costs too much.
  bool good_record_after(std::size_t offset) const {
    std::uint64_t work = 64_MiB;
    for (std::size_t at = offset + 1; left(at) >= kRecordHeaderBytes + kLeastPayloadBytes; ++at) {
      const std::uint32_t size = size_at(at);
      if (size < kLeastPayloadBytes || size > left(at) - kRecordHeaderBytes) continue;
      if (file_[at + kRecordHeaderBytes + size - 1] != kEndOfEdit) continue;
      if (size > work || record_at(at)) return true;
      work -= size;
    }
    return false;
  }

  // Whether all up to the file's end is one good record if only its size were right.
  bool is_whole_but_for_its_size(std::size_t offset) const {
    const std::size_t size = left(offset) - kRecordHeaderBytes;
    if (size > std::numeric_limits<std::uint32_t>::max()) return false;
    Bytes checked;
    put_fixed(checked, static_cast<std::uint32_t>(size));
    put_raw(checked, file_.subspan(offset + kRecordHeaderBytes));
    return record_checksum(number_, offset, checked) == checksum_at(offset);
  }

  std::uint64_t number_;
  ByteView file_;
};

}  // namespace

std::string manifest_file_name(std::uint64_t number) {
  return fmt::format("{}{:06}", kNamePrefix, number);
}

std::optional<std::uint64_t> manifest_file_number(std::string_view name) {
  if (!name.starts_with(kNamePrefix)) return std::nullopt;
  const std::string_view digits = name.substr(kNamePrefix.size());
  std::uint64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [read, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc{} || read != end || number == 0) return std::nullopt;
  if (number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  if (manifest_file_name(number) != name) return std::nullopt;
  return number;
}

void encode_manifest_header(std::uint64_t number, Bytes& out, std::uint32_t version) {
  const std::size_t begin = out.size();
  put_raw(out, as_bytes(kMagic));
  put_fixed(out, version);
  put_fixed(out, number);
  put_fixed(out,
            static_cast<std::uint32_t>(XXH3_64bits(out.data() + begin, kManifestHeaderBytes - 4)));
}

void encode_manifest_record(std::uint64_t number, std::uint64_t offset_of_out, ByteView payload,
                            Bytes& out) {
  Bytes checked;
  put_fixed(checked, static_cast<std::uint32_t>(payload.size()));
  put_raw(checked, payload);
  put_fixed(out, record_checksum(number, offset_of_out + out.size(), checked));
  put_raw(out, checked);
}

void encode_edit(const ManifestEdit& edit, Bytes& out) {
  put_varint(out, edit.add_segments.size());
  for (const SegmentInfo& segment : edit.add_segments) put_segment(out, segment);
  put_ids(out, edit.remove_segments);
  put_ids(out, edit.finished_heads);
  put_ids(out, edit.forgotten_heads);
  put_varint(out, edit.next_id);
  out.push_back(kEndOfEdit);
}

Result<ManifestEdit> decode_edit(ByteView payload) {
  ByteReader in(payload);
  ManifestEdit edit;
  // Grown one by one: a SegmentInfo takes many times the bytes that its least form does.
  for (std::size_t left = in.count(kLeastSegmentBytes); left > 0 && !in.failed(); --left) {
    edit.add_segments.push_back(read_segment(in));
  }
  edit.remove_segments = read_ids(in);
  edit.finished_heads = read_ids(in);
  edit.forgotten_heads = read_ids(in);
  edit.next_id = in.varint();
  if (in.fixed<std::byte>() != kEndOfEdit) in.fail();
  RETURN_IF_ERROR(in.finish("edit"));
  return edit;
}

ManifestEdit whole_state(const ManifestState& state) {
  ManifestEdit edit;
  edit.add_segments.reserve(state.segments.size());
  for (const auto& [id, segment] : state.segments) edit.add_segments.push_back(segment);
  edit.finished_heads.assign(state.finished_heads.begin(), state.finished_heads.end());
  edit.next_id = state.next_id;
  return edit;
}

Bytes encode_manifest_file(std::uint64_t number, const ManifestState& state) {
  Bytes payload;
  encode_edit(whole_state(state), payload);
  Bytes file;
  encode_manifest_header(number, file);
  encode_manifest_record(number, 0, payload, file);
  return file;
}

Result<std::uint64_t> decode_manifest_header(ByteView file) {
  ByteReader in(file);
  const bool ours = as_text(in.raw(kMagic.size())) == kMagic;
  const auto version = in.fixed<std::uint32_t>();
  const auto number = in.fixed<std::uint64_t>();
  const auto checksum = in.fixed<std::uint32_t>();
  if (in.failed()) return corruption("header: ends early");
  if (!ours) return corruption("header: this is not a manifest");
  if (checksum != static_cast<std::uint32_t>(XXH3_64bits(file.data(), kManifestHeaderBytes - 4))) {
    return corruption("header: wrong checksum");
  }
  if (version != kManifestVersion) {
    return unimplemented(
        fmt::format("header: version {}, this build knows {}", version, kManifestVersion));
  }
  return number;
}

ManifestRecords split_manifest_file(std::uint64_t number, ByteView file) {
  const ManifestBytes bytes(number, file);
  ManifestRecords found;
  std::size_t offset = kManifestHeaderBytes;
  while (offset < file.size() || found.records.empty()) {
    const auto payload = bytes.record_at(offset);
    if (!payload) {
      found.torn = !found.records.empty() && bytes.is_torn(offset);
      if (!found.torn) found.damage = fmt::format("record at {}: it is damaged", offset);
      break;
    }
    found.records.push_back({offset, *payload});
    offset += kRecordHeaderBytes + payload->size();
  }
  found.good_bytes = offset;
  return found;
}

}  // namespace cairn::storage::columnar
