// SPDX-License-Identifier: Apache-2.0
#include "receivers/deliver/deliver.h"

namespace cairn::receivers {

Result<ingest::Delivery> decode_body(const PinnedBytes& body, const Decode& decode) {
  ingest::Delivery delivery;
  delivery.batch = std::make_shared<model::Batch>();
  ASSIGN_OR_RETURN(delivery.rejected, decode(body.view, *delivery.batch));
  delivery.batch->pin(body);
  return delivery;
}

void deliver(ingest::Ingest& ingest, ingest::Door& door, ingest::Delivery delivery,
             net::Responder responder, Reply reply) {
  // std::function wants a copyable callable; the Responder is not.
  auto shared = std::make_shared<net::Responder>(std::move(responder));
  ingest.accept(door, std::move(delivery),
                [shared, reply = std::move(reply)](const Result<ingest::Outcome>& outcome) {
                  shared->send(reply(outcome));
                });
}

}  // namespace cairn::receivers
