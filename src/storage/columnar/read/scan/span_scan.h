// SPDX-License-Identifier: Apache-2.0
//
// SpanScan: matching spans as blocks of columns, newest groups first. The spans of a trace are
// adjacent: those of one group are put in order, a trace that lies in several groups is given as a
// whole when the first of them is met.
#pragma once

#include <deque>
#include <unordered_set>

#include "base/arena.h"
#include "storage/columnar/read/condition/row_matcher.h"
#include "storage/columnar/read/scan/field_reader.h"
#include "storage/columnar/read/search/trace_places.h"

namespace cairn::storage::columnar {

inline constexpr std::size_t kMaxBlockRows = 4096;

// Rows being collected for one ScanBlock. What values point at must live until give(), save for
// what is in the arena.
class BlockBuilder {
 public:
  BlockBuilder(std::size_t columns, const ScanSink& sink) : sink_(sink), columns_(columns) {}

  // A new row; its values are set with value().
  void row(const model::TraceId& trace, const model::SpanId& span, const model::SpanId& parent);
  void value(std::size_t column, const model::AnyValue& value) {
    columns_[column].push_back(value);
  }
  Arena& arena() { return arena_; }
  bool full() const { return span_ids_.size() >= kMaxBlockRows; }
  bool empty() const { return span_ids_.empty(); }
  // Hands the rows over and starts anew. False: the sink wants no more.
  bool give();

 private:
  const ScanSink& sink_;
  Arena arena_;
  std::vector<model::TraceId> trace_ids_;
  std::vector<model::SpanId> span_ids_;
  std::vector<model::SpanId> parent_span_ids_;
  std::vector<std::vector<model::AnyValue>> columns_;
};

// Thread rule: one thread. Ownership: all arguments outlive it.
class SpanScan {
 public:
  SpanScan(const ScanRequest& request, RowMatcher& matcher, ReadSession& session,
           const ScanSink& sink);

  void run();

 private:
  // A matching row of the group in hand.
  struct Match {
    TraceOrdinal trace = 0;
    RowIndex row = 0;
    std::uint32_t in_class = 0;  // index into classes_
    std::uint32_t class_row = 0;
  };
  // A class of the group in hand and its values.
  struct ClassValues {
    std::unique_ptr<ClassView> view;
    std::vector<FieldColumn> columns;
  };

  Result<void> add_group(const GroupPlace& place);
  Result<void> match_class(GroupView& group, const ClassRows& rows);
  Result<void> give_trace(GroupView& group, std::span<const Match> matches);
  Result<void> fill_open(GroupView& group, const Match& match,
                         std::vector<model::AnyValue>& values);
  void give_scattered(const std::vector<Fragment>& fragments);
  void give_span(const SpanRef& ref);
  bool done() { return stopped_ || session_.late(); }

  const ScanRequest& request_;
  RowMatcher& matcher_;
  ReadSession& session_;
  TracePlaces places_;
  BlockBuilder block_;
  std::deque<FieldReader> readers_;
  std::unordered_set<model::TraceId> given_;  // of the scattered traces
  std::vector<ClassValues> classes_;
  std::vector<Match> matches_;
  bool stopped_ = false;
};

}  // namespace cairn::storage::columnar
