// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "storage/columnar/index/pre_aggregates.h"
#include "storage/columnar/segment/segment_file.h"

namespace cairn::storage::columnar {
namespace {

// Thread rule: one thread, once.
class SegmentCheck {
 public:
  SegmentCheck(const SegmentCore& core, std::span<const std::shared_ptr<const SegmentGroup>> groups)
      : core_(core), groups_(groups) {}

  Result<void> run() {
    RETURN_IF_ERROR(core_.check_ends());
    RETURN_IF_ERROR(check_pages());
    ASSIGN_OR_RETURN(schema_, core_.schema());
    RETURN_IF_ERROR(check_dictionaries());
    for (std::size_t i = 0; i < groups_.size(); ++i) RETURN_IF_ERROR(check_group(i));
    std::ranges::sort(ids_);
    const auto distinct = static_cast<std::uint64_t>(
        std::distance(ids_.begin(), std::unique(ids_.begin(), ids_.end())));
    if (distinct != core_.footer().info.traces) {
      return core_.damaged("footer", fmt::format("says {} traces, there are {}",
                                                 core_.footer().info.traces, distinct));
    }
    return check_layout();
  }

 private:
  // The pages of the segment itself, from the disk, whatever the cache holds of them.
  Result<void> check_pages() {
    const SegmentFooter& footer = core_.footer();
    const auto check = [this](const PageRef& page, std::string_view what) -> Result<void> {
      pages_.push_back(page);
      if (auto read = core_.pages().read(page, what); !read) return std::move(read).error();
      return {};
    };
    RETURN_IF_ERROR(check(footer.schema.page, "schema"));
    RETURN_IF_ERROR(check(footer.filter, "trace filter"));
    RETURN_IF_ERROR(check(footer.pre_aggregates.page, "pre-aggregates"));
    for (const DictionaryPage& page : footer.dictionary_pages) {
      RETURN_IF_ERROR(check(page.packed.page, "dictionaries"));
    }
    return {};
  }

  Result<void> check_dictionaries() {
    for (const DictionaryChunk& chunk : core_.footer().chunks) {
      const ColumnId column = chunk.column;
      if (column >= schema_->columns.size() || !is_text(schema_->columns[column].type)) {
        return core_.damaged(column_name(*schema_, column), "has a dictionary but holds no texts");
      }
      RETURN_IF_ERROR(core_.dictionary_value(column, chunk.first));
    }
    return {};
  }

  Result<void> check_group(std::size_t index) {
    const FooterGroup& footer = core_.footer().groups[index];
    const std::string what = fmt::format("group {}", index);
    pages_.push_back(footer.directory.page);
    ASSIGN_OR_RETURN(const Bytes directory, core_.read_directory(index));
    ASSIGN_OR_RETURN(const auto pages, groups_[index]->inspect(true));
    for (const GroupPage& page : pages) pages_.push_back(page.page);
    ASSIGN_OR_RETURN(const GroupFacts facts, decode_group_facts(directory));
    if (facts.rows != footer.facts.rows || facts.traces != footer.facts.traces ||
        facts.min_start != footer.facts.min_start || facts.max_start != footer.facts.max_start ||
        facts.max_trace_duration != footer.facts.max_trace_duration) {
      return core_.damaged(what, "footer and directory disagree");
    }
    ASSIGN_OR_RETURN(const TraceTable traces, groups_[index]->traces());
    const bool named = core_.footer().mark_bits() > 0;
    for (const model::TraceId& id : traces.ids.view) {
      const auto mark = core_.filter().find(id);
      // The later pieces of a large trace are found from the first.
      if (!mark || (named && *mark != index && traces.ids.size() > 1)) {
        return core_.damaged(what, "the trace filter does not know trace " + id.to_hex());
      }
    }
    ids_.insert(ids_.end(), traces.ids.view.begin(), traces.ids.view.end());
    return {};
  }

  // Every byte of the file belongs to one page, header, footer or tail, each with a checksum.
  Result<void> check_layout() {
    std::erase_if(pages_, [](const PageRef& page) { return page.size == 0; });
    std::ranges::sort(pages_, {}, &PageRef::offset);
    std::uint64_t end = kSegmentHeaderBytes;
    for (const PageRef& page : pages_) {
      if (page.offset != end) return gap(end);
      end = page.end();
    }
    return end == core_.footer_offset() ? Result<void>() : gap(end);
  }

  Error gap(std::uint64_t offset) const {
    return core_.damaged("layout", fmt::format("a gap or an overlap at {}", offset));
  }

  const SegmentCore& core_;
  std::span<const std::shared_ptr<const SegmentGroup>> groups_;
  std::shared_ptr<const Schema> schema_;
  std::vector<PageRef> pages_;
  std::vector<model::TraceId> ids_;
};

}  // namespace

Result<void> SegmentFile::check() const {
  if (auto counts = pre_aggregates(); !counts) return std::move(counts).error();
  return SegmentCheck(*core_, segment_groups_).run();
}

}  // namespace cairn::storage::columnar
