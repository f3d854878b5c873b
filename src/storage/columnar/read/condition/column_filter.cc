// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/condition/column_filter.h"

#include <algorithm>
#include <deque>

#include "storage/columnar/read/condition/column_value.h"
#include "storage/columnar/read/condition/leaf.h"

namespace cairn::storage::columnar {
namespace {

LeafPlace place_of(Intrinsic intrinsic) {
  switch (intrinsic) {
    case Intrinsic::kName:
    case Intrinsic::kRootName:
      return LeafPlace::kName;
    case Intrinsic::kKind:
      return LeafPlace::kKind;
    case Intrinsic::kStatus:
      return LeafPlace::kStatus;
    case Intrinsic::kStatusMessage:
      return LeafPlace::kStatusMessage;
    case Intrinsic::kDuration:
      return LeafPlace::kDuration;
    case Intrinsic::kStart:
      return LeafPlace::kStart;
    case Intrinsic::kEnd:
      return LeafPlace::kEnd;
    case Intrinsic::kSpanId:
      return LeafPlace::kSpanId;
    case Intrinsic::kParentSpanId:
      return LeafPlace::kParentSpanId;
    case Intrinsic::kTraceState:
      return LeafPlace::kTraceState;
    case Intrinsic::kScopeName:
      return LeafPlace::kScopeName;
    case Intrinsic::kScopeVersion:
      return LeafPlace::kScopeVersion;
    case Intrinsic::kTraceId:
      return LeafPlace::kTraceId;
    case Intrinsic::kRootService:
      return LeafPlace::kService;
    default:
      return LeafPlace::kInExtra;
  }
}

LeafPlace place_of(Level level) {
  switch (level) {
    case Level::kResource:
      return LeafPlace::kResource;
    case Level::kScope:
      return LeafPlace::kScopeAttribute;
    case Level::kSpan:
      return LeafPlace::kAttribute;
    default:
      return LeafPlace::kInExtra;
  }
}

}  // namespace

struct ColumnFilter::Node {
  enum class Kind { kSame, kLeaf, kAnd, kOr, kNot };

  Kind kind = Kind::kSame;
  Verdict same = Verdict::kYes;
  std::size_t leaf = 0;
  int cost = 0;
  std::vector<Node> children;  // cheapest first
};

struct ColumnFilter::State {
  // What is known of a leaf on the class under evaluation.
  struct Decision {
    bool asked = false;
    std::optional<Verdict> verdict;
  };

  TimeRange range;
  std::deque<Leaf> leaves;
  std::vector<Decision> decisions;
  Node root;
  const Verdicts* first = nullptr;  // the verdicts that extras are to decide, the second time

  Node leaf(LeafPlace place, const Comparison* comparison, const Condition& whole) {
    Node node;
    node.kind = Node::Kind::kLeaf;
    node.leaf = leaves.size();
    leaves.emplace_back(place, comparison, whole);
    node.cost = leaves.back().cost();
    return node;
  }
  Node comparison(const Condition& condition);
  Node compile(const Condition& condition);
  static void order(Node& node);

  Result<std::optional<Verdict>> decide(const Node& node, ClassView& view);
  Result<Verdicts> evaluate(const Node& node, ClassView& view);
  Result<Verdicts> evaluate_in_range(ClassView& view);
};

// Recursion here and below: bounded by kMaxConditionDepth.
ColumnFilter::Node ColumnFilter::State::comparison(const Condition& condition) {
  const Comparison& comparison = condition.comparison;
  const Field& field = comparison.field;
  if (const Intrinsic* intrinsic = std::get_if<Intrinsic>(&field.what)) {
    return leaf(place_of(*intrinsic), &comparison, condition);
  }
  if (field.level != Level::kAny) return leaf(place_of(field.level), &comparison, condition);
  Node any;
  any.kind = Node::Kind::kOr;
  const auto at = [&](Level level) {
    const Field there = Field::attribute(level, std::get<std::string>(field.what));
    return Condition::compare(there, comparison.op, comparison.constants);
  };
  const Condition in_extra = Condition::any_of({at(Level::kEvent), at(Level::kLink)});
  any.children.push_back(leaf(LeafPlace::kInExtra, &comparison, in_extra));
  for (const Level level : {Level::kScope, Level::kResource, Level::kSpan}) {
    any.children.push_back(leaf(place_of(level), &comparison, at(level)));
  }
  order(any);
  return any;
}

ColumnFilter::Node ColumnFilter::State::compile(const Condition& condition) {
  Node node;
  switch (condition.kind) {
    case Condition::Kind::kComparison:
      return comparison(condition);
    case Condition::Kind::kSomeEvent:
    case Condition::Kind::kSomeLink:
      return leaf(LeafPlace::kInExtra, nullptr, condition);
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
  for (const Condition& child : condition.children) node.children.push_back(compile(child));
  order(node);
  return node;
}

void ColumnFilter::State::order(Node& node) {
  std::ranges::stable_sort(node.children, {}, &Node::cost);
  for (const Node& child : node.children) node.cost = std::max(node.cost, child.cost);
}

Result<std::optional<Verdict>> ColumnFilter::State::decide(const Node& node, ClassView& view) {
  if (node.kind == Node::Kind::kSame) return std::optional<Verdict>(node.same);
  if (node.kind == Node::Kind::kLeaf) {
    Decision& decision = decisions[node.leaf];
    if (!decision.asked) {
      ASSIGN_OR_RETURN(decision.verdict, leaves[node.leaf].decide(view));
      decision.asked = true;
    }
    return decision.verdict;
  }
  const bool is_or = node.kind == Node::Kind::kOr;
  const Verdict last_word = is_or ? Verdict::kYes : Verdict::kNo;
  std::optional<Verdict> so_far = negation(last_word);
  for (const Node& child : node.children) {
    ASSIGN_OR_RETURN(const std::optional<Verdict> one, decide(child, view));
    if (node.kind == Node::Kind::kNot) {
      return one ? std::optional<Verdict>(negation(*one)) : std::nullopt;
    }
    if (one == last_word) return one;
    if (!one || !so_far) {
      so_far = std::nullopt;
    } else {
      so_far = is_or ? std::max(*so_far, *one) : std::min(*so_far, *one);
    }
  }
  return so_far;
}

Result<Verdicts> ColumnFilter::State::evaluate(const Node& node, ClassView& view) {
  ASSIGN_OR_RETURN(const std::optional<Verdict> decided, decide(node, view));
  if (decided) return Verdicts::same(*decided);
  if (node.kind == Node::Kind::kLeaf) return leaves[node.leaf].evaluate(view, first);
  if (node.kind != Node::Kind::kNot) {
    return combine(node.kind == Node::Kind::kOr, node.children,
                   [&](const Node& child) { return evaluate(child, view); });
  }
  ASSIGN_OR_RETURN(Verdicts verdicts, evaluate(node.children.front(), view));
  negate(verdicts);
  return verdicts;
}

ColumnFilter::ColumnFilter(const Condition& condition, const TimeRange& range)
    : state_(std::make_unique<State>()) {
  state_->range = range;
  state_->root = state_->compile(condition);
  state_->decisions.resize(state_->leaves.size());
}
ColumnFilter::~ColumnFilter() = default;
ColumnFilter::ColumnFilter(ColumnFilter&&) noexcept = default;

Result<Verdicts> ColumnFilter::State::evaluate_in_range(ClassView& view) {
  ASSIGN_OR_RETURN(Verdicts verdicts, evaluate(root, view));
  if (verdicts.are(Verdict::kNo)) return verdicts;
  if (overlap(view.group().facts(), range) == Overlap::kAll) return verdicts;
  if (verdicts.all) verdicts = Verdicts::each(view.size(), *verdicts.all);
  ASSIGN_OR_RETURN(const auto starts, view.starts());
  no_outside(starts, range, verdicts.rows);
  unify(verdicts);
  return verdicts;
}

Result<Verdicts> ColumnFilter::evaluate(ClassView& view) {
  const Overlap in_range = overlap(view.group().facts(), state_->range);
  if (in_range == Overlap::kNone || view.size() == 0) return Verdicts::same(Verdict::kNo);
  std::ranges::fill(state_->decisions, State::Decision());
  ASSIGN_OR_RETURN(Verdicts verdicts, state_->evaluate_in_range(view));
  const bool open = verdicts.all
                        ? verdicts.are(Verdict::kOpen)
                        : std::ranges::find(verdicts.rows, Verdict::kOpen) != verdicts.rows.end();
  if (!open) return verdicts;
  state_->first = &verdicts;
  Result<Verdicts> second = state_->evaluate_in_range(view);
  state_->first = nullptr;
  return second;
}

}  // namespace cairn::storage::columnar
