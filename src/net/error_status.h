// SPDX-License-Identifier: Apache-2.0
//
// The one place where an Error meets the status numbers of protocols.
// Source: google.rpc.Code; OTLP specification, "OTLP/HTTP Response" and "Throttling".
#pragma once

#include "base/result.h"

namespace cairn::net {

// 3 for kInvalidArgument … 14 for kUnavailable.
int grpc_status(ErrorCode code);

// 400, 404, 429, 503, 500, 501, 504, 403.
int http_status(ErrorCode code);

// Whether the same request may succeed later: kResourceExhausted and kUnavailable.
bool is_retryable(ErrorCode code);

// What a client is told to wait before it tries again: long enough for a group commit or a sealed
// head to make room, short enough not to grow queues.
inline constexpr int kRetryAfterSeconds = 1;

// The HTTP status of an answer that a gRPC status stands behind, as OTLP/HTTP receivers map it.
int http_status_of_grpc(int grpc_status);

}  // namespace cairn::net
