// SPDX-License-Identifier: Apache-2.0
//
// Result<T>: a value, or the Error that explains why there is none.
//
// Same member names as std::expected, so that the day the compiler offers it this file becomes one
// alias. [[nodiscard]]: an ignored failure is a warning, and warnings are errors here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace cairn {

// A small closed set, chosen so that each value has exactly one gRPC and one HTTP status
// (net/error_status.h).
enum class ErrorCode {
  kInvalidArgument,
  kNotFound,
  kResourceExhausted,
  kUnavailable,
  kCorruption,
  kUnimplemented,
  kDeadlineExceeded,
  kPermissionDenied,
  kInternal,
};

// The code's name as gRPC spells it, "INVALID_ARGUMENT"; kCorruption is "DATA_LOSS".
std::string_view to_text(ErrorCode code);

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // for people; starts with what was being done

  bool operator==(const Error&) const = default;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return span;` and `return error;` both read well.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  // REQUIRES: has_value().
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  T& value() & {
    CAIRN_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    CAIRN_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  T value_or(T fallback) && { return has_value() ? std::move(value()) : std::move(fallback); }

  // REQUIRES: !has_value().
  const Error& error() const& {
    CAIRN_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    CAIRN_CHECK(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }

  // REQUIRES: !has_value().
  const Error& error() const& {
    CAIRN_CHECK(!has_value());
    return *error_;
  }
  Error&& error() && {
    CAIRN_CHECK(!has_value());
    return *std::move(error_);
  }

 private:
  std::optional<Error> error_;
};

inline Error invalid_argument(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}
inline Error not_found(std::string message) {
  return {ErrorCode::kNotFound, std::move(message)};
}
inline Error resource_exhausted(std::string message) {
  return {ErrorCode::kResourceExhausted, std::move(message)};
}
inline Error unavailable(std::string message) {
  return {ErrorCode::kUnavailable, std::move(message)};
}
inline Error corruption(std::string message) {
  return {ErrorCode::kCorruption, std::move(message)};
}
inline Error unimplemented(std::string message) {
  return {ErrorCode::kUnimplemented, std::move(message)};
}
inline Error deadline_exceeded(std::string message) {
  return {ErrorCode::kDeadlineExceeded, std::move(message)};
}
inline Error internal_error(std::string message) {
  return {ErrorCode::kInternal, std::move(message)};
}

// Puts the caller's view in front: "read segment 7: checksum mismatch".
Error annotate(const Error& error, std::string_view doing);

}  // namespace cairn

// Declares `lhs` from a Result, or returns its Error to the caller.
// NOLINTBEGIN(bugprone-macro-parentheses): lhs is a declaration
#define CAIRN_CONCAT_INNER(a, b) a##b
#define CAIRN_CONCAT(a, b) CAIRN_CONCAT_INNER(a, b)
#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_IMPL(CAIRN_CONCAT(result_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                          \
  if (!tmp) return std::move(tmp).error();    \
  lhs = *std::move(tmp)
#define RETURN_IF_ERROR(expr)                                                                 \
  do {                                                                                        \
    if (auto cairn_outcome = (expr); !cairn_outcome) return std::move(cairn_outcome).error(); \
  } while (false)
// NOLINTEND(bugprone-macro-parentheses)
