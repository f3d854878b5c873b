// SPDX-License-Identifier: Apache-2.0
//
// A TraceWriter whose store is a Kafka topic: Cairn as the collector in front of a buffer, with
// Cairn or any OTLP consumer behind it. What a message holds: exporters/kafka/message_cutter.h.
// Metrics and what happens when: docs/operations/kafka.md.
#pragma once

#include <memory>

#include "base/metrics.h"
#include "net/kafka/options.h"
#include "storage/api/trace_writer.h"

namespace cairn::exporters::kafka {

struct KafkaExporterOptions {
  net::kafka::ProducerOptions producer;
  // Messages that the brokers have not acknowledged yet; more is refused as kResourceExhausted.
  std::size_t max_queued_bytes = 64_MiB;
  Duration stop_wait = std::chrono::seconds(2);  // for what is under way
};

// Thread rule: write() from any thread; stop() by the owner.
class KafkaTraceWriter : public storage::TraceWriter {
 public:
  // Connects in the background; no broker need be there.
  // Ownership: `metrics` outlives it. Errors: kInvalidArgument, an option is wrong.
  static Result<std::unique_ptr<KafkaTraceWriter>> open(const KafkaExporterOptions& options,
                                                        MetricsRegistry& metrics);

  // Encodes inside the call. `done` runs when all replicas in sync have every message, or with
  // kUnavailable when they did not within the delivery timeout: some messages may be there then.
  // A span too large for a message is rejected, as kTooLarge.
  // The tenant is not written: a topic is one tenant's.
  void write(const model::TenantId& tenant, std::shared_ptr<const model::Batch> batch,
             storage::WriteDone done) override = 0;

  // Waits for what is under way, answers the rest with kUnavailable. Idempotent.
  virtual void stop() = 0;
};

}  // namespace cairn::exporters::kafka
