// SPDX-License-Identifier: Apache-2.0
//
// Which conditions make sense: validate_span_condition, validate_trace_condition.
#include "storage/api/condition.h"
#include "storage/api/pattern.h"

namespace cairn::storage {
namespace {

// What the part of a condition that is being looked at is evaluated on.
enum class Place { kTrace, kSpan, kEvent, kLink };

std::string_view to_text(Place place) {
  switch (place) {
    case Place::kTrace:
      return "a trace";
    case Place::kSpan:
      return "a span";
    case Place::kEvent:
      return "an event";
    case Place::kLink:
      return "a link";
  }
  return "";
}

bool level_fits(const Field& field, Place place) {
  switch (place) {
    case Place::kTrace:
      return field.level == Level::kTrace;
    case Place::kSpan:
      return field.level != Level::kTrace || field == Field::intrinsic(Intrinsic::kTraceId);
    case Place::kEvent:
      return field.level == Level::kEvent;
    case Place::kLink:
      return field.level == Level::kLink;
  }
  return false;
}

Result<void> check_field(const Field& field, Place place) {
  if (const Intrinsic* intrinsic = std::get_if<Intrinsic>(&field.what)) {
    if (field.level != level_of(*intrinsic)) {
      return invalid_argument(to_text(field) + ": the level is not the intrinsic's own");
    }
  } else if (field.level == Level::kTrace) {
    return invalid_argument(to_text(field) + ": a trace has no attributes");
  }
  if (!level_fits(field, place)) {
    return invalid_argument(to_text(field) + " cannot be asked of " + std::string(to_text(place)));
  }
  return {};
}

Result<void> check_constants(const Comparison& comparison) {
  const std::size_t count = comparison.constants.size();
  const auto wrong = [&](std::string_view needs) {
    return invalid_argument(to_text(comparison.field) + " " + std::string(to_text(comparison.op)) +
                            " needs " + std::string(needs));
  };
  switch (comparison.op) {
    case Operator::kExists:
      if (count != 0) return wrong("no constant");
      return {};
    case Operator::kEqual:
    case Operator::kNotEqual:
      if (count == 0) return wrong("a constant");
      if (count > kMaxConstants) return wrong("fewer constants");
      return {};
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
      if (count != 1) return wrong("one constant");
      if (std::holds_alternative<bool>(comparison.constants[0])) return wrong("a number or text");
      return {};
    case Operator::kMatches:
    case Operator::kNotMatches:
    case Operator::kTextEqual:
      if (count != 1) return wrong("one constant");
      if (!std::holds_alternative<std::string>(comparison.constants[0])) return wrong("text");
      return {};
  }
  return wrong("a known operator");
}

Result<void> check_comparison(const Comparison& comparison, Place place) {
  RETURN_IF_ERROR(check_field(comparison.field, place));
  RETURN_IF_ERROR(check_constants(comparison));
  if (comparison.op == Operator::kMatches || comparison.op == Operator::kNotMatches) {
    const auto pattern = Pattern::compile(std::get<std::string>(comparison.constants[0]));
    if (!pattern) return annotate(pattern.error(), to_text(comparison.field));
  }
  return {};
}

// Walks the condition. Recursion: bounded by kMaxConditionDepth.
class Checker {
 public:
  Result<void> check(const Condition& condition, Place place, int depth) {
    if (depth > kMaxConditionDepth) return invalid_argument("condition is nested too deeply");
    if (++nodes_ > kMaxConditionNodes) return invalid_argument("condition has too many parts");
    switch (condition.kind) {
      case Condition::Kind::kTrue:
        return {};
      case Condition::Kind::kComparison:
        return check_comparison(condition.comparison, place);
      case Condition::Kind::kAnd:
      case Condition::Kind::kOr:
        for (const Condition& child : condition.children) {
          RETURN_IF_ERROR(check(child, place, depth + 1));
        }
        return {};
      case Condition::Kind::kNot:
        return check_only_child(condition, place, depth);
      case Condition::Kind::kSomeSpan:
        if (place != Place::kTrace) return misplaced("some_span", place);
        return check_only_child(condition, Place::kSpan, depth);
      case Condition::Kind::kSomeEvent:
        if (place != Place::kSpan) return misplaced("some_event", place);
        return check_only_child(condition, Place::kEvent, depth);
      case Condition::Kind::kSomeLink:
        if (place != Place::kSpan) return misplaced("some_link", place);
        return check_only_child(condition, Place::kLink, depth);
    }
    return invalid_argument("condition of unknown kind");
  }

 private:
  Result<void> check_only_child(const Condition& condition, Place place, int depth) {
    if (condition.children.size() != 1) {
      return invalid_argument("a negation or quantifier needs exactly one condition inside");
    }
    return check(condition.children.front(), place, depth + 1);
  }
  static Error misplaced(std::string_view quantifier, Place place) {
    return invalid_argument(std::string(quantifier) + " cannot be asked of " +
                            std::string(to_text(place)));
  }

  std::size_t nodes_ = 0;
};

}  // namespace

Result<void> validate_span_condition(const Condition& condition) {
  return Checker().check(condition, Place::kSpan, 1);
}

Result<void> validate_trace_condition(const Condition& condition) {
  return Checker().check(condition, Place::kTrace, 1);
}

Result<void> validate_span_field(const Field& field) {
  return check_field(field, Place::kSpan);
}

}  // namespace cairn::storage
