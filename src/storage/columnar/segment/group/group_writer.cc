// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/check.h"
#include "storage/columnar/segment/column/class_writer.h"
#include "storage/columnar/segment/group/group_codec.h"
#include "storage/columnar/segment/trace/topology.h"

namespace cairn::storage::columnar {
namespace {

class GroupWriter {
 public:
  GroupWriter(const SpanTable& table, std::span<const RowIndex> rows, const GroupEncoding& encoding,
              PageWriter& pages)
      : table_(table),
        encoding_(encoding),
        first_page_(pages.size()),
        order_(order_traces(table, rows)),
        out_(pages, encoding.zstd_level) {}

  Result<Bytes> write() {
    number_classes();
    summarize_traces();
    measure_starts();
    encode_facts(facts_, out_.directory());
    put_varint(out_.directory(), first_page_);
    RETURN_IF_ERROR(write_traces());
    RETURN_IF_ERROR(write_topology({class_of_row_, order_.distance, order_.first}, out_));
    RETURN_IF_ERROR(write_externals());
    RETURN_IF_ERROR(write_span_ids());
    RETURN_IF_ERROR(write_classes());
    return std::move(out_.directory());
  }

 private:
  std::size_t rows() const { return order_.spans.size(); }
  std::size_t traces() const { return order_.first.size() - 1; }

  // The classes that occur get numbers, ascending by id; rows are sorted by them.
  void number_classes() {
    std::vector<ClassId> class_of_shape(table_.schema.shapes.size());
    for (std::size_t i = 0; i < class_of_shape.size(); ++i) {
      class_of_shape[i] = table_.schema.shapes[i].span_class;
    }
    std::vector<std::uint32_t> counts(table_.schema.classes.size(), 0);
    class_of_row_.resize(rows());
    for (std::size_t row = 0; row < rows(); ++row) {
      class_of_row_[row] = class_of_shape[order_.spans[row].shape];
      ++counts[class_of_row_[row]];
    }
    std::vector<std::uint32_t> number(counts.size(), 0);
    class_begin_.push_back(0);
    for (ClassId id = 0; id < counts.size(); ++id) {
      if (counts[id] == 0) continue;
      number[id] = static_cast<std::uint32_t>(class_ids_.size());
      class_ids_.push_back(id);
      class_begin_.push_back(class_begin_.back() + counts[id]);
    }
    for (std::uint32_t& of_row : class_of_row_) of_row = number[of_row];
    std::vector<std::uint32_t> next(class_begin_.begin(), class_begin_.end() - 1);
    class_rows_.resize(rows());
    for (RowIndex row = 0; row < rows(); ++row) class_rows_[next[class_of_row_[row]]++] = row;
  }

  void summarize_traces() {
    std::vector<std::uint8_t> failed;
    for (const ClassId id : class_ids_) {
      const auto code = static_cast<model::StatusCode>(table_.schema.classes[id].status_code);
      failed.push_back(code == model::StatusCode::kError);
    }
    facts_.rows = static_cast<std::uint32_t>(rows());
    facts_.traces = static_cast<std::uint32_t>(traces());
    facts_.min_start = model::Timestamp::max();
    for (std::size_t trace = 0; trace < traces(); ++trace) {
      model::Timestamp start = model::Timestamp::max();
      model::Timestamp end;
      std::uint32_t errors = 0;
      for (RowIndex row = order_.first[trace]; row < order_.first[trace + 1]; ++row) {
        const SpanRow& span = order_.spans[row];
        start = std::min(start, {span.start});
        end = std::max(end, {span.start + span.duration});
        facts_.max_start = std::max(facts_.max_start, {span.start});
        errors += failed[class_of_row_[row]];
      }
      const Duration duration = end > start ? model::Timestamp::between(start, end) : Duration(0);
      facts_.min_start = std::min(facts_.min_start, start);
      trace_starts_.push_back(start.unix_nanos);
      trace_durations_.push_back(static_cast<std::uint64_t>(duration.count()));
      trace_errors_.push_back(errors);
    }
    facts_.max_trace_duration = std::ranges::max(trace_durations_);
  }

  // Starts as distances from every base, sorted like class_rows_.
  void measure_starts() {
    for (auto& distances : starts_) distances.resize(rows());
    std::vector<std::uint32_t> next(class_begin_.begin(), class_begin_.end() - 1);
    SpanClock clock;
    for (std::size_t trace = 0; trace < traces(); ++trace) {
      clock.reset(trace_starts_[trace]);
      for (RowIndex row = order_.first[trace]; row < order_.first[trace + 1]; ++row) {
        const SpanRow& span = order_.spans[row];
        const std::uint32_t distance = order_.distance[row];
        const std::uint32_t to = next[class_of_row_[row]]++;
        for (std::uint8_t i = 0; i < kStartBases; ++i) {
          starts_[i][to] =
              span.start - clock.base(static_cast<StartBase>(i), distance, span.duration);
        }
        clock.add(distance, span.start, span.duration);
      }
    }
  }

  Result<void> write_traces() {
    Bytes page;
    Bytes page_starts;
    for (std::size_t trace = 0; trace < traces(); ++trace) {
      const SpanRow& span = order_.spans[order_.first[trace]];
      if (trace > 0 && trace % kTraceIdsPerPage == 0) {
        RETURN_IF_ERROR(out_.page(page));
        page.clear();
        put_raw(page_starts, span.trace_id.bytes);
      }
      put_raw(page, span.trace_id.bytes);
    }
    RETURN_IF_ERROR(out_.page(page));
    put_raw(out_.directory(), page_starts);
    RETURN_IF_ERROR(
        out_.numbers(std::span<const std::uint64_t>(trace_starts_), NumberUse::kScanned));
    RETURN_IF_ERROR(
        out_.numbers(std::span<const std::uint64_t>(trace_durations_), NumberUse::kScanned));
    return out_.numbers(std::span<const std::uint32_t>(trace_errors_), NumberUse::kStored);
  }

  Result<void> write_externals() {
    Bytes ids;
    std::vector<std::uint32_t> gaps;
    RowIndex next = 0;
    for (RowIndex row = 0; row < rows(); ++row) {
      const model::SpanId& parent = order_.spans[row].parent_span_id;
      if (order_.distance[row] != 0 || !parent.is_valid()) continue;
      gaps.push_back(row - next);
      next = row + 1;
      put_raw(ids, parent.bytes);
    }
    put_varint(out_.directory(), gaps.size());
    if (gaps.empty()) return {};
    RETURN_IF_ERROR(out_.numbers(std::span<const std::uint32_t>(gaps), NumberUse::kStored));
    return out_.page(ids);
  }

  Result<void> write_span_ids() {
    Bytes page;
    for (std::size_t begin = 0; begin < rows(); begin += kSpanIdsPerPage) {
      page.clear();
      const std::size_t end = std::min<std::size_t>(begin + kSpanIdsPerPage, rows());
      for (std::size_t row = begin; row < end; ++row)
        put_raw(page, order_.spans[row].span_id.bytes);
      RETURN_IF_ERROR(out_.page(page));
    }
    return {};
  }

  Result<void> write_classes() {
    put_varint(out_.directory(), class_ids_.size());
    ClassWriter writer(table_, order_, encoding_, out_);
    ClassId next = 0;
    for (std::size_t i = 0; i < class_ids_.size(); ++i) {
      put_varint(out_.directory(), class_ids_[i] - next);
      next = class_ids_[i] + 1;
      const std::size_t begin = class_begin_[i];
      const std::size_t count = class_begin_[i + 1] - begin;
      StartDistances starts;
      for (std::uint8_t base = 0; base < kStartBases; ++base) {
        starts.from_base[base] = std::span(starts_[base]).subspan(begin, count);
      }
      RETURN_IF_ERROR(writer.write(std::span(class_rows_).subspan(begin, count), starts));
    }
    return {};
  }

  const SpanTable& table_;
  const GroupEncoding& encoding_;
  const std::uint64_t first_page_;
  const TraceOrder order_;
  ColumnWriter out_;
  GroupFacts facts_;
  std::vector<std::uint64_t> trace_starts_;
  std::vector<std::uint64_t> trace_durations_;
  std::vector<std::uint32_t> trace_errors_;
  std::vector<std::uint32_t> class_of_row_;  // number of the class
  std::vector<ClassId> class_ids_;           // by number
  std::vector<std::uint32_t> class_begin_;   // by number; one more, the number of rows
  std::vector<RowIndex> class_rows_;         // by class, then row
  std::vector<std::uint64_t> starts_[kStartBases];
};

}  // namespace

Result<Bytes> encode_group(const SpanTable& table, std::span<const RowIndex> rows,
                           const GroupEncoding& encoding, PageWriter& pages) {
  CAIRN_CHECK(!rows.empty());
  CAIRN_CHECK(encoding.text_forms.size() >= table.schema.columns.size());
  return GroupWriter(table, rows, encoding, pages).write();
}

}  // namespace cairn::storage::columnar
