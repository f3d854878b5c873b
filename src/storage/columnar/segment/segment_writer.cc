// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/segment/segment_writer.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "storage/columnar/index/fuse_filter.h"
#include "storage/columnar/schema/schema_codec.h"
#include "storage/columnar/segment/column/text_forms.h"
#include "storage/columnar/segment/dictionary/dictionaries.h"
#include "storage/columnar/segment/group/group_codec.h"
#include "storage/columnar/segment/group/group_partition.h"
#include "storage/columnar/segment/group/row_counts.h"
#include "storage/columnar/segment/segment_footer.h"

namespace cairn::storage::columnar {
namespace {

// What is read seldom and as a whole may take its time.
constexpr int kThoroughLevel = 3;
constexpr std::uint64_t kFilterAttempts = 8;

// Thread rule: one thread, once.
class SegmentFileWriter {
 public:
  SegmentFileWriter(const SpanTable& table, AppendFile& file, const SegmentOptions& options)
      : table_(table), options_(options), file_(file), pages_(file) {}

  Result<SegmentInfo> write(SegmentInfo info) {
    footer_.info = std::move(info);
    RETURN_IF_ERROR(pages_.write(encode_segment_header()));
    const std::vector<TextForm> forms = choose_text_forms(table_, options_.zstd_level);
    RETURN_IF_ERROR(write_groups(forms));
    RETURN_IF_ERROR(write_schema());
    // What comes fresh from a head is soon compacted; what was compacted stays.
    const int level = footer_.info.level == 0 ? options_.zstd_level : kThoroughLevel;
    RETURN_IF_ERROR(write_dictionaries(table_, forms, level, pages_, footer_));
    RETURN_IF_ERROR(write_filter());
    RETURN_IF_ERROR(write_pre_aggregates());
    RETURN_IF_ERROR(write_directories());
    RETURN_IF_ERROR(pages_.write(encode_segment_footer(footer_)));
    RETURN_IF_ERROR(pages_.flush());
    RETURN_IF_ERROR(file_.sync());
    footer_.info.bytes = file_.size();
    return std::move(footer_.info);
  }

 private:
  Result<void> write_groups(std::span<const TextForm> forms) {
    GroupPartition partition = partition_rows(table_, std::max(options_.group_rows, 1U));
    const GroupEncoding encoding{forms, options_.zstd_level};
    SegmentInfo& info = footer_.info;
    info.rows = table_.rows.size();
    info.traces = partition.traces;
    info.min_start = model::Timestamp::max();
    info.max_start = {};
    for (std::size_t i = 0; i < partition.size(); ++i) {
      ASSIGN_OR_RETURN(Bytes directory, encode_group(table_, partition.group(i), encoding, pages_));
      ASSIGN_OR_RETURN(const GroupFacts facts, decode_group_facts(directory));
      info.min_start = std::min(info.min_start, facts.min_start);
      info.max_start = std::max(info.max_start, facts.max_start);
      footer_.groups.push_back({facts, {}});
      directories_.push_back(std::move(directory));
    }
    group_of_trace_ = std::move(partition.group_of_trace);
    return {};
  }

  Result<void> write_schema() {
    Bytes bytes;
    encode_schema(table_.schema, SchemaMark{}, bytes);
    ASSIGN_OR_RETURN(footer_.schema, write_packed(pages_, bytes, kThoroughLevel));
    return {};
  }

  Result<void> write_filter() {
    std::vector<MarkedId> ids(table_.traces.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      ids[i] = {table_.traces[i], static_cast<std::uint16_t>(group_of_trace_[i])};
    }
    // Two ids of one hash would share a mark: once in a very long time, and another seed helps.
    for (std::uint64_t attempt = 0; attempt < kFilterAttempts; ++attempt) {
      const auto filter =
          FuseFilter::build(ids, footer_.mark_bits(), options_.filter_seed + attempt);
      if (!knows_all(filter, ids)) continue;
      Bytes bytes;
      filter.encode(bytes);
      ASSIGN_OR_RETURN(footer_.filter, pages_.write(bytes));
      return {};
    }
    return internal_error("the table holds a trace twice");
  }
  bool knows_all(const FuseFilter& filter, std::span<const MarkedId> ids) const {
    return footer_.mark_bits() == 0 || std::ranges::all_of(ids, [&](const MarkedId& marked) {
             return filter.find(marked.id) == marked.mark;
           });
  }

  Result<void> write_pre_aggregates() {
    const std::optional<PreAggregates> counts = count_rows(table_);
    if (!counts) return {};
    Bytes bytes;
    counts->encode(bytes);
    ASSIGN_OR_RETURN(footer_.pre_aggregates, write_packed(pages_, bytes, kThoroughLevel));
    return {};
  }

  Result<void> write_directories() {
    for (std::size_t i = 0; i < directories_.size(); ++i) {
      ASSIGN_OR_RETURN(footer_.groups[i].directory,
                       write_packed(pages_, directories_[i], kThoroughLevel));
    }
    return {};
  }

  const SpanTable& table_;
  const SegmentOptions& options_;
  AppendFile& file_;
  PageWriter pages_;
  SegmentFooter footer_;
  std::vector<Bytes> directories_;
  std::vector<std::uint32_t> group_of_trace_;
};

}  // namespace

std::string segment_file_name(std::uint64_t id) {
  return fmt::format("{:016x}.seg", id);
}

Result<SegmentInfo> write_segment(const SpanTable& table, SegmentInfo info, FileSystem& fs,
                                  const std::string& path, const SegmentOptions& options) {
  CAIRN_CHECK(table.rows.size() > 0);
  const std::string doing = fmt::format("write segment {}", info.id);
  auto file = fs.create(path);
  if (!file) return annotate(file.error(), doing);
  auto written = SegmentFileWriter(table, **file, options).write(std::move(info));
  if (!written) return annotate(written.error(), doing);
  return written;
}

}  // namespace cairn::storage::columnar
