// SPDX-License-Identifier: Apache-2.0
//
// From a request's head to its handler, the same for HTTP/1.1 and HTTP/2: which route, which
// limits, which refusal; then the decoded body and the call.
#pragma once

#include <optional>
#include <stop_token>

#include "net/connection/mailbox.h"
#include "net/connection/site.h"
#include "net/http/message.h"

namespace cairn::net {

// What a request's head decided.
struct Plan {
  const Route* route = nullptr;
  std::size_t wire_limit = 0;     // body bytes as received
  std::size_t decoded_limit = 0;  // and after decompression
};

// Refused: the answer to send, without the handler, and the reason for the metric (may be empty).
struct Refusal {
  Response response;
  std::string_view reason;
};

Response plain_text(int status, std::string_view text);
Refusal refuse(int status, std::string_view text, std::string_view reason);
Refusal refuse_too_large(std::size_t limit);
Refusal refuse_busy();  // 503 with retry-after

// Splits "/path?query" or "http://host/path?query"; "*" stays. False when it is neither.
bool set_target(Request& request, std::string_view target);

// Fills the plan and the path parameters from the request's head, or refuses it: unknown path,
// wrong method, unknown content encoding, preflight, too many bytes held.
std::optional<Refusal> make_plan(const Site& site, Request& request, Plan& plan);

// Adds what every answer of the listener carries (CORS) to an answer no handler made.
void add_site_headers(const Site& site, const Headers& request_headers, Response& response);

// Decodes the body as the headers say, then calls the handler, on this thread. Refused: the handler
// was not called.
std::optional<Refusal> call_handler(const Site& site, const std::shared_ptr<Mailbox>& mailbox,
                                    RequestId id, const Plan& plan, Request request);

}  // namespace cairn::net
