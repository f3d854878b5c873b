// SPDX-License-Identifier: Apache-2.0
//
// Conditions as text: for people and logs, not to be read back.
#include <array>

#include "base/json_writer.h"
#include "storage/api/condition.h"

namespace cairn::storage {
namespace {

constexpr std::array kIntrinsics{
    Intrinsic::kName,
    Intrinsic::kKind,
    Intrinsic::kStatus,
    Intrinsic::kStatusMessage,
    Intrinsic::kDuration,
    Intrinsic::kStart,
    Intrinsic::kEnd,
    Intrinsic::kSpanId,
    Intrinsic::kParentSpanId,
    Intrinsic::kTraceState,
    Intrinsic::kScopeName,
    Intrinsic::kScopeVersion,
    Intrinsic::kEventName,
    Intrinsic::kEventTimeSinceStart,
    Intrinsic::kLinkTraceId,
    Intrinsic::kLinkSpanId,
    Intrinsic::kTraceId,
    Intrinsic::kTraceDuration,
    Intrinsic::kTraceStart,
    Intrinsic::kTraceSpanCount,
    Intrinsic::kTraceErrorCount,
    Intrinsic::kRootName,
    Intrinsic::kRootService,
};

std::string_view level_text(Level level) {
  switch (level) {
    case Level::kResource:
      return "resource";
    case Level::kScope:
      return "scope";
    case Level::kSpan:
      return "span";
    case Level::kEvent:
      return "event";
    case Level::kLink:
      return "link";
    case Level::kTrace:
      return "trace";
    case Level::kAny:
      return "any";
  }
  return "";
}

bool is_plain_key(std::string_view key) {
  for (const char c : key) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-' || c == '/';
    if (!plain) return false;
  }
  return !key.empty();
}

bool is_intrinsic_text(std::string_view text) {
  for (const Intrinsic intrinsic : kIntrinsics) {
    if (to_text(intrinsic) == text) return true;
  }
  return false;
}

void append_joined(std::string& out, const std::vector<Condition>& children,
                   std::string_view between) {
  out += '(';
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (i > 0) out += between;
    out += to_text(children[i]);
  }
  out += ')';
}

std::string comparison_text(const Comparison& comparison) {
  std::string out = to_text(comparison.field);
  out += ' ';
  out += to_text(comparison.op);
  if (comparison.constants.empty()) return out;
  out += ' ';
  const bool list = comparison.constants.size() != 1;
  if (list) out += '(';
  for (std::size_t i = 0; i < comparison.constants.size(); ++i) {
    if (i > 0) out += ", ";
    out += to_text(comparison.constants[i]);
  }
  if (list) out += ')';
  return out;
}

// The child, without the parentheses that it may have brought itself.
std::string call_text(std::string_view name, const Condition& condition) {
  std::string child = condition.children.empty() ? "" : to_text(condition.children.front());
  if (child.empty() || child.front() != '(') child = "(" + child + ")";
  return std::string(name) + child;
}

}  // namespace

std::string_view to_text(Intrinsic intrinsic) {
  switch (intrinsic) {
    case Intrinsic::kName:
      return "name";
    case Intrinsic::kKind:
      return "kind";
    case Intrinsic::kStatus:
      return "status";
    case Intrinsic::kStatusMessage:
      return "status_message";
    case Intrinsic::kDuration:
      return "duration";
    case Intrinsic::kStart:
      return "start";
    case Intrinsic::kEnd:
      return "end";
    case Intrinsic::kSpanId:
      return "span_id";
    case Intrinsic::kParentSpanId:
      return "parent_span_id";
    case Intrinsic::kTraceState:
      return "trace_state";
    case Intrinsic::kScopeName:
      return "scope.name";
    case Intrinsic::kScopeVersion:
      return "scope.version";
    case Intrinsic::kEventName:
      return "event.name";
    case Intrinsic::kEventTimeSinceStart:
      return "event.time_since_start";
    case Intrinsic::kLinkTraceId:
      return "link.trace_id";
    case Intrinsic::kLinkSpanId:
      return "link.span_id";
    case Intrinsic::kTraceId:
      return "trace.id";
    case Intrinsic::kTraceDuration:
      return "trace.duration";
    case Intrinsic::kTraceStart:
      return "trace.start";
    case Intrinsic::kTraceSpanCount:
      return "trace.span_count";
    case Intrinsic::kTraceErrorCount:
      return "trace.error_count";
    case Intrinsic::kRootName:
      return "trace.root_name";
    case Intrinsic::kRootService:
      return "trace.root_service";
  }
  return "";
}

std::string to_text(const Field& field) {
  if (const Intrinsic* intrinsic = std::get_if<Intrinsic>(&field.what)) {
    return std::string(to_text(*intrinsic));
  }
  const std::string& key = std::get<std::string>(field.what);
  std::string out(level_text(field.level));
  out += '.';
  if (is_plain_key(key) && !is_intrinsic_text(out + key)) return out + key;
  append_json_string(out, key);
  return out;
}

std::string_view to_text(Operator op) {
  switch (op) {
    case Operator::kExists:
      return "exists";
    case Operator::kEqual:
      return "=";
    case Operator::kNotEqual:
      return "!=";
    case Operator::kLess:
      return "<";
    case Operator::kLessOrEqual:
      return "<=";
    case Operator::kGreater:
      return ">";
    case Operator::kGreaterOrEqual:
      return ">=";
    case Operator::kMatches:
      return "=~";
    case Operator::kNotMatches:
      return "!~";
    case Operator::kTextEqual:
      return "text=";
  }
  return "";
}

std::string to_text(const Constant& constant) {
  std::string out;
  if (const bool* value = std::get_if<bool>(&constant)) return *value ? "true" : "false";
  JsonWriter json(out);
  if (const auto* number = std::get_if<std::int64_t>(&constant)) {
    json.number(*number);
  } else if (const auto* real = std::get_if<double>(&constant)) {
    out = model::to_display_text(model::AnyValue::real(*real));
  } else {
    json.string(std::get<std::string>(constant));
  }
  return out;
}

// Recursion: for text of a condition that may not have been validated yet, so bounded only by the
// condition itself, which its maker built by recursion too.
std::string to_text(const Condition& condition) {
  std::string out;
  switch (condition.kind) {
    case Condition::Kind::kTrue:
      return "true";
    case Condition::Kind::kComparison:
      return comparison_text(condition.comparison);
    case Condition::Kind::kAnd:
      if (condition.children.empty()) return "true";
      append_joined(out, condition.children, " && ");
      return out;
    case Condition::Kind::kOr:
      if (condition.children.empty()) return "false";
      append_joined(out, condition.children, " || ");
      return out;
    case Condition::Kind::kNot:
      return call_text("!", condition);
    case Condition::Kind::kSomeSpan:
      return call_text("some_span", condition);
    case Condition::Kind::kSomeEvent:
      return call_text("some_event", condition);
    case Condition::Kind::kSomeLink:
      return call_text("some_link", condition);
  }
  return out;
}

}  // namespace cairn::storage
