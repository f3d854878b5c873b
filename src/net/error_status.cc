// SPDX-License-Identifier: Apache-2.0
#include "net/error_status.h"

namespace cairn::net {

int grpc_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 3;
    case ErrorCode::kNotFound:
      return 5;
    case ErrorCode::kResourceExhausted:
      return 8;
    case ErrorCode::kUnavailable:
      return 14;
    case ErrorCode::kCorruption:
      return 15;
    case ErrorCode::kUnimplemented:
      return 12;
    case ErrorCode::kDeadlineExceeded:
      return 4;
    case ErrorCode::kPermissionDenied:
      return 7;
    case ErrorCode::kInternal:
      return 13;
  }
  return 2;
}

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kResourceExhausted:
      return 429;
    case ErrorCode::kUnavailable:
      return 503;
    case ErrorCode::kCorruption:
      return 500;
    case ErrorCode::kUnimplemented:
      return 501;
    case ErrorCode::kDeadlineExceeded:
      return 504;
    case ErrorCode::kPermissionDenied:
      return 403;
    case ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

bool is_retryable(ErrorCode code) {
  return code == ErrorCode::kResourceExhausted || code == ErrorCode::kUnavailable;
}

int http_status_of_grpc(int grpc_status) {
  switch (grpc_status) {
    case 0:
      return 200;
    case 1:   // CANCELLED
    case 4:   // DEADLINE_EXCEEDED
    case 10:  // ABORTED
    case 11:  // OUT_OF_RANGE
    case 14:  // UNAVAILABLE
    case 15:
      return 503;  // DATA_LOSS
    case 8:
      return 429;  // RESOURCE_EXHAUSTED
    case 3:
      return 400;  // INVALID_ARGUMENT
    case 16:
      return 401;  // UNAUTHENTICATED
    case 7:
      return 403;  // PERMISSION_DENIED
    case 12:
      return 404;  // UNIMPLEMENTED
    default:
      return 500;
  }
}

}  // namespace cairn::net
