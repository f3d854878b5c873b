// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/aggregate/aggregate_cells.h"

#include <algorithm>

#include "storage/columnar/read/condition/column_value.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

constexpr std::uint64_t kMinuteNanos = 60'000'000'000;

bool whole_minutes(Duration step) {
  return static_cast<std::uint64_t>(step.count()) % kMinuteNanos == 0;
}

}  // namespace

AggregateCells::AggregateCells(const AggregateRequest& request, AggregateTable& table)
    : request_(request), table_(table) {
  possible_ = whole_minutes(request.step) && compile(request.condition, condition_);
  for (const Field& field : request.group_by) {
    const std::optional<Part> part = part_of(field);
    possible_ = possible_ && part.has_value();
    if (part) groups_.push_back(*part);
  }
  for (const Field& field : table.fields()) {
    possible_ = possible_ && field == Field::intrinsic(Intrinsic::kDuration);
  }
}

std::optional<AggregateCells::Part> AggregateCells::part_of(const Field& field) {
  if (field == Field::attribute(Level::kResource, "service.name")) {
    asks_service_ = true;
    return Part::kService;
  }
  if (field == Field::intrinsic(Intrinsic::kName)) return Part::kName;
  if (field == Field::intrinsic(Intrinsic::kKind)) return Part::kKind;
  if (field == Field::intrinsic(Intrinsic::kStatus)) return Part::kStatus;
  return std::nullopt;
}

// Recursion here and below: bounded by kMaxConditionDepth.
bool AggregateCells::compile(const Condition& condition, Node& node) {
  node.kind = condition.kind;
  switch (condition.kind) {
    case Condition::Kind::kComparison: {
      const std::optional<Part> part = part_of(condition.comparison.field);
      if (!part) return false;
      node.part = *part;
      node.test.emplace(condition.comparison);
      return true;
    }
    case Condition::Kind::kTrue:
    case Condition::Kind::kAnd:
    case Condition::Kind::kOr:
    case Condition::Kind::kNot:
      break;
    default:
      return false;
  }
  node.children.resize(condition.children.size());
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (!compile(condition.children[i], node.children[i])) return false;
  }
  return true;
}

std::optional<AnyValue> AggregateCells::Facts::of(Part part) const {
  switch (part) {
    case Part::kService:
      return service;
    case Part::kName:
      return name;
    case Part::kKind:
      return kind;
    case Part::kStatus:
      break;
  }
  return status;
}

bool AggregateCells::holds(const Node& node, const Facts& facts) const {
  const auto child_holds = [&](const Node& child) { return holds(child, facts); };
  switch (node.kind) {
    case Condition::Kind::kComparison: {
      const std::optional<AnyValue> value = facts.of(node.part);
      return value && node.test->holds(*value);
    }
    case Condition::Kind::kAnd:
      return std::ranges::all_of(node.children, child_holds);
    case Condition::Kind::kOr:
      return std::ranges::any_of(node.children, child_holds);
    case Condition::Kind::kNot:
      return !child_holds(node.children.front());
    default:
      return true;
  }
}

Result<bool> AggregateCells::add(const SpanSource& source) {
  if (!possible_) return false;
  for (const auto& group : source.groups()) {
    const bool whole =
        group->facts().rows == 0 || overlap(group->facts(), request_.range) == Overlap::kAll;
    if (!whole) return false;
  }
  ASSIGN_OR_RETURN(const auto cells, source.pre_aggregates());
  if (!cells || !cells->valid()) return false;
  if (asks_service_) {
    ASSIGN_OR_RETURN(const bool texts, services_are_texts(source));
    if (!texts) return false;
  }
  for (const PreAggregateCell& cell : cells->cells()) add(*cells, cell);
  return true;
}

// Cells do not tell a service.name that is no text from an absent one.
Result<bool> AggregateCells::services_are_texts(const SpanSource& source) const {
  if (source.groups().empty()) return true;
  ASSIGN_OR_RETURN(const auto schema, source.groups().front()->schema());
  for (std::size_t i = 0; i < schema->resources.published_size(); ++i) {
    const model::Attribute* found =
        model::find_attribute(schema->resources[i].attributes, "service.name");
    if (found && !found->value.is(AnyValue::Kind::kString)) return false;
  }
  return true;
}

void AggregateCells::add(const PreAggregates& cells, const PreAggregateCell& cell) {
  const PreAggregateKey& key = cell.key;
  Facts facts;
  if (key.has_service) facts.service = AnyValue::string(cells.text(key.service));
  facts.name = AnyValue::string(cells.text(key.name));
  facts.kind = AnyValue::string(model::to_text(static_cast<model::SpanKind>(key.kind)));
  facts.status = AnyValue::string(model::to_text(static_cast<model::StatusCode>(key.status_code)));
  if (!holds(condition_, facts)) return;
  std::uint32_t group = AggregateTable::kRoot;
  for (const Part part : groups_) {
    const std::optional<AnyValue> value = facts.of(part);
    group = table_.extend(group, value ? table_.value_id(*value) : AggregateTable::kRoot);
  }
  if (group == AggregateTable::kNone) return;
  const std::uint32_t at = table_.cell(group, key.minute * kMinuteNanos);
  if (at == AggregateTable::kNone) return;
  table_.count(at, cell.durations.count());
  table_.merge(at, cell.durations);
}

}  // namespace cairn::storage::columnar
