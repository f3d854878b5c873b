// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/group/group_directory.h"

#include <algorithm>
#include <limits>

namespace cairn::storage::columnar {
namespace {

constexpr std::uint64_t kMost32 = std::numeric_limits<std::uint32_t>::max();
// As a schema may have: what bounds the memory that a directory of few bytes asks for.
constexpr std::uint64_t kMostColumns = 2 * kMaxColumns;
constexpr std::uint64_t kMostRowColumns = 2 * kMaxShapeColumns;

std::uint32_t pages_for(std::uint64_t ids, std::uint32_t per_page) {
  return static_cast<std::uint32_t>((ids + per_page - 1) / per_page);
}

// Reads the directory from front to back; a mistake makes the reader fail.
class DirectoryReader {
 public:
  DirectoryReader(ByteView bytes, GroupDirectory& out) : in_(bytes), out_(out) {}

  Result<void> read() {
    ASSIGN_OR_RETURN(out_.facts, decode_facts(in_));
    next_page_ = in_.varint();
    read_traces();
    if (!in_.failed()) read_topology();
    if (!in_.failed()) read_ids();
    if (!in_.failed()) read_classes();
    RETURN_IF_ERROR(in_.finish("directory of a row group"));
    std::uint64_t rows = 0;
    for (const ClassEntry& entry : out_.classes) rows += entry.rows;
    if (rows != out_.facts.rows) return corruption("directory of a row group: rows of classes");
    return {};
  }

 private:
  PageNumber page() {
    PageRef page;
    page.offset = next_page_;
    page.size = u32();
    page.checksum = in_.fixed<std::uint32_t>();
    if (page.size == 0 || next_page_ > next_page_ + page.size) in_.fail();
    next_page_ += page.size;
    out_.pages.push_back(page);
    return static_cast<PageNumber>(out_.pages.size() - 1);
  }
  std::uint32_t u32(std::uint64_t limit = kMost32) {
    return static_cast<std::uint32_t>(in_.varint_up_to(limit));
  }

  NumberColumn numbers() {
    NumberColumn column;
    const auto head = in_.fixed<std::uint8_t>();
    column.form = static_cast<NumberColumn::Form>(head & 0x0f);
    column.decimals = head >> 4;
    switch (column.form) {
      case NumberColumn::Form::kConstant:
        column.constant = in_.varint();
        break;
      case NumberColumn::Form::kPage:
      case NumberColumn::Form::kDecimal:
        column.page = page();
        break;
      case NumberColumn::Form::kDictionary:
        column.constant = out_.values.size();
        column.count = u32(kMaxLocalValues);
        for (std::uint32_t i = 0; i < column.count; ++i) out_.values.push_back(in_.varint());
        column.page = page();
        break;
      default:
        in_.fail();
    }
    const bool decimal = column.form == NumberColumn::Form::kDecimal;
    if (column.decimals > (decimal ? kMaxDecimals : 0)) in_.fail();
    return column;
  }

  TextColumn texts(std::uint64_t values) {
    TextColumn column;
    column.first = static_cast<std::uint32_t>(out_.text_pages.size());
    const auto head = in_.fixed<std::uint8_t>();
    if (head > 1) in_.fail();
    column.constant = head == 1;
    std::uint64_t left = column.constant ? 1 : values;
    while (left > 0 && !in_.failed()) {
      TextPage run;
      run.values = u32(left);
      run.bytes = in_.varint_up_to(kMost32);
      if (run.values == 0 || (run.values > 1 && run.bytes > kTextPageBytes)) in_.fail();
      left -= run.values;
      run.page = page();
      out_.text_pages.push_back(run);
    }
    column.count = static_cast<std::uint32_t>(out_.text_pages.size()) - column.first;
    return column;
  }

  IdPages ids(std::uint64_t count, std::uint32_t per_page, std::size_t size) {
    IdPages run;
    run.first = static_cast<PageNumber>(out_.pages.size());
    run.count = pages_for(count, per_page);
    for (std::uint32_t i = 0; i < run.count && !in_.failed(); ++i) {
      const PageRef& made = out_.pages[page()];
      const std::uint64_t held = std::min<std::uint64_t>(per_page, count - i * per_page);
      if (made.size != held * size) in_.fail();
    }
    return run;
  }

  void read_traces() {
    out_.trace_ids = ids(out_.facts.traces, kTraceIdsPerPage, sizeof(model::TraceId));
    for (std::uint32_t i = 1; i < out_.trace_ids.count && !in_.failed(); ++i) {
      out_.page_starts.push_back(in_.fixed<model::TraceId>());
    }
    out_.trace_starts = numbers();
    out_.trace_durations = numbers();
    out_.trace_errors = numbers();
  }

  void read_topology() {
    TopologyEntry& entry = out_.topology;
    entry.patterns = u32(out_.facts.traces);
    if (entry.patterns > 0) {
      entry.pattern_rows = u32(out_.facts.rows);
      entry.pattern_of_trace = numbers();
    }
    entry.spans = numbers();
    entry.classes = numbers();
    entry.distances = numbers();
  }

  void read_ids() {
    out_.externals = u32(out_.facts.rows);
    if (out_.externals > 0) {
      out_.external_rows = numbers();
      out_.external_ids = page();
      const std::uint64_t size = std::uint64_t{out_.externals} * sizeof(model::SpanId);
      if (out_.pages.back().size != size) in_.fail();
    }
    out_.span_ids = ids(out_.facts.rows, kSpanIdsPerPage, sizeof(model::SpanId));
  }

  void read_classes() {
    const std::size_t count = in_.count();
    if (count > out_.facts.rows) in_.fail();
    std::uint64_t next_class = 0;
    for (std::size_t i = 0; i < count && !in_.failed(); ++i) {
      ClassEntry entry;
      next_class += in_.varint_up_to(kMost32);
      if (next_class > kMost32) in_.fail();
      entry.span_class = static_cast<ClassId>(next_class++);
      read_class(entry);
      out_.classes.push_back(entry);
    }
  }

  void read_class(ClassEntry& entry) {
    entry.first_page = static_cast<PageNumber>(out_.pages.size());
    entry.rows = u32(out_.facts.rows);
    if (entry.rows == 0) in_.fail();
    const auto flags = in_.fixed<std::uint8_t>();
    entry.resource_of_parent = (flags & 1) != 0;
    const auto base = static_cast<std::uint8_t>(flags >> 1);
    if (base >= kStartBases) in_.fail();
    entry.start_base = static_cast<StartBase>(base);
    entry.shapes = numbers();
    if (!entry.resource_of_parent) entry.resources = numbers();
    entry.starts = numbers();
    entry.durations = numbers();
    entry.extras = u32(entry.rows);
    if (entry.extras > 0) {
      entry.extra_rows = numbers();
      entry.extra_texts = texts(entry.extras);
    }
    read_columns(entry);
    entry.end_page = static_cast<PageNumber>(out_.pages.size());
  }

  void read_columns(ClassEntry& entry) {
    entry.first_column = static_cast<std::uint32_t>(out_.columns.size());
    const std::size_t count = in_.count(2);
    if (count > std::min(kMostColumns, entry.rows * kMostRowColumns)) in_.fail();
    std::uint64_t next_column = 0;
    for (std::size_t i = 0; i < count && !in_.failed(); ++i) {
      ColumnEntry column;
      // Distance from the column before, whether it is plain, whether some rows do not have it.
      const std::uint64_t head = in_.varint_up_to(kMost32);
      next_column += head >> 2;
      if (next_column > kMost32) in_.fail();
      column.column = static_cast<ColumnId>(next_column++);
      column.plain = (head & 1) != 0;
      column.values = (head & 2) != 0 ? u32(entry.rows) : entry.rows;
      if (column.values == 0) in_.fail();
      if (column.plain) {
        column.texts = texts(column.values);
      } else {
        column.numbers = numbers();
      }
      out_.columns.push_back(column);
      out_.column_ids.push_back(column.column);
    }
    entry.column_count = static_cast<std::uint32_t>(count);
  }

  ByteReader in_;
  GroupDirectory& out_;
  std::uint64_t next_page_ = 0;
};

}  // namespace

const ClassEntry* GroupDirectory::find(ClassId span_class) const {
  const auto at =
      std::ranges::lower_bound(classes, span_class, std::less<>(), &ClassEntry::span_class);
  return at != classes.end() && at->span_class == span_class ? &*at : nullptr;
}

const ColumnEntry* GroupDirectory::find(const ClassEntry& entry, ColumnId column) const {
  const auto ids = std::span(column_ids).subspan(entry.first_column, entry.column_count);
  const auto at = std::ranges::lower_bound(ids, column);
  if (at == ids.end() || *at != column) return nullptr;
  return &columns_of(entry)[static_cast<std::size_t>(at - ids.begin())];
}

std::size_t GroupDirectory::memory_bytes() const {
  return sizeof *this + pages.capacity() * sizeof(PageRef) + values.capacity() * 8 +
         text_pages.capacity() * sizeof(TextPage) + page_starts.capacity() * 16 +
         classes.capacity() * sizeof(ClassEntry) + columns.capacity() * sizeof(ColumnEntry) +
         column_ids.capacity() * sizeof(ColumnId);
}

void encode_facts(const GroupFacts& facts, Bytes& out) {
  put_varint(out, facts.rows);
  put_varint(out, facts.traces);
  put_varint(out, facts.min_start.unix_nanos);
  put_varint(out, facts.max_start.unix_nanos - facts.min_start.unix_nanos);
  put_varint(out, facts.max_trace_duration);
}

Result<GroupFacts> decode_facts(ByteReader& in) {
  GroupFacts facts;
  facts.rows = static_cast<std::uint32_t>(in.varint_up_to(kMost32 - 1));
  facts.traces = static_cast<std::uint32_t>(in.varint_up_to(facts.rows));
  facts.min_start.unix_nanos = in.varint();
  facts.max_start.unix_nanos = facts.min_start.unix_nanos + in.varint();
  facts.max_trace_duration = in.varint();
  if (in.failed() || facts.traces == 0 || facts.max_start < facts.min_start) {
    return corruption("facts of a row group");
  }
  return facts;
}

Result<GroupDirectory> decode_directory(ByteView bytes) {
  GroupDirectory directory;
  RETURN_IF_ERROR(DirectoryReader(bytes, directory).read());
  return directory;
}

}  // namespace cairn::storage::columnar
