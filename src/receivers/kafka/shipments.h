// SPDX-License-Identifier: Apache-2.0
//
// Messages on their way to the store, in shipments: one call of Ingest::accept each. Decodes, hands
// over, sends again what the store refused for now, and tells each message's partition when it is
// dealt with.
//
//   ship() ──► at the store ──answer ok──► dealt with
//                  ▲   └──"later"──► waiting ──┐   refused for good: message by message, then
//                  skipped └───────resend()────────────┘
//
// A retry decodes again: ingest may have changed the batch, and the store may hold it.
// Thread rule: the receiver's thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "net/kafka/log_throttle.h"
#include "receivers/kafka/answers.h"
#include "receivers/kafka/assignment.h"
#include "receivers/kafka/kafka_receiver.h"

namespace cairn::receivers::kafka {

struct Shipment {
  struct Item {
    std::shared_ptr<AssignedPartition> partition;
    std::uint64_t ticket = 0;  // of partition->offsets
    std::int64_t offset = 0;
    PinnedBytes message;
  };

  std::vector<Item> items;
  std::size_t message_bytes = 0;
  std::size_t charged_bytes = 0;  // of the limit in flight
  std::chrono::steady_clock::time_point sent{};
  bool was_sent = false;
};

class Shipments {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Shipments(const KafkaReceiverOptions& options, ingest::Ingest& ingest, MetricsRegistry& registry,
            ReceiverMetrics& metrics);

  // Empty shipments vanish.
  void ship(Shipment shipment, Time now);
  // Deals with the answers that have come.
  void settle(Time now);
  // Sends what waits, when it is time: one as a probe while the store refuses, all once it takes.
  void resend(Time now);

  // Waits for an answer or for the time to resend, at most until `deadline`.
  void wait(Time deadline);

  // Whether more may be read from the topics.
  bool has_room() const;
  bool is_any_at_store() const { return !at_store_.empty(); }

 private:
  void skip(const Shipment::Item& item, const char* reason, const std::string& why);
  std::shared_ptr<model::Batch> decode_items(Shipment& shipment, model::Rejections& rejected);
  void charge(Shipment& shipment, std::size_t bytes);
  void drop_revoked(Shipment& shipment);
  void end(Shipment& shipment);
  void refuse_for_now(Shipment shipment, Time now);
  void refuse_for_good(Shipment shipment, const Error& error);

  const KafkaReceiverOptions& options_;
  ingest::Ingest& ingest_;
  ReceiverMetrics& metrics_;
  net::kafka::LogThrottle log_;
  std::shared_ptr<Answers> answers_;
  std::map<std::uint64_t, Shipment> at_store_;
  std::deque<Shipment> waiting_;
  std::uint64_t next_id_ = 0;
  std::size_t messages_ = 0;  // in flight: at the store and waiting
  std::size_t bytes_ = 0;
  Duration backoff_{0};  // 0 while the store takes what it is given
  Time retry_at_{};
  Time last_refusal_{};
};

}  // namespace cairn::receivers::kafka
