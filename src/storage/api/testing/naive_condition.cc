// SPDX-License-Identifier: Apache-2.0
#include "storage/api/testing/naive_condition.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <tuple>

namespace cairn::storage {
namespace {

using Facts = std::vector<Fact>;

std::string name_of(const Field& field) {
  if (!field.is_intrinsic()) return std::get<std::string>(field.what);
  return "#" + std::string(to_text(std::get<Intrinsic>(field.what)));
}

std::optional<long double> number_of(const Constant& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

template <typename T>
bool ordered(Operator op, const T& a, const T& b) {
  switch (op) {
    case Operator::kEqual:
      return a == b;
    case Operator::kNotEqual:
      return a != b;
    case Operator::kLess:
      return a < b;
    case Operator::kLessOrEqual:
      return a <= b;
    case Operator::kGreater:
      return a > b;
    default:
      return a >= b;
  }
}

bool compares(const Fact& fact, Operator op, const Constant& constant) {
  if (!fact.scalar) return false;
  const auto a = number_of(fact.value);
  const auto b = number_of(constant);
  if (a && b) return ordered(op, *a, *b);
  if (a || b || fact.value.index() != constant.index()) return false;
  if (const bool* flag = std::get_if<bool>(&fact.value)) {
    return ordered(op, *flag, std::get<bool>(constant));
  }
  return ordered(op, std::get<std::string>(fact.value), std::get<std::string>(constant));
}

bool fact_holds(const Fact& fact, const Comparison& comparison) {
  const auto one = [&](const Constant& constant) {
    return compares(fact, comparison.op, constant);
  };
  const bool is_text = fact.scalar && std::holds_alternative<std::string>(fact.value);
  const auto matches = [&] {
    return std::regex_match(std::get<std::string>(fact.value),
                            std::regex(std::get<std::string>(comparison.constants[0])));
  };
  switch (comparison.op) {
    case Operator::kExists:
      return true;
    case Operator::kMatches:
      return is_text && matches();
    case Operator::kNotMatches:
      return is_text && !matches();
    case Operator::kTextEqual:
      return fact.display == std::get<std::string>(comparison.constants[0]);
    case Operator::kNotEqual:
      return std::ranges::all_of(comparison.constants, one);
    default:
      return std::ranges::any_of(comparison.constants, one);
  }
}

bool holds(const Facts& facts, const Condition& condition);

// Whether one instance at `level` alone satisfies the condition.
bool some_instance(const Facts& facts, Level level, const Condition& condition) {
  for (int instance = 0;; ++instance) {
    Facts alone;
    std::ranges::copy_if(facts, std::back_inserter(alone), [&](const Fact& fact) {
      return fact.level == level && fact.instance == instance;
    });
    if (alone.empty()) return false;
    if (holds(alone, condition)) return true;
  }
}

bool holds(const Facts& facts, const Condition& condition) {
  const auto child_holds = [&](const Condition& child) { return holds(facts, child); };
  switch (condition.kind) {
    case Condition::Kind::kTrue:
      return true;
    case Condition::Kind::kComparison:
      return std::ranges::any_of(
          facts_of(facts, condition.comparison.field),
          [&](const Fact* fact) { return fact_holds(*fact, condition.comparison); });
    case Condition::Kind::kAnd:
      return std::ranges::all_of(condition.children, child_holds);
    case Condition::Kind::kOr:
      return std::ranges::any_of(condition.children, child_holds);
    case Condition::Kind::kNot:
      return !child_holds(condition.children[0]);
    case Condition::Kind::kSomeEvent:
      return some_instance(facts, Level::kEvent, condition.children[0]);
    case Condition::Kind::kSomeLink:
      return some_instance(facts, Level::kLink, condition.children[0]);
    case Condition::Kind::kSomeSpan:
      break;
  }
  return false;
}

void add(Facts& facts, Intrinsic intrinsic, Constant value) {
  Fact fact{Level::kTrace, 0, name_of(Field::intrinsic(intrinsic)), {}, to_text(value), true};
  if (const auto* text = std::get_if<std::string>(&value)) fact.display = *text;
  fact.value = std::move(value);
  facts.push_back(std::move(fact));
}

Facts trace_facts(const TraceSummary& summary) {
  Facts facts;
  add(facts, Intrinsic::kTraceId, summary.id.to_hex());
  add(facts, Intrinsic::kTraceDuration, summary.duration.count());
  const auto start = std::min(summary.start.unix_nanos, static_cast<std::uint64_t>(INT64_MAX));
  add(facts, Intrinsic::kTraceStart, static_cast<std::int64_t>(start));
  add(facts, Intrinsic::kTraceSpanCount, static_cast<std::int64_t>(summary.spans));
  add(facts, Intrinsic::kTraceErrorCount, static_cast<std::int64_t>(summary.errors));
  if (summary.root_name) add(facts, Intrinsic::kRootName, *summary.root_name);
  if (summary.root_service) add(facts, Intrinsic::kRootService, *summary.root_service);
  return facts;
}

bool trace_holds(const NaiveTrace& trace, const Facts& facts, const Condition& condition,
                 const TimeRange& range) {
  const auto child_holds = [&](const Condition& child) {
    return trace_holds(trace, facts, child, range);
  };
  switch (condition.kind) {
    case Condition::Kind::kSomeSpan:
      return std::ranges::any_of(trace, [&](const NaiveSpan* span) {
        return range.contains(span->start) && naive_matches(*span, condition.children[0]);
      });
    case Condition::Kind::kAnd:
      return std::ranges::all_of(condition.children, child_holds);
    case Condition::Kind::kOr:
      return std::ranges::any_of(condition.children, child_holds);
    case Condition::Kind::kNot:
      return !child_holds(condition.children[0]);
    default:
      return holds(facts, condition);
  }
}

}  // namespace

std::vector<const Fact*> facts_of(const Facts& facts, const Field& field) {
  std::vector<const Fact*> found;
  const std::string name = name_of(field);
  for (const Fact& fact : facts) {
    // The trace id is listed with the span's facts.
    const bool level_fits =
        field.level == Level::kAny || field.level == fact.level || field.level == Level::kTrace;
    if (level_fits && fact.name == name) found.push_back(&fact);
  }
  return found;
}

bool naive_matches(const NaiveSpan& span, const Condition& condition) {
  return holds(span.facts, condition);
}

bool naive_matches(const NaiveTrace& trace, const TraceSummary& summary,
                   const SearchRequest& request) {
  const bool touched = std::ranges::any_of(
      trace, [&](const NaiveSpan* span) { return request.range.contains(span->start); });
  return touched && trace_holds(trace, trace_facts(summary), request.condition, request.range);
}

TraceSummary naive_summary(const NaiveTrace& trace) {
  TraceSummary summary;
  const NaiveSpan* root = nullptr;
  model::Timestamp last_end;
  std::map<std::string, ServiceSummary> services;
  summary.id = trace[0]->trace_id;
  summary.start = model::Timestamp::max();
  for (const NaiveSpan* span : trace) {
    summary.start = std::min(summary.start, span->start);
    last_end = std::max(last_end, span->end);
    summary.spans += 1;
    summary.errors += span->error ? 1 : 0;
    ServiceSummary& service = services[span->service];
    service.name = span->service;
    service.spans += 1;
    service.errors += span->error ? 1 : 0;
    if (span->root &&
        (!root || std::tie(span->start, span->span_id, span->service, span->name) <
                      std::tie(root->start, root->span_id, root->service, root->name))) {
      root = span;
    }
  }
  if (last_end > summary.start) {
    summary.duration = model::Timestamp::between(summary.start, last_end);
  }
  for (const auto& [name, service] : services) summary.services.push_back(service);
  if (root) {
    summary.root_name = root->name;
    summary.root_service = root->service;
  }
  return summary;
}

bool naive_touches(const NaiveSpan& span, const Condition& condition) {
  if (condition.kind == Condition::Kind::kSomeSpan) {
    return naive_matches(span, condition.children[0]);
  }
  return std::ranges::any_of(condition.children,
                             [&](const Condition& child) { return naive_touches(span, child); });
}

}  // namespace cairn::storage
