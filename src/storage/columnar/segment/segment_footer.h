// SPDX-License-Identifier: Apache-2.0
//
// The two ends of a segment file; docs/formats/segment.md has the byte tables.
//
//   header = "CAIRNSEG", version u32, checksum u32 of what is before it
//   tail   = footer size u32, footer checksum u32, "CAIRNSEG"
//
// The footer says what the segment is and where everything lies. All checksums are the low halves
// of xxh3-64.
#pragma once

#include <string>
#include <vector>

#include "storage/columnar/schema/row_group.h"
#include "storage/columnar/segment/page/packed_page.h"
#include "storage/columnar/segment/segment_writer.h"

namespace cairn::storage::columnar {

inline constexpr std::size_t kSegmentHeaderBytes = 16;
inline constexpr std::size_t kSegmentTailBytes = 16;
inline constexpr std::size_t kMostGroups = std::size_t{1} << 24;  // of a segment

// A chunk ends at so many values, or with the one that brings it to so many bytes of text; longer
// texts than kLongestValue stand in the groups.
inline constexpr std::size_t kMostChunkValues = 16384;
inline constexpr std::size_t kChunkText = 64_KiB;
inline constexpr std::size_t kLongestValue = 4_KiB;

// One dictionary, or a piece of a large one: values [first, first + values) of a column.
struct DictionaryChunk {
  ColumnId column = 0;
  std::uint32_t first = 0;
  std::uint32_t values = 0;  // at least one, at most kMostChunkValues
  std::uint32_t bytes = 0;   // of encode_texts() output in the unpacked page

  bool operator==(const DictionaryChunk&) const = default;
};

// A page of dictionaries: several small ones, or one piece of a large one.
struct DictionaryPage {
  PackedPage packed;
  std::uint64_t text_bytes = 0;  // of all values together
  std::uint32_t first_chunk = 0;
  std::uint32_t chunks = 0;

  bool operator==(const DictionaryPage&) const = default;
};

struct FooterGroup {
  GroupFacts facts;
  PackedPage directory;
};

struct SegmentFooter {
  SegmentInfo info;  // `bytes` is not part of the footer
  PackedPage schema;
  PageRef filter;
  PackedPage pre_aggregates;  // PageRef{}: there are none
  // In the order of the pages; those of a page follow each other.
  std::vector<DictionaryChunk> chunks;
  std::vector<DictionaryPage> dictionary_pages;
  std::vector<FooterGroup> groups;

  // Bits of the marks in the trace filter, which name a trace's group; 0 when there are too many
  // groups (or only one) and the filter says no more than "perhaps here".
  int mark_bits() const;
  std::size_t memory_bytes() const;
};

Bytes encode_segment_header();
// kCorruption when it does not check; kUnimplemented for a version this build does not know.
Result<void> decode_segment_header(ByteView bytes, Checksums checksums = Checksums::kVerified);

// Footer and tail.
Bytes encode_segment_footer(const SegmentFooter& footer);

struct SegmentTail {
  std::uint32_t footer_size = 0;
  std::uint32_t footer_checksum = 0;
};
Result<SegmentTail> decode_segment_tail(ByteView bytes);

// Errors: kCorruption for bytes that do not check or contradict themselves.
// Limits: whoever knows the file's size asks check_size() before believing a count of rows.
Result<SegmentFooter> decode_segment_footer(ByteView bytes, const SegmentTail& tail,
                                            Checksums checksums = Checksums::kVerified);

// Whether a file of so many bytes can hold the ids of the rows and traces that the footer's groups
// claim: what readers allocate by before they read a group. Errors: kCorruption.
Result<void> check_size(const SegmentFooter& footer, std::uint64_t file_bytes);

}  // namespace cairn::storage::columnar
