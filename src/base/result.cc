// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

namespace cairn {

std::string_view to_text(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case ErrorCode::kNotFound:
      return "NOT_FOUND";
    case ErrorCode::kResourceExhausted:
      return "RESOURCE_EXHAUSTED";
    case ErrorCode::kUnavailable:
      return "UNAVAILABLE";
    case ErrorCode::kCorruption:
      return "DATA_LOSS";
    case ErrorCode::kUnimplemented:
      return "UNIMPLEMENTED";
    case ErrorCode::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case ErrorCode::kPermissionDenied:
      return "PERMISSION_DENIED";
    case ErrorCode::kInternal:
      return "INTERNAL";
  }
  return "INTERNAL";
}

Error annotate(const Error& error, std::string_view doing) {
  std::string message;
  message.reserve(doing.size() + 2 + error.message.size());
  message.append(doing).append(": ").append(error.message);
  return {error.code, std::move(message)};
}

}  // namespace cairn
