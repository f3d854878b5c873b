// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/segment_footer.h"

#include <algorithm>
#include <bit>
#include <limits>

#include <fmt/format.h>

#include "storage/columnar/index/fuse_filter.h"

namespace cairn::storage::columnar {
namespace {

constexpr std::string_view kMagic = "CAIRNSEG";
constexpr std::uint64_t kMost32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kLeastChunkBytes = 4;
constexpr std::size_t kLeastGroupBytes = kLeastPackedPageBytes + 19;

void encode_info(const SegmentInfo& info, Bytes& out) {
  put_fixed(out, info.id);
  put_text(out, info.tenant);
  put_varint(out, info.partition);
  put_varint(out, info.level);
  put_varint(out, info.rows);
  put_varint(out, info.traces);
  put_fixed(out, info.min_start.unix_nanos);
  put_fixed(out, info.max_start.unix_nanos);
}

SegmentInfo decode_info(ByteReader& in) {
  SegmentInfo info;
  info.id = in.fixed<std::uint64_t>();
  info.tenant = in.text();
  info.partition = in.varint();
  info.level = static_cast<std::uint32_t>(in.varint_up_to(kMost32));
  info.rows = in.varint();
  info.traces = in.varint();
  info.min_start.unix_nanos = in.fixed<std::uint64_t>();
  info.max_start.unix_nanos = in.fixed<std::uint64_t>();
  return info;
}

void encode_dictionaries(const SegmentFooter& footer, Bytes& out) {
  put_varint(out, footer.dictionary_pages.size());
  for (const DictionaryPage& page : footer.dictionary_pages) {
    encode_packed_page(page.packed, out);
    put_varint(out, page.text_bytes);
    put_varint(out, page.chunks);
    for (std::uint32_t i = 0; i < page.chunks; ++i) {
      const DictionaryChunk& chunk = footer.chunks[page.first_chunk + i];
      put_varint(out, chunk.column);
      put_varint(out, chunk.first);
      put_varint(out, chunk.values);
      put_varint(out, chunk.bytes);
    }
  }
}

void decode_chunk(ByteReader& in, SegmentFooter& footer) {
  DictionaryChunk chunk;
  chunk.column = static_cast<ColumnId>(in.varint_up_to(kMost32));
  chunk.first = static_cast<std::uint32_t>(in.varint_up_to(kElsewhere));
  chunk.values = static_cast<std::uint32_t>(
      in.varint_up_to(std::min<std::uint64_t>(kElsewhere - chunk.first, kMostChunkValues)));
  chunk.bytes = static_cast<std::uint32_t>(in.varint_up_to(kMost32));
  if (chunk.values == 0) return in.fail();
  footer.chunks.push_back(chunk);
}

void decode_dictionaries(ByteReader& in, SegmentFooter& footer) {
  for (std::size_t pages = in.count(kLeastPackedPageBytes); pages > 0; --pages) {
    DictionaryPage page;
    page.packed = decode_packed_page(in);
    page.text_bytes = in.varint();
    page.first_chunk = static_cast<std::uint32_t>(footer.chunks.size());
    page.chunks = static_cast<std::uint32_t>(in.count(kLeastChunkBytes));
    for (std::uint32_t i = 0; i < page.chunks && !in.failed(); ++i) decode_chunk(in, footer);
    if (in.failed()) return;
    footer.dictionary_pages.push_back(page);
  }
}

void encode_groups(const SegmentFooter& footer, Bytes& out) {
  put_varint(out, footer.groups.size());
  for (const FooterGroup& group : footer.groups) {
    put_varint(out, group.facts.rows);
    put_varint(out, group.facts.traces);
    put_fixed(out, group.facts.min_start.unix_nanos);
    put_fixed(out, group.facts.max_start.unix_nanos);
    put_varint(out, group.facts.max_trace_duration);
    encode_packed_page(group.directory, out);
  }
}

void decode_groups(ByteReader& in, SegmentFooter& footer) {
  std::size_t groups = in.count(kLeastGroupBytes);
  if (groups > kMostGroups) in.fail();
  for (; groups > 0 && !in.failed(); --groups) {
    FooterGroup group;
    group.facts.rows = static_cast<std::uint32_t>(in.varint_up_to(kMost32));
    group.facts.traces = static_cast<std::uint32_t>(in.varint_up_to(kMost32));
    group.facts.min_start.unix_nanos = in.fixed<std::uint64_t>();
    group.facts.max_start.unix_nanos = in.fixed<std::uint64_t>();
    group.facts.max_trace_duration = in.varint();
    group.directory = decode_packed_page(in);
    footer.groups.push_back(group);
  }
}

// What the footer says twice must agree.
Result<void> check_sums(const SegmentFooter& footer) {
  std::uint64_t rows = 0;
  model::Timestamp min_start = model::Timestamp::max();
  model::Timestamp max_start;
  for (const FooterGroup& group : footer.groups) {
    rows += group.facts.rows;
    min_start = std::min(min_start, group.facts.min_start);
    max_start = std::max(max_start, group.facts.max_start);
    if (group.facts.rows == 0 || group.facts.traces > group.facts.rows) {
      return corruption("footer: a group of impossible size");
    }
  }
  const SegmentInfo& info = footer.info;
  if (rows == 0 || rows != info.rows || info.traces == 0 || info.traces > rows) {
    return corruption("footer: the counts of rows and traces contradict each other");
  }
  if (min_start != info.min_start || max_start != info.max_start) {
    return corruption("footer: the time ranges contradict each other");
  }
  return {};
}

}  // namespace

int SegmentFooter::mark_bits() const {
  const int bits = groups.empty() ? 0 : static_cast<int>(std::bit_width(groups.size() - 1));
  return bits <= kMaxMarkBits ? bits : 0;
}

std::size_t SegmentFooter::memory_bytes() const {
  return sizeof(*this) + info.tenant.capacity() + chunks.capacity() * sizeof(DictionaryChunk) +
         dictionary_pages.capacity() * sizeof(DictionaryPage) +
         groups.capacity() * sizeof(FooterGroup);
}

Bytes encode_segment_header() {
  const ByteView magic = as_bytes(kMagic);
  Bytes out(magic.begin(), magic.end());
  put_fixed(out, kSegmentVersion);
  put_fixed(out, page_checksum(out));
  return out;
}

Result<void> decode_segment_header(ByteView bytes, Checksums checksums) {
  ByteReader in(bytes);
  const std::string_view magic = as_text(in.raw(kMagic.size()));
  const auto version = in.fixed<std::uint32_t>();
  const auto checksum = in.fixed<std::uint32_t>();
  RETURN_IF_ERROR(in.finish("header"));
  if (magic != kMagic) return corruption("header: not a segment file");
  if (checksums == Checksums::kVerified &&
      checksum != page_checksum(bytes.first(bytes.size() - sizeof checksum))) {
    return corruption("header: checksum mismatch");
  }
  if (version != kSegmentVersion) {
    return unimplemented(
        fmt::format("header: version {}, this build reads {}", version, kSegmentVersion));
  }
  return {};
}

Bytes encode_segment_footer(const SegmentFooter& footer) {
  Bytes out;
  encode_info(footer.info, out);
  encode_packed_page(footer.schema, out);
  encode_packed_page({footer.filter, 0}, out);
  encode_packed_page(footer.pre_aggregates, out);
  encode_dictionaries(footer, out);
  encode_groups(footer, out);
  const std::uint32_t checksum = page_checksum(out);
  put_fixed(out, static_cast<std::uint32_t>(out.size()));
  put_fixed(out, checksum);
  put_raw(out, as_bytes(kMagic));
  return out;
}

Result<SegmentTail> decode_segment_tail(ByteView bytes) {
  ByteReader in(bytes);
  SegmentTail tail;
  tail.footer_size = in.fixed<std::uint32_t>();
  tail.footer_checksum = in.fixed<std::uint32_t>();
  const std::string_view magic = as_text(in.raw(kMagic.size()));
  RETURN_IF_ERROR(in.finish("tail"));
  if (magic != kMagic) return corruption("tail: the file is cut short or not a segment");
  return tail;
}

Result<SegmentFooter> decode_segment_footer(ByteView bytes, const SegmentTail& tail,
                                            Checksums checksums) {
  if (checksums == Checksums::kVerified && page_checksum(bytes) != tail.footer_checksum) {
    return corruption("footer: checksum mismatch");
  }
  ByteReader in(bytes);
  SegmentFooter footer;
  footer.info = decode_info(in);
  footer.schema = decode_packed_page(in);
  footer.filter = decode_packed_page(in).page;
  footer.pre_aggregates = decode_packed_page(in);
  decode_dictionaries(in, footer);
  decode_groups(in, footer);
  RETURN_IF_ERROR(in.finish("footer"));
  RETURN_IF_ERROR(check_sums(footer));
  return footer;
}

Result<void> check_size(const SegmentFooter& footer, std::uint64_t file_bytes) {
  std::uint64_t left = file_bytes;
  for (const FooterGroup& group : footer.groups) {
    const std::uint64_t ids = group.facts.rows * std::uint64_t{sizeof(model::SpanId)} +
                              group.facts.traces * std::uint64_t{sizeof(model::TraceId)};
    if (ids > left) return corruption("footer: more rows than the file can hold");
    left -= ids;
  }
  return {};
}

}  // namespace cairn::storage::columnar
