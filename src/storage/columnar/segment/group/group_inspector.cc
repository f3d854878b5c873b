// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "storage/columnar/encoding/numbers/numbers.h"
#include "storage/columnar/encoding/texts/texts.h"
#include "storage/columnar/segment/group/group_check.h"
#include "storage/columnar/segment/group/group_directory.h"
#include "storage/columnar/segment/paged/paged_group.h"

namespace cairn::storage::columnar {
namespace {

std::string_view type_name(ColumnType type) {
  constexpr std::string_view kNames[kColumnTypes] = {"empty", "bool",  "int",  "double", "string",
                                                     "bytes", "array", "list", "name"};
  return kNames[static_cast<std::size_t>(type)];
}

// Names the pages of a group in their order.
class PageLister {
 public:
  PageLister(const GroupDirectory& directory, const Schema& schema, const PageReader& pages)
      : directory_(directory), schema_(schema), pages_(pages) {}

  Result<std::vector<GroupPage>> list() {
    const GroupFacts& facts = directory_.facts;
    const TopologyEntry& topology = directory_.topology;
    const bool patterns = topology.patterns > 0;
    const std::uint64_t stored = patterns ? topology.pattern_rows : facts.rows;
    RETURN_IF_ERROR(ids("trace_id", directory_.trace_ids));
    RETURN_IF_ERROR(numbers("trace_start", directory_.trace_starts, facts.traces));
    RETURN_IF_ERROR(numbers("trace_duration", directory_.trace_durations, facts.traces));
    RETURN_IF_ERROR(numbers("trace_errors", directory_.trace_errors, facts.traces));
    if (patterns) {
      RETURN_IF_ERROR(numbers("trace_pattern", topology.pattern_of_trace, facts.traces));
    }
    RETURN_IF_ERROR(
        numbers("trace_spans", topology.spans, patterns ? topology.patterns : facts.traces));
    RETURN_IF_ERROR(numbers("class", topology.classes, stored));
    RETURN_IF_ERROR(numbers("parent_distance", topology.distances, stored));
    if (directory_.externals > 0) {
      RETURN_IF_ERROR(
          numbers("external_parent_row", directory_.external_rows, directory_.externals));
      RETURN_IF_ERROR(ids("external_parent_id", {directory_.external_ids, 1}));
    }
    RETURN_IF_ERROR(ids("span_id", directory_.span_ids));
    for (const ClassEntry& entry : directory_.classes) RETURN_IF_ERROR(list_class(entry));
    return std::move(made_);
  }

 private:
  Result<void> list_class(const ClassEntry& entry) {
    RETURN_IF_ERROR(numbers("shape", entry.shapes, entry.rows));
    if (!entry.resource_of_parent) {
      RETURN_IF_ERROR(numbers("resource", entry.resources, entry.rows));
    }
    RETURN_IF_ERROR(numbers("start", entry.starts, entry.rows));
    RETURN_IF_ERROR(numbers("duration", entry.durations, entry.rows));
    if (entry.extras > 0) {
      RETURN_IF_ERROR(numbers("extra_row", entry.extra_rows, entry.extras));
      RETURN_IF_ERROR(texts("extra", entry.extra_texts));
    }
    for (const ColumnEntry& column : directory_.columns_of(entry)) {
      if (column.column >= schema_.columns.size()) return corruption("an unknown column");
      const ColumnKey& key = schema_.columns[column.column];
      const std::string name = key.type == ColumnType::kName
                                   ? "name"
                                   : fmt::format("attribute {} {}", key.key, type_name(key.type));
      if (column.plain) {
        RETURN_IF_ERROR(texts(name, column.texts));
      } else {
        RETURN_IF_ERROR(numbers(name, column.numbers, column.values));
      }
    }
    return {};
  }

  Result<Bytes> read(const std::string& column, PageNumber number) {
    return pages_.read(directory_.pages[number], column);
  }

  Result<void> numbers(const std::string& column, const NumberColumn& entry, std::uint64_t values) {
    if (entry.form == NumberColumn::Form::kConstant) return {};
    ASSIGN_OR_RETURN(const Bytes bytes, read(column, entry.page));
    std::string encoding(number_encoding_name(bytes));
    if (entry.form == NumberColumn::Form::kDictionary) encoding = "few, " + encoding;
    if (entry.form == NumberColumn::Form::kDecimal) encoding = "decimal, " + encoding;
    made_.push_back({column, std::move(encoding), directory_.pages[entry.page], values});
    return {};
  }

  Result<void> texts(const std::string& column, const TextColumn& entry) {
    for (const TextPage& run : directory_.pages_of(entry)) {
      ASSIGN_OR_RETURN(const Bytes bytes, read(column, run.page));
      made_.push_back(
          {column, std::string(text_encoding_name(bytes)), directory_.pages[run.page], run.values});
    }
    return {};
  }

  Result<void> ids(const std::string& column, const IdPages& run) {
    const std::uint64_t size =
        column == "trace_id" ? sizeof(model::TraceId) : sizeof(model::SpanId);
    for (std::uint32_t i = 0; i < run.count; ++i) {
      RETURN_IF_ERROR(read(column, run.first + i));
      const PageRef& page = directory_.pages[run.first + i];
      made_.push_back({column, "raw", page, page.size / size});
    }
    return {};
  }

  const GroupDirectory& directory_;
  const Schema& schema_;
  const PageReader& pages_;
  std::vector<GroupPage> made_;
};

}  // namespace

Result<std::vector<GroupPage>> PagedGroup::inspect(bool decode) const {
  ASSIGN_OR_RETURN(const auto all, directory());
  ASSIGN_OR_RETURN(const auto names, vocabulary_.schema());
  ASSIGN_OR_RETURN(auto made, PageLister(*all, *names, pages_).list());
  if (decode) {
    if (auto done = check_group(*this); !done) return annotate(done.error(), pages_.name());
  }
  return made;
}

}  // namespace cairn::storage::columnar
