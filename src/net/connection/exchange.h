// SPDX-License-Identifier: Apache-2.0
//
// A Responder's way back to its connection: what finishes an answer (headers, compression) happens
// on the answering thread, what sends it on the connection's.
#pragma once

#include <memory>

#include "base/deadline.h"
#include "net/connection/byte_budget.h"
#include "net/connection/mailbox.h"
#include "net/http/responder.h"

namespace cairn::net {

class Site;

struct ExchangeOptions {
  RequestId id = 0;
  bool grpc = false;
  bool compress = false;  // HTTP: the client accepts gzip
  Headers extra_headers;  // HTTP: added to every answer (CORS)
  std::size_t stream_buffer_bytes = 0;
  // A streamed answer ends at this time; max() for a gRPC call whose client gave no deadline.
  std::chrono::steady_clock::time_point stream_until = std::chrono::steady_clock::time_point::max();
};

// Thread rule: as Responder.
Responder make_responder(std::shared_ptr<Mailbox> mailbox, std::shared_ptr<ByteBudget> budget,
                         ExchangeOptions options);

}  // namespace cairn::net
