// SPDX-License-Identifier: Apache-2.0
//
// The words of gRPC over HTTP/2: content type, timeout, status trailers.
// Source: gRPC over HTTP/2, "Requests" and "Responses"; google.rpc.Status, google.rpc.RetryInfo.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace cairn::net {

// gRPC status numbers used here without an Error behind them.
inline constexpr int kGrpcOk = 0;
inline constexpr int kGrpcCancelled = 1;
inline constexpr int kGrpcDeadlineExceeded = 4;
inline constexpr int kGrpcResourceExhausted = 8;
inline constexpr int kGrpcUnimplemented = 12;
inline constexpr int kGrpcInternal = 13;

// True for application/grpc, application/grpc+proto and either with parameters; not for grpc-web.
bool is_grpc_content_type(std::string_view content_type);

// "100m" → 100 ms. Units H M S m u n; at most 8 digits. Nullopt when malformed.
std::optional<Duration> parse_grpc_timeout(std::string_view text);

// How a call ended.
struct GrpcStatus {
  int code = kGrpcOk;
  std::string message;
  std::string details;  // a serialised google.rpc.Status; empty for none

  static GrpcStatus of(const Error& error, std::string details = {});
};

// RESOURCE_EXHAUSTED that tells the client when to come back, so that it does.
GrpcStatus exhausted_retry_later(std::string message, std::chrono::seconds after);

// grpc-status, grpc-message (percent-encoded, unless empty), grpc-status-details-bin.
std::vector<std::pair<std::string, std::string>> to_trailers(const GrpcStatus& status);

}  // namespace cairn::net
