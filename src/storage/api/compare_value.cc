// SPDX-License-Identifier: Apache-2.0
//
// One present value against constants: holds().
#include <cmath>
#include <compare>

#include "storage/api/condition_matcher.h"
#include "storage/api/pattern.h"

namespace cairn::storage {
namespace {

using model::AnyValue;

// By mathematical value, without rounding the int to a double.
std::partial_ordering compare_exactly(std::int64_t a, double b) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= kTwoTo63) return std::partial_ordering::less;
  if (b < -kTwoTo63) return std::partial_ordering::greater;
  const auto whole = static_cast<std::int64_t>(b);  // towards zero, exact in this range
  if (a != whole) return a <=> whole;
  return 0.0 <=> (b - static_cast<double>(whole));
}

std::partial_ordering reversed(std::partial_ordering ordering) {
  return 0 <=> ordering;
}

struct Outcome {
  bool comparable = false;
  std::partial_ordering ordering = std::partial_ordering::unordered;
};

Outcome compare_int(std::int64_t value, const Constant& constant) {
  if (const auto* number = std::get_if<std::int64_t>(&constant)) return {true, value <=> *number};
  if (const auto* real = std::get_if<double>(&constant)) {
    return {true, compare_exactly(value, *real)};
  }
  return {};
}

Outcome compare_double(double value, const Constant& constant) {
  if (const auto* real = std::get_if<double>(&constant)) return {true, value <=> *real};
  if (const auto* number = std::get_if<std::int64_t>(&constant)) {
    return {true, reversed(compare_exactly(*number, value))};
  }
  return {};
}

Outcome compare_value(const AnyValue& value, const Constant& constant) {
  switch (value.kind()) {
    case AnyValue::Kind::kBool:
      if (const bool* flag = std::get_if<bool>(&constant)) return {true, value.as_bool() <=> *flag};
      return {};
    case AnyValue::Kind::kInt:
      return compare_int(value.as_int(), constant);
    case AnyValue::Kind::kDouble:
      return compare_double(value.as_double(), constant);
    case AnyValue::Kind::kString:
      if (const auto* text = std::get_if<std::string>(&constant)) {
        return {true, value.as_string() <=> std::string_view(*text)};
      }
      return {};
    default:
      return {};
  }
}

bool compares(const AnyValue& value, Operator op, const Constant& constant) {
  const Outcome outcome = compare_value(value, constant);
  if (!outcome.comparable) return false;
  switch (op) {
    case Operator::kEqual:
      return outcome.ordering == 0;
    case Operator::kNotEqual:
      return outcome.ordering != 0;
    case Operator::kLess:
      return outcome.ordering < 0;
    case Operator::kLessOrEqual:
      return outcome.ordering <= 0;
    case Operator::kGreater:
      return outcome.ordering > 0;
    default:
      return outcome.ordering >= 0;
  }
}

bool text_equals(const AnyValue& value, const std::string& text) {
  if (value.is(AnyValue::Kind::kString)) return value.as_string() == text;
  return model::to_display_text(value) == text;
}

}  // namespace

bool holds(const AnyValue& value, Operator op, const std::vector<Constant>& constants,
           const Pattern* pattern) {
  switch (op) {
    case Operator::kExists:
      return true;
    case Operator::kMatches:
      return value.is(AnyValue::Kind::kString) && pattern->matches(value.as_string());
    case Operator::kNotMatches:
      return value.is(AnyValue::Kind::kString) && !pattern->matches(value.as_string());
    case Operator::kTextEqual:
      return text_equals(value, std::get<std::string>(constants.front()));
    case Operator::kNotEqual:
      for (const Constant& constant : constants) {
        if (!compares(value, op, constant)) return false;
      }
      return true;
    default:
      for (const Constant& constant : constants) {
        if (compares(value, op, constant)) return true;
      }
      return false;
  }
}

}  // namespace cairn::storage
