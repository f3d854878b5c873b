// SPDX-License-Identifier: Apache-2.0
//
// The few things a receiver says in an answer's body, in protobuf and in JSON.
//
// Pure. Bytes come from a peer: malformed ones read as if nothing had been said, nothing recurses,
// and no text is longer than its source.
// Source: OTLP specification, "Partial Success", "Failures"; google.rpc Status and RetryInfo.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cairn::trace::transport {

struct PartialSuccess {
  std::uint64_t rejected = 0;
  std::string message;
};

// ExportTraceServiceResponse. A negative count is 0.
PartialSuccess read_partial_success(std::string_view message);
PartialSuccess read_partial_success_json(std::string_view json);

// google.rpc.Status.message.
std::string read_status_message(std::string_view message);
std::string read_status_message_json(std::string_view json);

// The retry_delay of the RetryInfo among the details of a google.rpc.Status; 0 when it is there
// without one, none when it is not there.
std::optional<std::chrono::nanoseconds> read_retry_delay(std::string_view status);

}  // namespace cairn::trace::transport
