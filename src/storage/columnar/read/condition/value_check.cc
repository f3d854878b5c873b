// SPDX-License-Identifier: Apache-2.0
#include "storage/columnar/read/condition/value_check.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "storage/api/condition_matcher.h"

namespace cairn::storage::columnar {
namespace {

using model::AnyValue;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr double kTwoTo63 = 9223372036854775808.0;

constexpr IntInterval kAllInts{true, kLeast, kMost};
constexpr IntInterval kNoInt{true, 1, 0};

IntInterval int_order(Operator op, std::int64_t constant) {
  switch (op) {
    case Operator::kLess:
      return constant == kLeast ? kNoInt : IntInterval{true, kLeast, constant - 1};
    case Operator::kLessOrEqual:
      return {true, kLeast, constant};
    case Operator::kGreater:
      return constant == kMost ? kNoInt : IntInterval{true, constant + 1, kMost};
    case Operator::kGreaterOrEqual:
      return {true, constant, kMost};
    case Operator::kNotEqual:
      return {false, constant, constant};
    default:
      return {true, constant, constant};
  }
}

// A double that is no int lies between two: `below` the int above it.
IntInterval between_ints(Operator op, std::int64_t below) {
  switch (op) {
    case Operator::kLess:
    case Operator::kLessOrEqual:
      return int_order(Operator::kLess, below);
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
      return int_order(Operator::kGreaterOrEqual, below);
    case Operator::kNotEqual:
      return kAllInts;
    default:
      return kNoInt;
  }
}

IntInterval double_order(Operator op, double constant) {
  const bool less = op == Operator::kLess || op == Operator::kLessOrEqual;
  const bool greater = op == Operator::kGreater || op == Operator::kGreaterOrEqual;
  if (std::isnan(constant)) return op == Operator::kNotEqual ? kAllInts : kNoInt;
  if (constant >= kTwoTo63) return less || op == Operator::kNotEqual ? kAllInts : kNoInt;
  if (constant < -kTwoTo63) return greater || op == Operator::kNotEqual ? kAllInts : kNoInt;
  const double above = std::ceil(constant);  // below 2^63: no double lies between
  const auto whole = static_cast<std::int64_t>(above);
  return above == constant ? int_order(op, whole) : between_ints(op, whole);
}

IntInterval text_of_int(const std::string& text) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool canonical = parsed.ec == std::errc() && std::to_string(value) == text;
  return canonical ? IntInterval{true, value, value} : kNoInt;
}

}  // namespace

std::optional<IntInterval> int_interval(const Comparison& comparison) {
  switch (comparison.op) {
    case Operator::kExists:
      return kAllInts;
    case Operator::kMatches:
    case Operator::kNotMatches:
      return kNoInt;
    case Operator::kTextEqual:
      return text_of_int(std::get<std::string>(comparison.constants.front()));
    default:
      break;
  }
  if (comparison.constants.size() != 1) return std::nullopt;
  const Constant& constant = comparison.constants.front();
  if (const auto* number = std::get_if<std::int64_t>(&constant)) {
    return int_order(comparison.op, *number);
  }
  if (const auto* real = std::get_if<double>(&constant)) {
    return double_order(comparison.op, *real);
  }
  return kNoInt;
}

ValueCheck::ValueCheck(const Comparison& comparison)
    : comparison_(&comparison), ints_(int_interval(comparison)) {
  if (comparison.op != Operator::kMatches && comparison.op != Operator::kNotMatches) return;
  auto compiled = Pattern::compile(std::get<std::string>(comparison.constants.front()));
  CAIRN_CHECK(compiled.has_value());  // it validated
  pattern_ = *std::move(compiled);
}

bool ValueCheck::holds(const AnyValue& value) const {
  return storage::holds(value, comparison_->op, comparison_->constants,
                        pattern_ ? &*pattern_ : nullptr);
}

bool ValueCheck::never(AnyValue::Kind kind) const {
  const bool scalar = kind == AnyValue::Kind::kBool || kind == AnyValue::Kind::kInt ||
                      kind == AnyValue::Kind::kDouble || kind == AnyValue::Kind::kString;
  switch (comparison_->op) {
    case Operator::kExists:
    case Operator::kTextEqual:
      return false;
    case Operator::kMatches:
    case Operator::kNotMatches:
      return kind != AnyValue::Kind::kString;
    default:
      return !scalar;
  }
}

const std::string* ValueCheck::only_text() const {
  const Operator op = comparison_->op;
  if (op != Operator::kEqual && op != Operator::kTextEqual) return nullptr;
  if (comparison_->constants.size() != 1) return nullptr;
  return std::get_if<std::string>(&comparison_->constants.front());
}

}  // namespace cairn::storage::columnar
