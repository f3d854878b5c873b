// SPDX-License-Identifier: Apache-2.0
#include "storage/api/condition_matcher.h"

#include <algorithm>
#include <optional>

#include "storage/api/field_values.h"
#include "storage/api/pattern.h"
#include "storage/api/trace_summary.h"

namespace cairn::storage {

using model::AnyValue;

struct ConditionMatcher::Node {
  Condition::Kind kind = Condition::Kind::kTrue;
  Comparison comparison;
  std::optional<Pattern> pattern;
  std::vector<Node> children;

  static Result<Node> compile(const Condition& condition);

  bool holds_for(const AnyValue& value) const {
    return holds(value, comparison.op, comparison.constants, pattern ? &*pattern : nullptr);
  }
};

// Recursion here and in the evaluation below: bounded by kMaxConditionDepth, checked before.
Result<ConditionMatcher::Node> ConditionMatcher::Node::compile(const Condition& condition) {
  Node node;
  node.kind = condition.kind;
  node.comparison = condition.comparison;
  if (node.kind == Condition::Kind::kComparison &&
      (node.comparison.op == Operator::kMatches || node.comparison.op == Operator::kNotMatches)) {
    ASSIGN_OR_RETURN(node.pattern,
                     Pattern::compile(std::get<std::string>(node.comparison.constants.front())));
  }
  node.children.reserve(condition.children.size());
  for (const Condition& child : condition.children) {
    ASSIGN_OR_RETURN(Node compiled, compile(child));
    node.children.push_back(std::move(compiled));
  }
  return node;
}

namespace {

// and, or, not over children that `matches` evaluates; what all places have in common.
template <typename Node, typename Matches>
bool combine(const Node& node, const Matches& matches) {
  switch (node.kind) {
    case Condition::Kind::kAnd:
      return std::ranges::all_of(node.children, matches);
    case Condition::Kind::kOr:
      return std::ranges::any_of(node.children, matches);
    case Condition::Kind::kNot:
      return !matches(node.children.front());
    default:
      return true;
  }
}

template <typename Node>
bool matches_event(const Node& node, const model::Span& span, const model::Event& event) {
  if (node.kind == Condition::Kind::kComparison) {
    return any_event_value(span, event, node.comparison.field,
                           [&](const AnyValue& value) { return node.holds_for(value); });
  }
  return combine(node, [&](const Node& child) { return matches_event(child, span, event); });
}

template <typename Node>
bool matches_link(const Node& node, const model::Link& link) {
  if (node.kind == Condition::Kind::kComparison) {
    return any_link_value(link, node.comparison.field,
                          [&](const AnyValue& value) { return node.holds_for(value); });
  }
  return combine(node, [&](const Node& child) { return matches_link(child, link); });
}

template <typename Node>
bool matches_one_span(const Node& node, const SpanRef& ref) {
  switch (node.kind) {
    case Condition::Kind::kComparison:
      return any_value(ref, node.comparison.field,
                       [&](const AnyValue& value) { return node.holds_for(value); });
    case Condition::Kind::kSomeEvent:
      return std::ranges::any_of(ref.span->events, [&](const model::Event& event) {
        return matches_event(node.children.front(), *ref.span, event);
      });
    case Condition::Kind::kSomeLink:
      return std::ranges::any_of(ref.span->links, [&](const model::Link& link) {
        return matches_link(node.children.front(), link);
      });
    default:
      return combine(node, [&](const Node& child) { return matches_one_span(child, ref); });
  }
}

// A trace under evaluation; its summary is computed when a leaf first asks for it.
struct TraceFacts {
  TraceView trace;
  TimeRange range;
  std::optional<TraceSummary> known;

  const TraceSummary& summary() {
    if (!known) known = summarize(trace);
    return *known;
  }
};

AnyValue count_value(std::uint64_t count) {
  return AnyValue::integer(saturated_nanos(model::Timestamp{count}));
}

std::optional<AnyValue> optional_text(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return AnyValue::string(*text);
}

std::optional<AnyValue> trace_intrinsic(TraceFacts& facts, Intrinsic intrinsic,
                                        std::span<char> scratch) {
  switch (intrinsic) {
    case Intrinsic::kTraceId:
      return span_intrinsic(facts.trace.front(), intrinsic, scratch);
    case Intrinsic::kTraceDuration:
      return AnyValue::integer(facts.summary().duration.count());
    case Intrinsic::kTraceStart:
      return AnyValue::integer(saturated_nanos(facts.summary().start));
    case Intrinsic::kTraceSpanCount:
      return count_value(facts.summary().spans);
    case Intrinsic::kTraceErrorCount:
      return count_value(facts.summary().errors);
    case Intrinsic::kRootName:
      return optional_text(facts.summary().root_name);
    case Intrinsic::kRootService:
      return optional_text(facts.summary().root_service);
    default:
      CAIRN_CHECK(false);  // for_traces validated the field
  }
}

template <typename Node>
bool matches_whole_trace(const Node& node, TraceFacts& facts) {
  switch (node.kind) {
    case Condition::Kind::kComparison: {
      char scratch[kIntrinsicScratch];
      const auto value =
          trace_intrinsic(facts, std::get<Intrinsic>(node.comparison.field.what), scratch);
      return value && node.holds_for(*value);
    }
    case Condition::Kind::kSomeSpan:
      return std::ranges::any_of(facts.trace, [&](const SpanRef& ref) {
        return facts.range.contains(ref.span->start) &&
               matches_one_span(node.children.front(), ref);
      });
    default:
      return combine(node, [&](const Node& child) { return matches_whole_trace(child, facts); });
  }
}

// Whether some some_span(...) below `node` holds for the span.
template <typename Node>
bool satisfies_some_span(const Node& node, const SpanRef& ref) {
  if (node.kind == Condition::Kind::kSomeSpan) return matches_one_span(node.children.front(), ref);
  return std::ranges::any_of(node.children,
                             [&](const Node& child) { return satisfies_some_span(child, ref); });
}

}  // namespace

ConditionMatcher::ConditionMatcher(std::unique_ptr<const Node> root) : root_(std::move(root)) {
}
ConditionMatcher::ConditionMatcher(ConditionMatcher&&) noexcept = default;
ConditionMatcher& ConditionMatcher::operator=(ConditionMatcher&&) noexcept = default;
ConditionMatcher::~ConditionMatcher() = default;

Result<ConditionMatcher> ConditionMatcher::for_spans(const Condition& condition) {
  RETURN_IF_ERROR(validate_span_condition(condition));
  ASSIGN_OR_RETURN(Node root, Node::compile(condition));
  return ConditionMatcher(std::make_unique<const Node>(std::move(root)));
}

Result<ConditionMatcher> ConditionMatcher::for_traces(const Condition& condition) {
  RETURN_IF_ERROR(validate_trace_condition(condition));
  ASSIGN_OR_RETURN(Node root, Node::compile(condition));
  return ConditionMatcher(std::make_unique<const Node>(std::move(root)));
}

bool ConditionMatcher::matches_span(const SpanRef& ref) const {
  return matches_one_span(*root_, ref);
}

bool ConditionMatcher::matches_trace(TraceView trace, const TimeRange& range) const {
  const bool touched = std::ranges::any_of(
      trace, [&](const SpanRef& ref) { return range.contains(ref.span->start); });
  if (!touched) return false;
  TraceFacts facts{trace, range, std::nullopt};
  return matches_whole_trace(*root_, facts);
}

std::vector<model::SpanId> ConditionMatcher::matched_spans(TraceView trace, const TimeRange& range,
                                                           std::size_t limit) const {
  std::vector<const model::Span*> matched;
  if (limit == 0) return {};
  for (const SpanRef& ref : trace) {
    if (range.contains(ref.span->start) && satisfies_some_span(*root_, ref)) {
      matched.push_back(ref.span);
    }
  }
  const auto earlier = [](const model::Span* a, const model::Span* b) {
    return a->start != b->start ? a->start < b->start : a->span_id < b->span_id;
  };
  const std::size_t kept = std::min(limit, matched.size());
  std::ranges::partial_sort(matched, matched.begin() + static_cast<std::ptrdiff_t>(kept), earlier);
  std::vector<model::SpanId> ids;
  ids.reserve(kept);
  for (std::size_t i = 0; i < kept; ++i) ids.push_back(matched[i]->span_id);
  return ids;
}

}  // namespace cairn::storage
