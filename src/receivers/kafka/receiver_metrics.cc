// SPDX-License-Identifier: Apache-2.0
#include "receivers/kafka/receiver_metrics.h"

namespace cairn::receivers::kafka {
namespace {

constexpr std::string_view kCommits = "cairn_kafka_consumer_commits_total";
constexpr std::string_view kCommitsHelp = "Commits of offsets, by outcome.";

}  // namespace

ReceiverMetrics::ReceiverMetrics(MetricsRegistry& registry)
    : registry_(registry),
      messages(registry.counter("cairn_kafka_consumer_messages_total", "Messages read.")),
      bytes(registry.counter("cairn_kafka_consumer_bytes_total", "Bytes of messages read.")),
      refusals(registry.counter("cairn_kafka_consumer_store_refusals_total",
                                "Batches that the store asked to be sent again later.")),
      commits(registry.counter(kCommits, kCommitsHelp, {{"outcome", "ok"}})),
      failed_commits(registry.counter(kCommits, kCommitsHelp, {{"outcome", "failed"}})),
      rebalances(registry.counter("cairn_kafka_consumer_rebalances_total",
                                  "Times that the group gave or took partitions.")),
      connected(registry.gauge("cairn_kafka_consumer_connected",
                               "1 when a broker is connected, 0 when none is.")),
      partitions(registry.gauge("cairn_kafka_consumer_partitions",
                                "Partitions that the group has given to this member.")),
      in_flight_messages(registry.gauge("cairn_kafka_consumer_in_flight_messages",
                                        "Messages read that the store has not answered yet.")),
      in_flight_bytes(registry.gauge("cairn_kafka_consumer_in_flight_bytes",
                                     "Memory of those messages and their spans.")) {
  for (const char* reason : {"undecodable", "empty", "refused"}) skipped(reason);
}

Counter& ReceiverMetrics::skipped(std::string_view reason) {
  return registry_.counter("cairn_kafka_consumer_messages_skipped_total",
                           "Messages passed over, by reason.", {{"reason", std::string(reason)}});
}

Gauge& ReceiverMetrics::lag(const net::kafka::Partition& partition) {
  return registry_.gauge(
      "cairn_kafka_consumer_lag_messages", "Messages that the store has not acknowledged yet.",
      {{"topic", partition.topic}, {"partition", std::to_string(partition.number)}});
}

}  // namespace cairn::receivers::kafka
