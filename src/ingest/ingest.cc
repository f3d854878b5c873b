// SPDX-License-Identifier: Apache-2.0
#include "ingest/ingest.h"

#include "ingest/limits.h"
#include "ingest/trace_id_sampling.h"

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
  std::atomic<Counter*>& known = failed_[static_cast<std::size_t>(code)];
  // What another thread made is seen whole.
  Counter* counter = known.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &metrics_.counter("cairn_ingest_requests_failed_total",
                                "Requests of which nothing was stored.",
                                {{"format", source_.format},
                                 {"transport", source_.transport},
                                 {"code", std::string(to_text(code))}});
    known.store(counter, std::memory_order_release);
  }
  counter->add();
}

void Door::count_sampled_out(std::uint64_t spans) {
  if (spans == 0) return;
  metrics_
      .counter("cairn_ingest_spans_sampled_out_total",
               "Spans left out by ingest.sampling.probability.",
               {{"format", source_.format}, {"transport", source_.transport}})
      .add(spans);
}

void Door::count_changes(const Changes& changes) {
  const auto count = [&](std::string_view action, std::uint64_t attributes) {
    if (attributes == 0) return;
    metrics_
        .counter("cairn_ingest_attributes_changed_total",
                 "Attributes that ingest.processors changed or ingest.max_value_bytes cut.",
                 {{"format", source_.format},
                  {"transport", source_.transport},
                  {"action", std::string(action)}})
        .add(attributes);
  };
  for (std::size_t i = 0; i < changes.by_action.size(); ++i) {
    count(to_text(static_cast<ProcessorRule::Action>(i)), changes.by_action[i]);
  }
  count("truncate", changes.truncated);
}

Ingest::Ingest(IngestOptions options, storage::TraceWriter& writer, const Clock& clock,
               BatchObserver* observer)
    : options_(std::move(options)),
      writer_(writer),
      rates_(options_.rates, clock),
      processors_(options_.processors),
      observer_(observer) {
}

void Ingest::accept(Door& door, Delivery delivery, Done done) {
  model::Rejections rejected = delivery.rejected;
  model::Batch& batch = *delivery.batch;
  const LimitsByResource limits(
      {options_.max_attributes_per_span, options_.max_value_bytes, options_.max_trace_spans},
      options_.rates.tenants, options_.rates.services, delivery.tenant, batch);
  rejected.add(enforce_limits(options_, limits, batch));
  door.count_sampled_out(sample_by_trace_id(options_.sampling_probability, batch));
  rejected.add(rates_.enforce(delivery.tenant, batch));
  rejected.add(trace_sizes_.enforce(delivery.tenant, limits, batch));
  door.count_changes(processors_.apply(limits, batch));
  if (batch.empty()) {
    door.count_rejected(rejected);
    done(Outcome{0, rejected});
    return;
  }
  if (observer_ != nullptr) observer_->observe(delivery.tenant, batch);
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
