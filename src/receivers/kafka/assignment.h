// SPDX-License-Identifier: Apache-2.0
//
// The partitions that the group has given us: what of each is dealt with and what is committed.
// Thread rule: one thread.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "net/kafka/consumer.h"
#include "receivers/kafka/offset_tracker.h"
#include "receivers/kafka/receiver_metrics.h"

namespace cairn::receivers::kafka {

// Outlives its assignment while messages of it are under way; finishing those then means nothing.
struct AssignedPartition {
  net::kafka::Partition partition;
  OffsetTracker offsets;
  std::int64_t committed = -1;  // the brokers know this
  bool committing = false;
  bool revoked = false;
  Gauge* lag = nullptr;
};

class Assignment {
 public:
  explicit Assignment(ReceiverMetrics& metrics) : metrics_(metrics) {}

  void add(const std::vector<net::kafka::Partition>& partitions);
  void remove(const std::vector<net::kafka::Partition>& partitions);

  // The partition of a message; never null: one that was not announced is added.
  std::shared_ptr<AssignedPartition> of(const net::kafka::Message& message);

  // What is dealt with and not committed, being committed now excepted; marks it as such.
  std::vector<net::kafka::Position> begin_commit();
  // The same of some partitions, those being committed included.
  std::vector<net::kafka::Position> to_commit(
      const std::vector<net::kafka::Partition>& partitions) const;
  void end_commit(const std::vector<net::kafka::Position>& positions, bool succeeded);

  // Whether nothing of these is under way.
  bool idle(const std::vector<net::kafka::Partition>& partitions) const;
  void update_lag(const net::kafka::Consumer& consumer);

 private:
  AssignedPartition* find(const net::kafka::Partition& partition) const;

  ReceiverMetrics& metrics_;
  std::map<net::kafka::Partition, std::shared_ptr<AssignedPartition>> partitions_;
  std::shared_ptr<AssignedPartition> last_;  // messages come in runs of a partition
};

}  // namespace cairn::receivers::kafka
