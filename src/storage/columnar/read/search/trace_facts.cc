// SPDX-License-Identifier: Apache-2.0
//
// TraceCondition on the trace table of a group and on the summary of one trace.
#include <algorithm>

#include "storage/api/field_values.h"
#include "storage/columnar/read/condition/column_value.h"
#include "storage/columnar/read/condition/trace_condition_parts.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

AnyValue saturated(std::uint64_t number) {
  return AnyValue::integer(saturated_nanos(model::Timestamp{number}));
}

// The verdicts of a class that is not decided as a whole, or not like the others.
struct ClassVerdicts {
  std::unique_ptr<ClassView> view;
  Verdicts verdicts;
};

// The highest verdict of each trace's rows is what some_span means. No look at which rows are in
// which trace when all rows agree.
Result<Verdicts> highest(ColumnFilter& filter, GroupView& group, ReadSession& session) {
  ASSIGN_OR_RETURN(const auto classes, group.classes());
  std::vector<ClassVerdicts> all;
  std::size_t agreeing = 0;  // rows of classes that are kYes as a whole
  for (const ClassRows& rows : classes) {
    if (session.late()) break;
    auto view = std::make_unique<ClassView>(group, rows);
    ASSIGN_OR_RETURN(Verdicts verdicts, filter.evaluate(*view));
    if (verdicts.are(Verdict::kNo)) continue;
    agreeing += verdicts.are(Verdict::kYes) ? rows.rows : 0;
    all.push_back({std::move(view), std::move(verdicts)});
  }
  if (all.empty()) return Verdicts::same(Verdict::kNo);
  if (agreeing == group.facts().rows) return Verdicts::same(Verdict::kYes);
  ASSIGN_OR_RETURN(const auto trace_of_rows, group.trace_of_rows());
  Verdicts traces = Verdicts::each(group.facts().traces);
  for (const ClassVerdicts& of_class : all) {
    ASSIGN_OR_RETURN(const auto rows, of_class.view->rows());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Verdict& verdict = traces.rows[trace_of_rows[rows[i]]];
      verdict = std::max(verdict, of_class.verdicts[i]);
    }
  }
  return traces;
}

// Whether a span of the trace starts in the range.
Result<Verdicts> touched_traces(TraceCondition::Parts& parts, GroupView& group,
                                ReadSession& session) {
  switch (overlap(group.facts(), parts.range)) {
    case Overlap::kNone:
      return Verdicts::same(Verdict::kNo);
    case Overlap::kAll:
      return Verdicts::same(Verdict::kYes);
    case Overlap::kPart:
      break;
  }
  return highest(*parts.touched, group, session);
}

AnyValue fact_of(const TraceTable& traces, TraceOrdinal i, Intrinsic intrinsic) {
  switch (intrinsic) {
    case Intrinsic::kTraceDuration:
      return saturated(traces.durations[i]);
    case Intrinsic::kTraceStart:
      return saturated(traces.starts[i]);
    case Intrinsic::kTraceSpanCount:
      return saturated(traces.spans[i]);
    default:
      return saturated(traces.errors[i]);
  }
}

std::optional<AnyValue> text_of(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return AnyValue::string(*text);
}

// `id` holds the trace id's digits, for it must outlive the value.
std::optional<AnyValue> fact_of(const TraceSummary& summary, Intrinsic intrinsic, std::string& id) {
  switch (intrinsic) {
    case Intrinsic::kTraceId:
      id = summary.id.to_hex();
      return AnyValue::string(id);
    case Intrinsic::kTraceDuration:
      return AnyValue::integer(summary.duration.count());
    case Intrinsic::kTraceStart:
      return AnyValue::integer(saturated_nanos(summary.start));
    case Intrinsic::kTraceSpanCount:
      return saturated(summary.spans);
    case Intrinsic::kTraceErrorCount:
      return saturated(summary.errors);
    case Intrinsic::kRootName:
      return text_of(summary.root_name);
    default:
      return text_of(summary.root_service);
  }
}

// Asks the traces of one group.
class GroupQuestion {
 public:
  using Node = TraceCondition::Node;
  using Parts = TraceCondition::Parts;

  GroupQuestion(Parts& parts, GroupView& group, ReadSession& session)
      : parts_(parts), group_(group), session_(session), some_spans_(parts.some_spans.size()) {}

  // Recursion: bounded by kMaxConditionDepth.
  Result<Verdicts> ask(const Node& node) {
    switch (node.kind) {
      case Node::Kind::kSame:
        return Verdicts::same(Verdict::kYes);
      case Node::Kind::kSomeSpan:
        return some_span(node.some_span);
      case Node::Kind::kFact:
        return facts(node);
      case Node::Kind::kRoot:
        return root(parts_.roots[node.root]);
      default:
        return combination(node);
    }
  }

  Result<Verdicts> some_span(std::size_t index) {
    if (!some_spans_[index]) {
      ASSIGN_OR_RETURN(some_spans_[index],
                       highest(parts_.some_spans[index].filter, group_, session_));
    }
    return *some_spans_[index];
  }

 private:
  Result<Verdicts> combination(const Node& node) {
    if (node.kind == Node::Kind::kNot) {
      ASSIGN_OR_RETURN(Verdicts verdicts, ask(node.children.front()));
      negate(verdicts);
      return verdicts;
    }
    return combine(node.kind == Node::Kind::kOr, node.children,
                   [this](const Node& child) { return ask(child); });
  }

  Result<Verdicts> facts(const Node& node) {
    ASSIGN_OR_RETURN(const TraceTable* traces, group_.traces());
    Verdicts verdicts = Verdicts::each(traces->ids.size());
    for (TraceOrdinal i = 0; i < traces->ids.size(); ++i) {
      bool holds = false;
      if (node.intrinsic == Intrinsic::kTraceId) {
        holds = node.test->holds(AnyValue::string(traces->ids[i].to_hex()));
      } else {
        holds = node.test->holds(fact_of(*traces, i, node.intrinsic));
      }
      verdicts.rows[i] = verdict_of(holds);
    }
    return verdicts;
  }

  // A trace of several roots has the first; columns know only when all of them agree.
  Result<Verdicts> root(Parts::Root& root) {
    ASSIGN_OR_RETURN(Verdicts verdicts, highest(root.with_filter, group_, session_));
    if (verdicts.are(Verdict::kNo)) return verdicts;
    ASSIGN_OR_RETURN(const Verdicts without, highest(root.without_filter, group_, session_));
    if (verdicts.all) verdicts = Verdicts::each(group_.facts().traces, *verdicts.all);
    for (std::size_t i = 0; i < verdicts.rows.size(); ++i) {
      const bool doubtful = verdicts.rows[i] == Verdict::kYes && without[i] != Verdict::kNo;
      if (doubtful) verdicts.rows[i] = Verdict::kOpen;
    }
    return verdicts;
  }

  Parts& parts_;
  GroupView& group_;
  ReadSession& session_;
  std::vector<std::optional<Verdicts>> some_spans_;
};

}  // namespace

Result<GroupTraces> TraceCondition::ask(GroupView& group, ReadSession& session) {
  const std::size_t count = group.facts().traces;
  GroupTraces answer;
  answer.alone.assign(count, Verdict::kNo);
  answer.seeds.assign(count, 0);
  ASSIGN_OR_RETURN(const Verdicts touched, touched_traces(*parts_, group, session));
  if (touched.are(Verdict::kNo)) return answer;
  GroupQuestion question(*parts_, group, session);
  Verdicts seeds = touched;
  if (parts_->has_seed) {
    seeds = Verdicts::same(Verdict::kNo);
    for (const std::size_t index : parts_->seed) {
      ASSIGN_OR_RETURN(const Verdicts one, question.some_span(index));
      keep_higher(seeds, one);
    }
    unify(seeds);
    // Nothing that matches, alone or together with other parts, is without a seed somewhere; and
    // alone it must be here.
    if (seeds.are(Verdict::kNo)) return answer;
  }
  ASSIGN_OR_RETURN(Verdicts alone, question.ask(parts_->root));
  keep_lower(alone, touched);
  for (std::size_t i = 0; i < count; ++i) {
    answer.alone[i] = alone[i];
    answer.seeds[i] = seeds[i] != Verdict::kNo ? 1 : 0;
  }
  return answer;
}

bool TraceEvaluation::holds(const TraceCondition::Node& node, const TraceSummary& summary) const {
  using Kind = TraceCondition::Node::Kind;
  const auto child_holds = [&](const TraceCondition::Node& child) { return holds(child, summary); };
  switch (node.kind) {
    case Kind::kSame:
      return true;
    case Kind::kSomeSpan:
      return some_span_[node.some_span];
    case Kind::kAnd:
      return std::ranges::all_of(node.children, child_holds);
    case Kind::kOr:
      return std::ranges::any_of(node.children, child_holds);
    case Kind::kNot:
      return !child_holds(node.children.front());
    default: {
      std::string id;
      const std::optional<AnyValue> value = fact_of(summary, node.intrinsic, id);
      return value && node.test->holds(*value);
    }
  }
}

}  // namespace cairn::storage::columnar
