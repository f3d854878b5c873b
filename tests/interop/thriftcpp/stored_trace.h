// SPDX-License-Identifier: Apache-2.0
//
// What the server answers for a trace, made comparable: a list of pictures, one a span, in the
// order of their ids (shared ones by name), nothing left out, tags in the order of their keys.
// Thread rule: any thread.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "grpcpp/server_process.h"

namespace cairn::interop {

using Json = nlohmann::json;

// Asks Jaeger's query API for the trace, unadjusted, until it has that many spans.
// Errors: after twenty seconds, what there is (null: nothing).
Json stored_trace(const ServerProcess& server, const std::string& trace_id, std::size_t spans);
// The order of stored_trace's pictures.
Json in_order(Json pictures);
Json sorted_tags(Json tags);
// {"key","type","value"}
Json tag(const std::string& key, const std::string& type, const Json& value);
// {"refType","traceID","spanID"}
Json reference(const std::string& type, const std::string& trace_id, const std::string& span_id);

// 16 lower-case digits.
std::string hex(std::uint64_t id);
// Never 0.
std::uint64_t random_id();

}  // namespace cairn::interop
