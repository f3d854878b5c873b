// SPDX-License-Identifier: Apache-2.0
//
// A member of a consumer group. It never commits on its own: what was dealt with is told to it.
// Rebalancing is eager or cooperative, as librdkafka's `partition.assignment.strategy` says.
// Source: librdkafka 2.0, wrapped here.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "net/kafka/options.h"

namespace cairn::net::kafka {

struct Partition {
  std::string topic;
  std::int32_t number = 0;

  auto operator<=>(const Partition&) const = default;
};

// The offset to read next, which is also what a commit names.
struct Position {
  Partition partition;
  std::int64_t offset = 0;
};

struct Message {
  std::string_view topic;  // valid until the consumer ends
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  PinnedBytes value;  // a copy: librdkafka's own would hold a whole fetch of many messages
};

// Told inside poll() and close(), on the thread that called them.
class GroupListener {
 public:
  virtual ~GroupListener() = default;

  virtual void assigned(const std::vector<Partition>& partitions) = 0;
  // They still may be committed, unless they were lost: another member has them then.
  virtual void revoked(const std::vector<Partition>& partitions, bool lost) = 0;
  // What became of a commit_async().
  virtual void committed(const std::vector<Position>& positions, const Result<void>& outcome) = 0;
};

// Thread rule: one thread uses it; connected() may be asked from any.
class Consumer {
 public:
  // Joins the group in the background; no broker need be there.
  // Ownership: `listener` outlives the consumer. Errors: kInvalidArgument, an option is wrong.
  static Result<std::unique_ptr<Consumer>> open(const ConsumerOptions& options,
                                                GroupListener& listener);
  // As close(0) when close() was not called.
  virtual ~Consumer() = default;

  // The next message, waiting for it at most that long. Must be called at least every five minutes
  // (`max.poll.interval.ms`), or the group takes the partitions away.
  virtual std::optional<Message> poll(Duration timeout) = 0;

  // No more messages from any partition until resume(), those read ahead included; poll() goes on
  // to keep the membership.
  virtual void pause() = 0;
  virtual void resume() = 0;

  virtual void commit_async(const std::vector<Position>& positions) = 0;
  // Waits at most that long: kDeadlineExceeded. Other errors: kUnavailable.
  virtual Result<void> commit(const std::vector<Position>& positions, Duration timeout) = 0;

  // The end of a partition as last heard of; nothing before the first fetch.
  virtual std::optional<std::int64_t> end_offset(const Partition& partition) const = 0;
  virtual bool connected() const = 0;

  // Leaves the group, waiting at most that long. Idempotent.
  virtual void close(Duration timeout) = 0;
};

}  // namespace cairn::net::kafka
