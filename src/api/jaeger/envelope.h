// SPDX-License-Identifier: Apache-2.0
//
// The frame around everything that Jaeger's query API says:
//   {"data":…,"total":0,"limit":0,"offset":0,"errors":null}
// Source: Jaeger, structuredResponse and structuredError of its query HTTP handler.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"
#include "net/http/responder.h"

namespace cairn::api::jaeger {

// One entry of `errors`. `code` and `trace_id` are left out when absent.
struct EnvelopeError {
  std::optional<int> code;
  std::string message;
  std::optional<model::TraceId> trace_id;
};

inline constexpr std::string_view kEnvelopeHead = R"({"data":)";
// Appends what follows the data.
void append_envelope_tail(std::string& out, std::size_t total,
                          const std::vector<EnvelopeError>& errors);

// The answer to a request that failed: its HTTP status, and the envelope without data, as upstream
// served as text/plain with a trailing newline.
net::Response failure(const Error& error);

// What upstream's router says of a path that it does not know.
net::Response page_not_found();

}  // namespace cairn::api::jaeger
