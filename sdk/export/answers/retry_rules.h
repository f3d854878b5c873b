// SPDX-License-Identifier: Apache-2.0
//
// Retry rules: what an answer means for the batch it answers. Pure.
//
// The waiting between attempts is the recorder's; a wait that a receiver asks for is cut to an
// hour. Source: OTLP specification, "Failures", "Throttling", "Partial Success" of both transports;
// gRPC, "Status codes", "HTTP to gRPC Status Code Mapping".
#pragma once

#include <chrono>

#include "sdk/export/http/http_client.h"

namespace cairn::trace::transport {

inline constexpr std::chrono::hours kLongestRetryAfter{1};

// No answer, 429, 502, 503, 504: again. 2xx: sent, but for what a partial success rejects. All
// else, answers larger than allowed included, has failed.
ExportResult judge_otlp_http(const HttpAnswer& answer);
// By grpc-status, or by the HTTP status of an answer without one. RESOURCE_EXHAUSTED is tried again
// only when the server says when (RetryInfo).
ExportResult judge_otlp_grpc(const HttpAnswer& answer);
// As judge_otlp_http, for receivers whose 2xx says all.
ExportResult judge_plain_http(const HttpAnswer& answer);

}  // namespace cairn::trace::transport
