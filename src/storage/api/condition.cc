// SPDX-License-Identifier: Apache-2.0
#include "storage/api/condition.h"

namespace cairn::storage {

Level level_of(Intrinsic intrinsic) {
  switch (intrinsic) {
    case Intrinsic::kName:
    case Intrinsic::kKind:
    case Intrinsic::kStatus:
    case Intrinsic::kStatusMessage:
    case Intrinsic::kDuration:
    case Intrinsic::kStart:
    case Intrinsic::kEnd:
    case Intrinsic::kSpanId:
    case Intrinsic::kParentSpanId:
    case Intrinsic::kTraceState:
      return Level::kSpan;
    case Intrinsic::kScopeName:
    case Intrinsic::kScopeVersion:
      return Level::kScope;
    case Intrinsic::kEventName:
    case Intrinsic::kEventTimeSinceStart:
      return Level::kEvent;
    case Intrinsic::kLinkTraceId:
    case Intrinsic::kLinkSpanId:
      return Level::kLink;
    default:
      return Level::kTrace;
  }
}

Condition Condition::compare(Field field, Operator op, std::vector<Constant> constants) {
  Condition made;
  made.kind = Kind::kComparison;
  made.comparison = {std::move(field), op, std::move(constants)};
  return made;
}

namespace {

Condition with_children(Condition::Kind kind, std::vector<Condition> children) {
  Condition made;
  made.kind = kind;
  made.children = std::move(children);
  return made;
}

Condition with_child(Condition::Kind kind, Condition child) {
  std::vector<Condition> children;
  children.push_back(std::move(child));
  return with_children(kind, std::move(children));
}

}  // namespace

Condition Condition::all_of(std::vector<Condition> children) {
  return with_children(Kind::kAnd, std::move(children));
}
Condition Condition::any_of(std::vector<Condition> children) {
  return with_children(Kind::kOr, std::move(children));
}
Condition Condition::negate(Condition child) {
  return with_child(Kind::kNot, std::move(child));
}
Condition Condition::some_span(Condition child) {
  return with_child(Kind::kSomeSpan, std::move(child));
}
Condition Condition::some_event(Condition child) {
  return with_child(Kind::kSomeEvent, std::move(child));
}
Condition Condition::some_link(Condition child) {
  return with_child(Kind::kSomeLink, std::move(child));
}

std::strong_ordering compare(const Constant& a, const Constant& b) {
  if (a.index() != b.index()) return a.index() <=> b.index();
  if (const bool* value = std::get_if<bool>(&a)) return *value <=> std::get<bool>(b);
  if (const auto* value = std::get_if<std::int64_t>(&a))
    return *value <=> std::get<std::int64_t>(b);
  if (const auto* value = std::get_if<double>(&a)) {
    return std::strong_order(*value, std::get<double>(b));
  }
  return std::get<std::string>(a) <=> std::get<std::string>(b);
}

}  // namespace cairn::storage
