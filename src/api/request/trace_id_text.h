// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/ids.h"

namespace cairn::api::request {

// A trace id as people and tools paste it: 1 to 32 hex digits of either case, or the base64
// (standard or URL alphabet, padded or not) of 16 or 8 bytes, as OTLP/JSON that went through
// protobuf shows it. What is both, is hex. Errors: kInvalidArgument, also for zeros.
Result<model::TraceId> parse_trace_id(std::string_view text);

}  // namespace cairn::api::request
