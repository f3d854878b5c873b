// SPDX-License-Identifier: Apache-2.0
//
// The directory of a row group: which pages it has, what they hold, and the values that are too few
// for a page. docs/formats/row-group.md has the byte tables.
//
// Pages are numbered in the order in which they lie in the file, one behind the other; the
// directory names them in that order too, so that a size and a checksum are all it says of one.
// Memory: flat lists; some 20 KiB for 50 classes with 500 columns.
#pragma once

#include <vector>

#include "storage/columnar/encoding/byte_io.h"
#include "storage/columnar/schema/row_group.h"
#include "storage/columnar/segment/group/span_clock.h"
#include "storage/columnar/segment/page/page.h"

namespace cairn::storage::columnar {

using PageNumber = std::uint32_t;  // in GroupDirectory::pages

// Numbers of one kind, one for each row (or trace, or row that has the column).
struct NumberColumn {
  enum class Form : std::uint8_t {
    kConstant = 0,    // `constant` for all
    kPage = 1,        // encode_numbers
    kDecimal = 2,     // the same, through zigzag and divided by 10^decimals: a double
    kDictionary = 3,  // indexes into `count` values of GroupDirectory::values from `constant` on
  };
  std::uint64_t constant = 0;
  std::uint32_t count = 0;
  PageNumber page = 0;
  Form form = Form::kConstant;
  std::uint8_t decimals = 0;
};
inline constexpr std::uint8_t kMaxDecimals = 15;
inline constexpr std::size_t kMaxLocalValues = 256;

// A run of texts of a text column: encode_texts of `values` texts with `bytes` bytes in all.
struct TextPage {
  std::uint32_t values = 0;
  std::uint64_t bytes = 0;
  PageNumber page = 0;
};
// A page of several texts holds no more, so that one row never costs much more.
inline constexpr std::size_t kTextPageBytes = 256_KiB;

// Texts that stand as they are, in pages [first, first + count) of GroupDirectory::text_pages.
struct TextColumn {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  bool constant = false;  // one text for all
};

struct ColumnEntry {
  ColumnId column = 0;
  std::uint32_t values = 0;  // rows that have it
  bool plain = false;        // `texts` instead of `numbers`
  NumberColumn numbers;      // codes, ints as two's complement, doubles as bits, bools
  TextColumn texts;
};

struct ClassEntry {
  ClassId span_class = 0;
  std::uint32_t rows = 0;
  NumberColumn shapes;
  bool resource_of_parent = false;  // every row has the resource of its parent's row
  NumberColumn resources;
  StartBase start_base = StartBase::kSibling;
  NumberColumn starts;  // from the base, two's complement
  NumberColumn durations;
  std::uint32_t extras = 0;  // rows that have one
  NumberColumn extra_rows;   // distance from the one before, minus one
  TextColumn extra_texts;
  std::uint32_t first_column = 0;
  std::uint32_t column_count = 0;
  PageNumber first_page = 0;
  PageNumber end_page = 0;
};

// Runs of raw ids: `per_page` in each page, the rest in the last.
struct IdPages {
  PageNumber first = 0;
  std::uint32_t count = 0;  // pages
};
inline constexpr std::uint32_t kTraceIdsPerPage = 4096;
inline constexpr std::uint32_t kSpanIdsPerPage = 8192;

struct TopologyEntry {
  // 0: classes and distances are by row, spans by trace. Otherwise by row of a pattern, spans by
  // pattern, and each trace names its pattern.
  std::uint32_t patterns = 0;
  std::uint32_t pattern_rows = 0;
  NumberColumn pattern_of_trace;
  NumberColumn spans;
  NumberColumn classes;  // index into GroupDirectory::classes
  NumberColumn distances;
};

struct GroupDirectory {
  GroupFacts facts;
  std::vector<PageRef> pages;
  std::vector<std::uint64_t> values;
  std::vector<TextPage> text_pages;
  IdPages trace_ids;
  std::vector<model::TraceId> page_starts;  // the first trace id of each page but the first
  NumberColumn trace_starts;
  NumberColumn trace_durations;
  NumberColumn trace_errors;
  TopologyEntry topology;
  std::uint32_t externals = 0;  // rows with a parent that is not in the group
  NumberColumn external_rows;   // distance from the one before, minus one
  PageNumber external_ids = 0;  // raw; only when there are any
  IdPages span_ids;
  std::vector<ClassEntry> classes;  // ascending by span_class
  std::vector<ColumnEntry> columns;
  std::vector<ColumnId> column_ids;  // of `columns`, for whoever looks for one

  std::span<const ColumnEntry> columns_of(const ClassEntry& entry) const {
    return std::span(columns).subspan(entry.first_column, entry.column_count);
  }
  std::span<const std::uint64_t> values_of(const NumberColumn& column) const {
    return std::span(values).subspan(static_cast<std::size_t>(column.constant), column.count);
  }
  std::span<const TextPage> pages_of(const TextColumn& column) const {
    return std::span(text_pages).subspan(column.first, column.count);
  }
  // Null when the class has no rows here.
  const ClassEntry* find(ClassId span_class) const;
  const ColumnEntry* find(const ClassEntry& entry, ColumnId column) const;
  std::size_t memory_bytes() const;
};

// Everything in it is consistent: counts add up, indexes are in range, pages lie one behind the
// other. What the pages hold is not known yet. Errors: kCorruption.
Result<GroupDirectory> decode_directory(ByteView bytes);
Result<GroupFacts> decode_facts(ByteReader& in);
void encode_facts(const GroupFacts& facts, Bytes& out);

}  // namespace cairn::storage::columnar
