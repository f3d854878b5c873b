// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include <fmt/format.h>

#include "storage/columnar/segment/segment_file.h"

namespace cairn::storage::columnar {
namespace {

// Sums by column and encoding. Thread rule: one thread.
class Sums {
 public:
  void add(std::string column, std::string encoding, std::uint64_t bytes, std::uint64_t pages = 1) {
    if (bytes == 0) return;
    ColumnBytes& sum = sums_[{std::move(column), std::move(encoding)}];
    sum.bytes += bytes;
    sum.pages += pages;
  }

  // The largest first.
  std::vector<ColumnBytes> take() {
    std::vector<ColumnBytes> list;
    for (auto& [key, sum] : sums_) {
      list.push_back({key.first, key.second, sum.bytes, sum.pages});
    }
    std::ranges::sort(list, [](const ColumnBytes& a, const ColumnBytes& b) {
      return std::tie(b.bytes, a.column, a.encoding) < std::tie(a.bytes, b.column, b.encoding);
    });
    return list;
  }

 private:
  std::map<std::pair<std::string, std::string>, ColumnBytes> sums_;
};

std::string_view packing(const PackedPage& page) {
  return page.unpacked == 0 ? "plain" : "zstd";
}

// A page of several dictionaries is divided among them as their bytes were before compression.
void add_dictionaries(const SegmentFooter& footer, const Schema& schema, Sums& sums) {
  for (const DictionaryPage& page : footer.dictionary_pages) {
    const auto chunks = std::span(footer.chunks).subspan(page.first_chunk, page.chunks);
    std::uint64_t unpacked = 0;
    for (const DictionaryChunk& chunk : chunks) unpacked += chunk.bytes;
    std::uint64_t done = 0;
    std::uint64_t given = 0;
    for (const DictionaryChunk& chunk : chunks) {
      done += chunk.bytes;
      const std::uint64_t until =
          unpacked == 0 ? 0 : std::uint64_t{page.packed.page.size} * done / unpacked;
      sums.add(column_name(schema, chunk.column), "dictionary", until - given, 0);
      given = until;
    }
  }
}

std::string_view kind_of(const ColumnBytes& column) {
  if (column.encoding == "dictionary") return "dictionaries";
  if (column.column.starts_with("attribute ")) return "attributes";
  return column.column;
}

double per(std::uint64_t bytes, std::uint64_t rows) {
  return static_cast<double>(bytes) / static_cast<double>(rows);
}

void describe_info(const SegmentInfo& info, const SegmentFooter& footer, std::string& out) {
  auto to = std::back_inserter(out);
  fmt::format_to(to, "segment {}  version {}  tenant \"{}\"  partition {}  level {}\n", info.id,
                 kSegmentVersion, info.tenant, info.partition, info.level);
  fmt::format_to(to, "{} bytes  {} rows  {} traces  {:.2f} B/span\n", info.bytes, info.rows,
                 info.traces, per(info.bytes, info.rows));
  fmt::format_to(to, "starts {} to {} (unix ns)\n", info.min_start.unix_nanos,
                 info.max_start.unix_nanos);
  for (std::size_t i = 0; i < footer.groups.size(); ++i) {
    const FooterGroup& group = footer.groups[i];
    fmt::format_to(to, "group {}: {} rows, {} traces, starts {} to {}, directory {} B at {}\n", i,
                   group.facts.rows, group.facts.traces, group.facts.min_start.unix_nanos,
                   group.facts.max_start.unix_nanos, group.directory.page.size,
                   group.directory.page.offset);
  }
}

}  // namespace

Result<std::vector<ColumnBytes>> SegmentFile::column_bytes() const {
  const SegmentFooter& footer = core_->footer();
  ASSIGN_OR_RETURN(const auto schema, core_->schema());
  Sums sums;
  for (const auto& group : segment_groups_) {
    ASSIGN_OR_RETURN(auto pages, group->inspect(false));
    for (GroupPage& page : pages) {
      sums.add(std::move(page.column), std::move(page.encoding), page.page.size);
    }
  }
  add_dictionaries(footer, *schema, sums);
  sums.add("schema", std::string(packing(footer.schema)), footer.schema.page.size);
  sums.add("trace filter", "fuse", footer.filter.size);
  sums.add("pre-aggregates", std::string(packing(footer.pre_aggregates)),
           footer.pre_aggregates.page.size);
  for (const FooterGroup& group : footer.groups) {
    sums.add("group directories", std::string(packing(group.directory)), group.directory.page.size);
  }
  sums.add("header and footer", "plain",
           kSegmentHeaderBytes + info().bytes - core_->footer_offset(), 2);
  return sums.take();
}

Result<std::string> SegmentFile::describe() const {
  ASSIGN_OR_RETURN(const auto columns, column_bytes());
  std::string out;
  describe_info(info(), core_->footer(), out);
  auto to = std::back_inserter(out);
  std::map<std::string_view, std::uint64_t> kinds;
  for (const ColumnBytes& column : columns) kinds[kind_of(column)] += column.bytes;
  std::vector<std::pair<std::string_view, std::uint64_t>> sorted(kinds.begin(), kinds.end());
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    return std::tie(b.second, a.first) < std::tie(a.second, b.first);
  });
  fmt::format_to(to, "\n{:>12} {:>8}  what\n", "bytes", "B/span");
  for (const auto& [kind, bytes] : sorted) {
    fmt::format_to(to, "{:>12} {:>8.3f}  {}\n", bytes, per(bytes, info().rows), kind);
  }
  fmt::format_to(to, "\n{:>12} {:>8} {:>6}  column, encoding\n", "bytes", "B/span", "pages");
  for (const ColumnBytes& column : columns) {
    fmt::format_to(to, "{:>12} {:>8.3f} {:>6}  {}, {}\n", column.bytes,
                   per(column.bytes, info().rows), column.pages, column.column, column.encoding);
  }
  return out;
}

}  // namespace cairn::storage::columnar
