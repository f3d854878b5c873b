// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/condition/trace_condition.h"

#include <algorithm>

#include "storage/columnar/read/condition/column_value.h"
#include "storage/columnar/read/condition/row_matcher.h"
#include "storage/columnar/read/condition/trace_condition_parts.h"

namespace cairn::storage::columnar {
namespace {

const Condition kEverySpan;
constexpr int kBestSelectivity = 5;

// Recursion here and below: bounded by kMaxConditionDepth.
//
// How selective a span condition is likely to be; higher is better. A guess that only costs time
// when it is wrong.
int selectivity(const Condition& condition) {
  int best = 0;
  switch (condition.kind) {
    case Condition::Kind::kComparison: {
      const Comparison& comparison = condition.comparison;
      if (comparison.op == Operator::kExists) return 2;
      if (comparison.op == Operator::kNotEqual || comparison.op == Operator::kNotMatches) return 1;
      const bool equality =
          comparison.op == Operator::kEqual || comparison.op == Operator::kTextEqual;
      if (!equality) return 3;
      return comparison.field.level == Level::kResource ? 4 : kBestSelectivity;
    }
    case Condition::Kind::kAnd:
      for (const Condition& child : condition.children) best = std::max(best, selectivity(child));
      return best;
    case Condition::Kind::kOr:
      best = kBestSelectivity;
      for (const Condition& child : condition.children) best = std::min(best, selectivity(child));
      return best;
    case Condition::Kind::kNot:
      return 1;
    case Condition::Kind::kSomeEvent:
    case Condition::Kind::kSomeLink:
      return 3;
    default:
      return 0;
  }
}

Condition of_roots(const Comparison& comparison, bool with) {
  Condition leaf = Condition::compare(comparison.field, comparison.op, comparison.constants);
  Condition root = Condition::negate(Condition::exists(Field::intrinsic(Intrinsic::kParentSpanId)));
  return Condition::all_of(
      {std::move(root), with ? std::move(leaf) : Condition::negate(std::move(leaf))});
}

}  // namespace

// Compiles a condition, and chooses its seed.
class TraceConditionCompiler {
 public:
  using Node = TraceCondition::Node;
  using Parts = TraceCondition::Parts;

  explicit TraceConditionCompiler(Parts& parts) : parts_(parts) {}

  Result<Node> compile(const Condition& condition) {
    Node node;
    switch (condition.kind) {
      case Condition::Kind::kComparison:
        return comparison(condition.comparison);
      case Condition::Kind::kSomeSpan: {
        const Condition& span = condition.children.front();
        ASSIGN_OR_RETURN(ConditionMatcher matcher, ConditionMatcher::for_spans(span));
        node.kind = Node::Kind::kSomeSpan;
        node.some_span = parts_.some_spans.size();
        parts_.some_spans.push_back({std::move(matcher), ColumnFilter(span, parts_.range)});
        selectivities_.push_back(selectivity(span));
        return node;
      }
      case Condition::Kind::kAnd:
        node.kind = Node::Kind::kAnd;
        break;
      case Condition::Kind::kOr:
        node.kind = Node::Kind::kOr;
        break;
      case Condition::Kind::kNot:
        node.kind = Node::Kind::kNot;
        break;
      default:
        return node;
    }
    for (const Condition& child : condition.children) {
      ASSIGN_OR_RETURN(Node compiled, compile(child));
      node.children.push_back(std::move(compiled));
    }
    return node;
  }

  // The some_spans of which a trace that matches has at least one, how selective they are together.
  struct Seed {
    bool known = false;  // false: any span may be all there is
    int worth = 0;
    std::vector<std::size_t> some_spans;
  };
  Seed seed(const Node& node) const {
    if (node.kind == Node::Kind::kSomeSpan) {
      return {true, selectivities_[node.some_span], {node.some_span}};
    }
    if (node.kind == Node::Kind::kOr) return seed_of_or(node);
    Seed best;
    if (node.kind != Node::Kind::kAnd) return best;
    for (const Node& child : node.children) {
      Seed one = seed(child);
      if (one.known && (!best.known || one.worth > best.worth)) best = std::move(one);
    }
    return best;
  }

 private:
  Seed seed_of_or(const Node& node) const {
    Seed all{true, kBestSelectivity, {}};
    for (const Node& child : node.children) {
      const Seed one = seed(child);
      if (!one.known) return {};
      all.worth = std::min(all.worth, one.worth);
      all.some_spans.insert(all.some_spans.end(), one.some_spans.begin(), one.some_spans.end());
    }
    return all;
  }
  Result<Node> comparison(const Comparison& comparison) {
    Node node;
    node.intrinsic = std::get<Intrinsic>(comparison.field.what);
    node.test.emplace(comparison);
    node.kind = Node::Kind::kFact;
    if (node.intrinsic != Intrinsic::kRootName && node.intrinsic != Intrinsic::kRootService) {
      return node;
    }
    node.kind = Node::Kind::kRoot;
    node.root = parts_.roots.size();
    auto with = std::make_unique<const Condition>(of_roots(comparison, true));
    auto without = std::make_unique<const Condition>(of_roots(comparison, false));
    ColumnFilter with_filter(*with, {});
    ColumnFilter without_filter(*without, {});
    parts_.roots.push_back(
        {std::move(with), std::move(without), std::move(with_filter), std::move(without_filter)});
    return node;
  }

  Parts& parts_;
  std::vector<int> selectivities_;
};

Result<TraceCondition> TraceCondition::make(const Condition& condition, const TimeRange& range) {
  RETURN_IF_ERROR(validate_trace_condition(condition));
  auto parts = std::make_unique<Parts>();
  parts->range = range;
  TraceConditionCompiler compiler(*parts);
  ASSIGN_OR_RETURN(parts->root, compiler.compile(condition));
  TraceConditionCompiler::Seed seed = compiler.seed(parts->root);
  parts->has_seed = seed.known;
  parts->seed = std::move(seed.some_spans);
  parts->touched = std::make_unique<ColumnFilter>(kEverySpan, range);
  return TraceCondition(std::move(parts));
}

TraceCondition::TraceCondition(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
}
TraceCondition::~TraceCondition() = default;
TraceCondition::TraceCondition(TraceCondition&&) noexcept = default;

TraceEvaluation::TraceEvaluation(const TraceCondition& condition, std::size_t matched_spans)
    : condition_(condition),
      matched_limit_(matched_spans),
      some_span_(condition.parts().some_spans.size()) {
}

void TraceEvaluation::add(const SpanRef& ref) {
  summarizer_.add(*ref.batch, *ref.span);
  if (!condition_.parts().range.contains(ref.span->start)) return;
  touched_ = true;
  bool matched = false;
  for (std::size_t i = 0; i < some_span_.size(); ++i) {
    const bool asked = !some_span_[i] || (matched_limit_ > 0 && !matched);
    if (!asked || !condition_.parts().some_spans[i].matcher.matches_span(ref)) continue;
    some_span_[i] = true;
    matched = true;
  }
  if (!matched || matched_limit_ == 0) return;
  matched_.emplace_back(ref.span->start, ref.span->span_id);
  std::ranges::push_heap(matched_);
  if (matched_.size() <= matched_limit_) return;
  std::ranges::pop_heap(matched_);
  matched_.pop_back();
}

bool TraceEvaluation::matches() const {
  return touched_ && holds(condition_.parts().root, summarizer_.summary());
}

TraceSummary TraceEvaluation::summary() const {
  TraceSummary summary = summarizer_.summary();
  std::vector<Matched> in_order = matched_;
  std::ranges::sort(in_order);
  for (const Matched& span : in_order) summary.matched.push_back(span.second);
  return summary;
}

}  // namespace cairn::storage::columnar
