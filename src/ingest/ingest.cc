// SPDX-License-Identifier: Apache-2.0
#include "ingest/ingest.h"

#include "ingest/limits.h"

namespace cairn::ingest {

Door::Door(const Source& source, MetricsRegistry& metrics)
    : source_(source),
      metrics_(metrics),
      accepted_(metrics.counter("cairn_ingest_spans_accepted_total", "Spans stored.",
                                {{"format", source.format}, {"transport", source.transport}})) {
  for (std::size_t i = 0; i < rejected_.size(); ++i) {
    const auto reason = model::to_text(static_cast<model::RejectionReason>(i));
    rejected_[i] = &metrics.counter("cairn_ingest_spans_rejected_total",
                                    "Spans not stored while others of their request were.",
                                    {{"format", source.format},
                                     {"transport", source.transport},
                                     {"reason", std::string(reason)}});
  }
}

void Door::count_rejected(const model::Rejections& rejections) {
  for (std::size_t i = 0; i < rejected_.size(); ++i) {
    if (rejections.counts[i] != 0) rejected_[i]->add(rejections.counts[i]);
  }
}

void Door::count_failed(ErrorCode code) {
  metrics_
      .counter("cairn_ingest_requests_failed_total", "Requests of which nothing was stored.",
               {{"format", source_.format},
                {"transport", source_.transport},
                {"code", std::string(to_text(code))}})
      .add();
}

void Ingest::accept(Door& door, Delivery delivery, Done done) {
  model::Rejections rejected = delivery.rejected;
  rejected.add(enforce_limits(options_, *delivery.batch));
  if (delivery.batch->empty()) {
    door.count_rejected(rejected);
    done(Outcome{0, rejected});
    return;
  }
  writer_.write(delivery.tenant, std::move(delivery.batch),
                [&door, rejected, done = std::move(done)](Result<Outcome> outcome) {
                  if (!outcome) {
                    door.count_failed(outcome.error().code);
                    done(std::move(outcome));
                    return;
                  }
                  outcome->rejected.add(rejected);
                  door.count_accepted(outcome->accepted);
                  door.count_rejected(outcome->rejected);
                  done(std::move(outcome));
                });
}

}  // namespace cairn::ingest
