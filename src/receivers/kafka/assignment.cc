// SPDX-License-Identifier: Apache-2.0
#include "receivers/kafka/assignment.h"

#include <algorithm>

namespace cairn::receivers::kafka {

using net::kafka::Partition;
using net::kafka::Position;

void Assignment::add(const std::vector<Partition>& partitions) {
  for (const Partition& partition : partitions) {
    auto& assigned = partitions_[partition];
    assigned = std::make_shared<AssignedPartition>();
    assigned->partition = partition;
    assigned->lag = &metrics_.lag(partition);
  }
  metrics_.partitions.set(static_cast<std::int64_t>(partitions_.size()));
}

void Assignment::remove(const std::vector<Partition>& partitions) {
  last_.reset();
  for (const Partition& partition : partitions) {
    const auto found = partitions_.find(partition);
    if (found == partitions_.end()) continue;
    found->second->revoked = true;
    found->second->lag->set(0);
    partitions_.erase(found);
  }
  metrics_.partitions.set(static_cast<std::int64_t>(partitions_.size()));
}

std::shared_ptr<AssignedPartition> Assignment::of(const net::kafka::Message& message) {
  if (last_ && last_->partition.number == message.partition &&
      last_->partition.topic == message.topic) {
    return last_;
  }
  const Partition partition{std::string(message.topic), message.partition};
  if (!partitions_.contains(partition)) add({partition});
  return last_ = partitions_.at(partition);
}

AssignedPartition* Assignment::find(const Partition& partition) const {
  const auto found = partitions_.find(partition);
  return found == partitions_.end() ? nullptr : found->second.get();
}

std::vector<Position> Assignment::begin_commit() {
  std::vector<Position> positions;
  for (const auto& [partition, assigned] : partitions_) {
    const auto next = assigned->offsets.next();
    if (assigned->committing || !next || *next <= assigned->committed) continue;
    assigned->committing = true;
    positions.push_back({partition, *next});
  }
  return positions;
}

std::vector<Position> Assignment::to_commit(const std::vector<Partition>& partitions) const {
  std::vector<Position> positions;
  for (const Partition& partition : partitions) {
    const AssignedPartition* assigned = find(partition);
    if (assigned == nullptr) continue;
    const auto next = assigned->offsets.next();
    if (next && *next > assigned->committed) positions.push_back({partition, *next});
  }
  return positions;
}

void Assignment::end_commit(const std::vector<Position>& positions, bool succeeded) {
  for (const Position& position : positions) {
    AssignedPartition* assigned = find(position.partition);
    if (assigned == nullptr) continue;
    assigned->committing = false;
    if (succeeded) assigned->committed = std::max(assigned->committed, position.offset);
  }
}

bool Assignment::idle(const std::vector<Partition>& partitions) const {
  return std::all_of(partitions.begin(), partitions.end(), [&](const Partition& partition) {
    const AssignedPartition* assigned = find(partition);
    return assigned == nullptr || assigned->offsets.idle();
  });
}

void Assignment::update_lag(const net::kafka::Consumer& consumer) {
  for (const auto& [partition, assigned] : partitions_) {
    const auto end = consumer.end_offset(partition);
    const auto next = assigned->offsets.next();
    if (end && next) assigned->lag->set(std::max<std::int64_t>(0, *end - *next));
  }
}

}  // namespace cairn::receivers::kafka
