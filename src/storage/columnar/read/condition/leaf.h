// SPDX-License-Identifier: Apache-2.0
//
// Leaf: one comparison of a span condition, evaluated on the rows of a class. What it learns about
// a source (which resources satisfy it, which entries of a dictionary) is kept for its next group.
//
//   place            decided by
//   kind, status, scope, name    the class
//   resource         a table with one entry a resource
//   attribute, name  absence: the class; texts: a table with one entry a dictionary value; numbers
//   times            arrays
//   ids              arrays; trace ids once a trace
//   in the extra     rows that have none: no; others are open at first. Asked again about the rows
//                    whose answer hangs on it, it decodes their extras and knows.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "storage/api/condition_matcher.h"
#include "storage/columnar/read/condition/verdict.h"
#include "storage/columnar/read/group_view.h"

namespace cairn::storage::columnar {

enum class LeafPlace {
  kKind,
  kStatus,
  kScopeName,
  kScopeVersion,
  kScopeAttribute,
  kName,
  kInExtra,  // events and links: absent where a row has no extra
  kTraceState,
  kStatusMessage,
  kResource,
  kService,  // service_name() of the resource, empty text included
  kAttribute,
  kDuration,
  kStart,
  kEnd,
  kSpanId,
  kParentSpanId,
  kTraceId,
};

// Thread rule: one thread.
class Leaf {
 public:
  // REQUIRES: kInExtra, or a comparison of a field of that place that validates and outlives this.
  // `whole`: what decides a row by its extra, a condition on what the extra holds.
  Leaf(LeafPlace place, const Comparison* comparison, const Condition& whole);

  // Cheaper leaves have lower places.
  int cost() const { return static_cast<int>(place_); }
  // The verdict of all rows, when it takes no look at rows.
  Result<std::optional<Verdict>> decide(ClassView& view);
  // Rows that only their extra can answer are kOpen, save for those that are kOpen in `first`.
  // REQUIRES: decide() left it open.
  Result<Verdicts> evaluate(ClassView& view, const Verdicts* first);

 private:
  // Which entries of a dictionary satisfy the comparison.
  struct TextTable {
    Pinned<std::string_view> dictionary;  // empty: the column's values stand as they are
    std::vector<std::uint8_t> holds;      // one more than entries, the last 0
    std::size_t count = 0;
    std::uint32_t last = 0;  // one that holds
  };
  struct OfSource {
    std::shared_ptr<const Schema> schema;
    std::vector<ColumnId> columns;        // that hold the attribute's first value
    std::vector<std::uint8_t> resources;  // whether it holds, by id
    std::size_t matching_resources = 0;
    std::vector<std::uint8_t> rest_classes;  // by class; empty: no shape keeps all in its rest
    std::unordered_map<ColumnId, TextTable> texts;
  };

  Result<OfSource*> of_source(GroupView& group);
  void look_at_columns(const Schema& schema, OfSource& of) const;
  void look_at_resources(const Schema& schema, OfSource& of) const;
  static void look_at_shapes(const Schema& schema, OfSource& of);
  Result<const TextTable*> text_table(OfSource& of, const RowGroup& group, ColumnId column);
  Result<void> fill(TextTable& table, ColumnType type) const;

  Result<std::optional<Verdict>> decide_by_class(ClassView& view) const;
  Result<std::optional<Verdict>> decide_extra(ClassView& view) const;
  Result<std::optional<Verdict>> decide_resource(ClassView& view);
  Result<std::optional<Verdict>> decide_attribute(ClassView& view);
  std::optional<Verdict> decide_duration(const GroupFacts& facts) const;
  // Whether rows may have a value in the column that satisfies the comparison.
  Result<bool> may_hold(OfSource& of, const RowGroup& group, ColumnId column);

  Result<Verdicts> evaluate_extra(ClassView& view, const Verdicts* first) const;
  // Answers the kOpen rows that are kOpen in `first`, too.
  Result<void> look_into_extras(ClassView& view, const Verdicts& first, Verdicts& verdicts) const;
  Result<Verdicts> evaluate_resource(ClassView& view);
  Result<Verdicts> evaluate_attribute(ClassView& view, const Verdicts* first);
  Result<Verdicts> evaluate_times(ClassView& view) const;
  Result<Verdicts> evaluate_span_ids(ClassView& view) const;
  Result<Verdicts> evaluate_trace_ids(ClassView& view);
  Result<void> evaluate_column(ClassView& view, OfSource& of, ColumnId column, Verdicts& verdicts);
  Result<void> evaluate_texts(const ColumnValues& values, ColumnType type,
                              std::span<Verdict> out) const;
  void evaluate_numbers(std::span<const std::uint64_t> numbers, ColumnType type,
                        std::span<const std::uint8_t> present, std::span<Verdict> out) const;

  LeafPlace place_;
  const Comparison* comparison_;
  std::optional<ValueCheck> test_;
  std::optional<ConditionMatcher> whole_;
  std::unordered_map<const Schema*, std::unique_ptr<OfSource>> sources_;
  OfSource* last_source_ = nullptr;
  const RowGroup* traces_of_ = nullptr;  // the group that `traces_` is about
  std::vector<std::uint8_t> traces_;     // whether it holds, by ordinal
};

}  // namespace cairn::storage::columnar
