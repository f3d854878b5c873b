// SPDX-License-Identifier: Apache-2.0
//
// The two steps that every receiver of requests shares: a body becomes a Delivery, and a Delivery
// becomes an answer once its spans are safe.
#pragma once

#include <functional>

#include "ingest/ingest.h"
#include "net/http/responder.h"

namespace cairn::receivers {

using Decode = std::function<Result<model::Rejections>(ByteView body, model::Batch& batch)>;

// Ownership: the delivery's batch pins the body. Errors: the decoder's.
Result<ingest::Delivery> decode_body(const PinnedBytes& body, const Decode& decode);

using Reply = std::function<net::Response(const Result<ingest::Outcome>& outcome)>;

// Hands the spans over and sends what `reply` makes of the outcome. Ownership: `door` outlives it.
void deliver(ingest::Ingest& ingest, ingest::Door& door, ingest::Delivery delivery,
             net::Responder responder, Reply reply);

}  // namespace cairn::receivers
