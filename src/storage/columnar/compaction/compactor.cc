// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/compaction/compactor.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "storage/columnar/compaction/compaction_plan.h"
#include "storage/columnar/compaction/table_merger.h"

namespace cairn::storage::columnar {
namespace {

using Inputs = std::span<const std::shared_ptr<const SpanSource>>;
using Pace = std::function<Result<void>()>;

// What a row takes before anything is known of these rows.
constexpr std::uint64_t kUsualRowBytes = 144;

// A part of a unit, in the order in which inputs are read.
struct Visit {
  std::uint32_t source = 0;
  std::uint32_t group = 0;
  TraceOrdinal ordinal = 0;
  std::uint32_t number = 0;  // of the trace in its output
};

// Compacts inputs whose vocabularies fit together.
class Compaction {
 public:
  Compaction(Inputs inputs, const CompactionFilter& filter, const CompactionOptions& options,
             const Pace& pace)
      : inputs_(inputs),
        filter_{filter.drop_service, filter.drop_start},
        drop_trace_(filter.drop_trace),
        options_(options),
        pace_(pace) {}

  // Calls `write` with each finished table that has rows.
  Result<void> run(const std::function<Result<void>(const SpanTable&)>& write,
                   CompactionResult& result) {
    const std::uint64_t most_rows = std::max(options_.segment_rows, 1U);
    ASSIGN_OR_RETURN(plan_, plan_compaction(inputs_, drop_trace_, most_rows, pace_));
    result.rows_in += plan_.rows_in;
    result.rows_dropped += plan_.rows_dropped;
    std::uint64_t row_bytes = kUsualRowBytes;
    for (std::size_t first = 0; first < plan_.units.size();) {
      const std::uint64_t rows =
          std::clamp<std::uint64_t>(options_.segment_bytes / row_bytes, 1, most_rows);
      const std::size_t end = plan_.output_end(first, rows);
      SpanTable table;
      TableMerger merger(table, filter_);
      ASSIGN_OR_RETURN(const bool complete, collect(first, end, table, merger));
      if (!complete) {
        row_bytes = std::max(row_bytes * 3 / 2, bytes_per_row(table));
        continue;
      }
      result.rows_dropped += merger.dropped();
      if (table.rows.size() > 0) {
        row_bytes = bytes_per_row(table);
        RETURN_IF_ERROR(write(table));
      }
      first = end;
    }
    return {};
  }

 private:
  static std::uint64_t bytes_per_row(const SpanTable& table) {
    return std::max<std::uint64_t>(
        1, table.memory_bytes() / std::max<std::size_t>(1, table.rows.size()));
  }

  std::vector<Visit> visits(std::size_t first, std::size_t end) const {
    std::vector<Visit> all;
    std::map<model::TraceId, std::uint32_t> split;  // a trace is one in a table, however many units
    for (std::size_t i = first; i < end; ++i) {
      const TraceUnit& unit = plan_.units[i];
      auto number = static_cast<std::uint32_t>(i - first);
      if (plan_.is_split(unit)) {
        number = split.try_emplace(plan_.pieces[unit.first_piece].trace_id, number).first->second;
      }
      for (std::uint32_t p = unit.first_piece; p < unit.first_piece + unit.pieces; ++p) {
        const TracePiece& piece = plan_.pieces[p];
        all.push_back({piece.source, piece.group, piece.ordinal, number});
      }
    }
    std::ranges::sort(all, {}, [](const Visit& visit) {
      return std::tuple(visit.source, visit.group, visit.ordinal);
    });
    return all;
  }

  // Collects the rows of the units. False when that takes too much memory and fewer units would
  // do; the table is useless then.
  Result<bool> collect(std::size_t first, std::size_t end, SpanTable& table, TableMerger& merger) {
    const std::vector<Visit> all = visits(first, end);
    const std::size_t most_bytes = options_.segment_bytes + options_.segment_bytes / 4;
    std::vector<std::uint32_t> wanted;
    for (std::size_t at = 0; at < all.size();) {
      const SpanSource& source = *inputs_[all[at].source];
      const RowGroup& group = *source.groups()[all[at].group];
      if (at == 0 || all[at - 1].source != all[at].source) {
        ASSIGN_OR_RETURN(auto schema, group.schema());
        merger.begin_source(std::move(schema));
      }
      wanted.assign(group.facts().traces, kUnmapped);
      const Visit here = all[at];
      for (; at < all.size() && all[at].source == here.source && all[at].group == here.group;
           ++at) {
        if (all[at].ordinal < wanted.size()) wanted[all[at].ordinal] = all[at].number;
      }
      const Result<void> appended = merger.append(group, wanted, pace_);
      if (!appended) return annotate(appended.error(), source.name());
      if (end - first > 1 && table.memory_bytes() > most_bytes) return false;
    }
    return true;
  }

  Inputs inputs_;
  RowFilter filter_;
  const std::function<bool(const model::TraceId&)>& drop_trace_;
  const CompactionOptions& options_;
  const Pace& pace_;
  CompactionPlan plan_;
};

// Cuts the inputs where their vocabularies together would pass the limits of a segment. Almost
// always one run.
Result<std::vector<Inputs>> runs_that_fit(Inputs inputs, const Pace& pace) {
  std::vector<Inputs> runs;
  std::size_t begin = 0;
  auto schema = std::make_unique<Schema>();
  auto merger = std::make_unique<VocabularyMerger>(*schema);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i]->groups().empty()) continue;
    auto source = inputs[i]->groups().front()->schema();
    if (!source) return annotate(source.error(), inputs[i]->name());
    merger->add_all(**source);
    if (!merger->fits() && i > begin) {
      runs.push_back(inputs.subspan(begin, i - begin));
      begin = i;
      schema = std::make_unique<Schema>();
      merger = std::make_unique<VocabularyMerger>(*schema);
      merger->add_all(**source);
    }
    RETURN_IF_ERROR(pace());
  }
  runs.push_back(inputs.subspan(begin));
  return runs;
}

std::uint32_t highest_level(std::span<const std::shared_ptr<const Segment>> inputs) {
  std::uint32_t level = 0;
  for (const auto& input : inputs) level = std::max(level, input->info().level);
  return level;
}

}  // namespace

Result<CompactionResult> compact(std::span<const std::shared_ptr<const Segment>> inputs,
                                 const CompactionFilter& filter, FileSystem& fs,
                                 const CompactionOutput& output, const CompactionOptions& options,
                                 const Pace& pace) {
  CompactionResult result;
  if (inputs.empty()) return result;
  const Pace between = pace ? pace : Pace([] { return Result<void>(); });
  const std::vector<std::shared_ptr<const SpanSource>> sources(inputs.begin(), inputs.end());
  std::vector<std::string> written;
  const auto write = [&](const SpanTable& table) -> Result<void> {
    SegmentInfo info;
    info.id = output.next_id();
    info.tenant = inputs[0]->info().tenant;
    info.partition = inputs[0]->info().partition;
    info.level = options.level.value_or(highest_level(inputs));
    written.push_back(output.path_of(info.id));
    ASSIGN_OR_RETURN(SegmentInfo made,
                     write_segment(table, std::move(info), fs, written.back(), options.segment));
    result.outputs.push_back(std::move(made));
    return between();
  };
  const auto run = [&]() -> Result<void> {
    ASSIGN_OR_RETURN(const std::vector<Inputs> runs, runs_that_fit(sources, between));
    for (const Inputs& some : runs) {
      RETURN_IF_ERROR(Compaction(some, filter, options, between).run(write, result));
    }
    return {};
  };
  if (Result<void> done = run(); !done) {
    for (const std::string& path : written) {
      static_cast<void>(fs.remove(path).has_value());  // what stays is an orphan: the store's start
    }
    return annotate(done.error(), "compact");
  }
  return result;
}

}  // namespace cairn::storage::columnar
