// SPDX-License-Identifier: Apache-2.0
//
// AggregateCells: aggregates answered from what segments counted when they were written
// (PreAggregates), without touching a row. Possible when condition and groups ask for no more than
// service.name of the resource, name, kind and status, functions for no more than counts and
// durations, and buckets are whole minutes.
#pragma once

#include "storage/columnar/index/pre_aggregates.h"
#include "storage/columnar/read/aggregate/aggregate_table.h"
#include "storage/columnar/read/condition/value_check.h"
#include "storage/columnar/schema/row_group.h"

namespace cairn::storage::columnar {

// Thread rule: one thread. Ownership: request and table outlive it.
class AggregateCells {
 public:
  // REQUIRES: a request that validates.
  AggregateCells(const AggregateRequest& request, AggregateTable& table);

  // Counts all of the source. False, and nothing counted: its rows have to be looked at.
  Result<bool> add(const SpanSource& source);

 private:
  enum class Part { kService, kName, kKind, kStatus };
  struct Node {
    Condition::Kind kind = Condition::Kind::kTrue;
    Part part = Part::kName;
    std::optional<ValueCheck> test;
    std::vector<Node> children;
  };
  // The facts of one cell; an absent service has no value.
  struct Facts {
    std::optional<model::AnyValue> service;
    model::AnyValue name;
    model::AnyValue kind;
    model::AnyValue status;

    std::optional<model::AnyValue> of(Part part) const;
  };

  std::optional<Part> part_of(const Field& field);
  bool compile(const Condition& condition, Node& node);
  bool holds(const Node& node, const Facts& facts) const;
  Result<bool> services_are_texts(const SpanSource& source) const;
  void add(const PreAggregates& cells, const PreAggregateCell& cell);

  const AggregateRequest& request_;
  AggregateTable& table_;
  bool possible_ = true;
  bool asks_service_ = false;
  Node condition_;
  std::vector<Part> groups_;
};

}  // namespace cairn::storage::columnar
