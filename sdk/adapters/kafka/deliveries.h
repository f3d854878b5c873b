// SPDX-License-Identifier: Apache-2.0
//
// Deliveries: the spans of records that librdkafka has and has not delivered yet.
//
// librdkafka calls an interceptor with a message as it takes it, on the thread that writes it, and
// another one with the same message when it is done with it, on a thread of its own. In between the
// span lies here, under the message's address.
// Thread rule: any thread.
#pragma once

#include <array>
#include <mutex>
#include <unordered_map>

#include <cairn/trace/span.h>
#include <librdkafka/rdkafka.h>

namespace cairn::trace::kafka_adapter {

// Holds at most as many spans as librdkafka holds messages (queue.buffering.max.messages).
class Deliveries {
 public:
  // Of the process. Never destroyed: librdkafka's threads may outlive static objects.
  static Deliveries& instance();

  void add(const rd_kafka_t* producer, const rd_kafka_message_t* message, Span span);
  // Ends the span of `message`, if it has one.
  void finish(const rd_kafka_message_t& message);
  // Ends what is left of a producer that goes.
  void abandon(const rd_kafka_t* producer);

 private:
  static constexpr std::size_t kShards = 16;
  struct Entry {
    const rd_kafka_t* producer = nullptr;
    Span span;
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<const rd_kafka_message_t*, Entry> entries;
  };
  Shard& shard_of(const rd_kafka_message_t* message) noexcept;

  std::array<Shard, kShards> shards_;
};

// Offers `span`, if it records, to the interceptor of the record this thread writes while it lives.
class OfferedSpan {
 public:
  explicit OfferedSpan(Span& span) noexcept;
  ~OfferedSpan();
  OfferedSpan(const OfferedSpan&) = delete;
  OfferedSpan& operator=(const OfferedSpan&) = delete;

  // Whether nobody here has to end it: it was taken, and ends at delivery.
  bool taken() const noexcept;
};

}  // namespace cairn::trace::kafka_adapter
