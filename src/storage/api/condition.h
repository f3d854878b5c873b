// SPDX-License-Identifier: Apache-2.0
//
// Condition: what a reader asks of spans and traces, as plain values. No parser types, no engine
// types: query languages compile to it, engines evaluate it.
//
// Quantification is explicit. A condition is evaluated in one of two places:
//   on a span   (scan, aggregate, values): leaves look at that span, its scope, resource, events,
//   links on a trace  (search): leaves are about the trace; span questions are wrapped in
//   some_span(...)
// some_span(a && b) is "one span has both"; some_span(a) && some_span(b) is "somewhere in the
// trace". Inside a span, a leaf at event or link level is true when any one event or link satisfies
// it; some_event(a && b) and some_link(a && b) ask for both on the same one, and hold leaves of
// that level only. The trace id is a fact of each span as well: kTraceId may be asked in both
// places.
//
// A key that one record holds more than once has its first value.
//
// Missing: a comparison with an absent attribute is false, whatever the operator; so `not_equal` is
// "present and different" and negate(equal(...)) is "absent or different".
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/attribute.h"

namespace cairn::storage {

// Where a key is looked up. kAny: true when it holds at any level from resource to link; where one
// value is asked for, the first of span, resource, event, link, scope that has the key.
enum class Level { kResource, kScope, kSpan, kEvent, kLink, kTrace, kAny };

// Facts with a fixed place in the model.
enum class Intrinsic {
  // of a span
  kName,
  kKind,           // string: "server" … (model::to_text)
  kStatus,         // string: "unset", "ok", "error"
  kStatusMessage,  // string
  kDuration,       // int, nanoseconds
  kStart,          // int, unix nanoseconds, saturated at 2^63 - 1
  kEnd,            // likewise
  kSpanId,         // string, 16 lower-case hex digits
  kParentSpanId,   // likewise; absent for a root
  kTraceState,     // string; absent when empty
  // of its scope
  kScopeName,
  kScopeVersion,
  // of an event
  kEventName,
  kEventTimeSinceStart,  // int, nanoseconds since the span's start
  // of a link
  kLinkTraceId,  // string, 32 lower-case hex digits
  kLinkSpanId,
  // of the whole trace
  kTraceId,         // string, 32 lower-case hex digits
  kTraceDuration,   // int, nanoseconds from the first start to the last end
  kTraceStart,      // int, unix nanoseconds of the first start
  kTraceSpanCount,  // int
  kTraceErrorCount,
  kRootName,     // of the root span; absent while the trace has none
  kRootService,  // likewise
};

// The level an intrinsic belongs to.
Level level_of(Intrinsic intrinsic);
// "name", "scope.name", "trace.duration", ...
std::string_view to_text(Intrinsic intrinsic);

// An attribute by level and key, or an intrinsic.
struct Field {
  Level level = Level::kSpan;
  std::variant<std::string, Intrinsic> what;

  static Field attribute(Level level, std::string key) { return {level, std::move(key)}; }
  static Field intrinsic(Intrinsic intrinsic) { return {level_of(intrinsic), intrinsic}; }
  bool is_intrinsic() const { return std::holds_alternative<Intrinsic>(what); }

  bool operator==(const Field&) const = default;
};
std::string to_text(const Field& field);

enum class Operator {
  kExists,  // present, whatever the value; no constant
  // Compare typed: int and double by their mathematical value, strings by bytes, bools by equality
  // only; other combinations of types are false. With several constants: equal to one of them,
  // different from all of them; the orderings take exactly one.
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  // Strings only, RE2 syntax, the whole value must match, `.` matches newlines too; one constant.
  kMatches,
  kNotMatches,
  // The value's display text (model::to_display_text) equals a string constant: what Jaeger's tag
  // search means by `http.status_code=200`, whatever the stored type.
  kTextEqual,
};
std::string_view to_text(Operator op);

using Constant = std::variant<bool, std::int64_t, double, std::string>;
std::string to_text(const Constant& constant);
// The order of answers: bool < int < double < string, then by value; doubles by IEEE total order.
std::strong_ordering compare(const Constant& a, const Constant& b);

struct Comparison {
  Field field;
  Operator op = Operator::kExists;
  std::vector<Constant> constants;

  bool operator==(const Comparison&) const = default;
};

// Ownership: a value that owns all it holds. Thread rule: immutable once built; share freely.
struct Condition {
  enum class Kind { kTrue, kComparison, kAnd, kOr, kNot, kSomeSpan, kSomeEvent, kSomeLink };

  Kind kind = Kind::kTrue;
  Comparison comparison;            // kComparison
  std::vector<Condition> children;  // kAnd, kOr: any number; kNot, kSome…: exactly one

  static Condition everything() { return {}; }
  static Condition compare(Field field, Operator op, std::vector<Constant> constants);
  static Condition exists(Field field) { return compare(std::move(field), Operator::kExists, {}); }
  static Condition equal(Field field, Constant constant) {
    return compare(std::move(field), Operator::kEqual, {std::move(constant)});
  }
  // True when there are no children.
  static Condition all_of(std::vector<Condition> children);
  // False when there are no children.
  static Condition any_of(std::vector<Condition> children);
  static Condition negate(Condition child);
  static Condition some_span(Condition child);
  static Condition some_event(Condition child);
  static Condition some_link(Condition child);

  bool operator==(const Condition&) const = default;
};
// `some_span(resource.service.name = "cart" && duration >= 1000)`.
std::string to_text(const Condition& condition);

// Depth and size that a condition may have; what exceeds them is refused, since conditions come
// from peers' queries.
inline constexpr int kMaxConditionDepth = 32;
inline constexpr std::size_t kMaxConditionNodes = 1024;
inline constexpr std::size_t kMaxConstants = 1024;         // of one comparison
inline constexpr std::size_t kMaxPatternBytes = 4 * 1024;  // of one regular expression

// Checks the shape: quantifiers where they make sense, numbers and types of constants, patterns
// that compile, limits. kInvalidArgument names the offending part.
Result<void> validate_span_condition(const Condition& condition);
Result<void> validate_trace_condition(const Condition& condition);
// A field that spans have: an attribute with a key below the trace, or an intrinsic of the same.
Result<void> validate_span_field(const Field& field);

}  // namespace cairn::storage
