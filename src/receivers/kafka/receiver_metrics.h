// SPDX-License-Identifier: Apache-2.0
//
// The Kafka receiver's own metrics; what became of the spans is counted by its ingest::Door.
#pragma once

#include <string>
#include <string_view>

#include "base/metrics.h"
#include "net/kafka/consumer.h"

namespace cairn::receivers::kafka {

// Thread rule: as the metrics; the methods that name labels by one thread.
class ReceiverMetrics {
 public:
  explicit ReceiverMetrics(MetricsRegistry& registry);

  Counter& skipped(std::string_view reason);
  // Messages after the last one dealt with. 0 also when the partition is not ours.
  Gauge& lag(const net::kafka::Partition& partition);

 private:
  MetricsRegistry& registry_;

 public:
  Counter& messages;
  Counter& bytes;
  Counter& refusals;
  Counter& commits;
  Counter& failed_commits;
  Counter& rebalances;
  Gauge& connected;
  Gauge& partitions;
  Gauge& in_flight_messages;
  Gauge& in_flight_bytes;
};

}  // namespace cairn::receivers::kafka
