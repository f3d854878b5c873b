// SPDX-License-Identifier: Apache-2.0
//
// From the I/O thread that received a request to a query thread that may block.
#pragma once

#include <functional>

#include "base/worker_pool.h"
#include "net/http/responder.h"

namespace cairn::api::request {

// Answers the request; runs on a query thread.
using Work = std::function<void(const net::Request& request, net::Responder responder)>;
// Answers with an Error in the API's own form; may run on the I/O thread.
using Refuse = std::function<void(net::Responder responder, const Error& error)>;

// Runs `work` on the pool. Refuses with kUnavailable when its queue is full, and with
// kDeadlineExceeded when the request waited there too long to be worth any work.
// Ownership: what the functions refer to lives as long as the pool runs.
net::Handler on_query_thread(WorkerPool& pool, Work work, Refuse refuse);

}  // namespace cairn::api::request
