// SPDX-License-Identifier: Apache-2.0
//
// The Kafka door: spans from topics, at least once. An offset is committed when the store has
// acknowledged everything before it; what cannot be read is counted and passed over.
// Metrics, limits and what happens when: docs/operations/kafka.md.
#pragma once

#include <memory>

#include "ingest/ingest.h"
#include "net/kafka/options.h"
#include "receivers/kafka/encoding.h"

namespace cairn::receivers::kafka {

struct KafkaReceiverOptions {
  net::kafka::ConsumerOptions consumer;
  Encoding encoding = Encoding::kJaegerProto;

  // What may be on its way to the store; beyond it the topics wait. Bytes are the messages' and the
  // decoded spans' together.
  std::size_t max_in_flight_messages = 20'000;
  std::size_t max_in_flight_bytes = 64_MiB;
  // What is handed to the store in one piece; less when no more is there.
  std::size_t max_batch_messages = 1'000;
  std::size_t max_batch_bytes = 1_MiB;

  // Between two tries when the store refuses; doubles each time.
  Duration retry_min = std::chrono::milliseconds(100);
  Duration retry_max = std::chrono::seconds(5);
  Duration commit_interval = std::chrono::seconds(1);
  // How long a partition that goes to another member waits for what is at the store.
  Duration revoke_wait = std::chrono::seconds(3);
  // How long the stop waits for the store, and then for the brokers.
  Duration stop_wait = std::chrono::seconds(2);
};

// Thread rule: start and stop by the owner; the work is on one thread of its own.
class KafkaReceiver {
 public:
  // Starts consuming in the background; no broker need be there.
  // Ownership: `ingest` and `metrics` outlive it. Errors: kInvalidArgument, an option is wrong.
  static Result<std::unique_ptr<KafkaReceiver>> start(const KafkaReceiverOptions& options,
                                                      ingest::Ingest& ingest,
                                                      MetricsRegistry& metrics);
  // As stop().
  virtual ~KafkaReceiver() = default;

  // Commits what was acknowledged and leaves the group. Takes at most twice `stop_wait`, and a
  // session timeout more when brokers vanish in the middle of a commit. Idempotent. Answers of the
  // store that come later go nowhere, safely.
  virtual void stop() = 0;
};

}  // namespace cairn::receivers::kafka
