// SPDX-License-Identifier: Apache-2.0
#include "receivers/kafka/shipments.h"

#include <algorithm>

#include <fmt/format.h>

namespace cairn::receivers::kafka {
namespace {

bool asks_to_retry(const Error& error) {
  return error.code == ErrorCode::kResourceExhausted || error.code == ErrorCode::kUnavailable;
}

}  // namespace

Shipments::Shipments(const KafkaReceiverOptions& options, ingest::Ingest& ingest,
                     MetricsRegistry& registry, ReceiverMetrics& metrics)
    : options_(options),
      ingest_(ingest),
      metrics_(metrics),
      answers_(std::make_shared<Answers>(
          ingest::Source{std::string(to_text(options.encoding)), "kafka"}, registry)) {
}

void Shipments::ship(Shipment shipment, Time now) {
  drop_revoked(shipment);
  model::Rejections rejected;
  auto batch = decode_items(shipment, rejected);
  if (shipment.items.empty()) return end(shipment);
  charge(shipment, shipment.message_bytes + batch->memory_bytes());
  shipment.sent = now;
  shipment.was_sent = true;
  const std::uint64_t id = next_id_++;
  at_store_.emplace(id, std::move(shipment));
  ingest_.accept(answers_->door, {{}, std::move(batch), rejected},
                 [answers = answers_, id](Result<ingest::Outcome> outcome) {
                   answers->add(id, std::move(outcome));
                 });
}

// Leaves in the shipment what could be read.
std::shared_ptr<model::Batch> Shipments::decode_items(Shipment& shipment,
                                                      model::Rejections& rejected) {
  auto batch = std::make_shared<model::Batch>();
  std::erase_if(shipment.items, [&](const Shipment::Item& item) {
    if (item.message.empty()) {  // a tombstone of a compacted topic
      skip(item, "empty", "the message is empty");
      return true;
    }
    const auto decoded = decode(options_.encoding, item.message, *batch);
    if (!decoded) {
      skip(item, "undecodable", decoded.error().message);
      return true;
    }
    rejected.add(*decoded);
    return false;
  });
  return batch;
}

void Shipments::skip(const Shipment::Item& item, const char* reason, const std::string& why) {
  metrics_.skipped(reason).add();
  log_.warn(reason, "kafka: message skipped",
            fmt::format("{} {}:{} at {}: {}", reason, item.partition->partition.topic,
                        item.partition->partition.number, item.offset, why));
  item.partition->offsets.finish(item.ticket);
}

void Shipments::charge(Shipment& shipment, std::size_t bytes) {
  bytes_ += bytes - shipment.charged_bytes;
  shipment.charged_bytes = bytes;
  if (!shipment.was_sent) messages_ += shipment.items.size();
  metrics_.in_flight_messages.set(static_cast<std::int64_t>(messages_));
  metrics_.in_flight_bytes.set(static_cast<std::int64_t>(bytes_));
}

// Another member reads those: the store would only see them twice.
void Shipments::drop_revoked(Shipment& shipment) {
  const std::size_t dropped = std::erase_if(
      shipment.items, [](const Shipment::Item& item) { return item.partition->revoked; });
  if (shipment.was_sent) messages_ -= dropped;
}

// Gives back what it was charged; its items are dealt with or dropped.
void Shipments::end(Shipment& shipment) {
  bytes_ -= shipment.charged_bytes;
  if (shipment.was_sent) messages_ -= shipment.items.size();
  metrics_.in_flight_messages.set(static_cast<std::int64_t>(messages_));
  metrics_.in_flight_bytes.set(static_cast<std::int64_t>(bytes_));
}

void Shipments::settle(Time now) {
  for (Answers::Answer& answer : answers_->take()) {
    auto node = at_store_.extract(answer.shipment);
    Shipment& shipment = node.mapped();
    if (answer.outcome) {
      backoff_ = Duration(0);
      retry_at_ = now;
      for (const auto& item : shipment.items) item.partition->offsets.finish(item.ticket);
      end(shipment);
    } else if (asks_to_retry(answer.outcome.error())) {
      log_.warn("later", "kafka: the store refuses for now", answer.outcome.error().message);
      refuse_for_now(std::move(shipment), now);
    } else {
      refuse_for_good(std::move(shipment), answer.outcome.error());
    }
  }
}

void Shipments::refuse_for_now(Shipment shipment, Time now) {
  metrics_.refusals.add();
  // Several were on their way when the store began to refuse: that is one refusal.
  if (shipment.sent >= last_refusal_) {
    backoff_ = std::clamp(2 * backoff_, options_.retry_min, options_.retry_max);
    last_refusal_ = now;
    retry_at_ = now + backoff_;
  }
  waiting_.push_back(std::move(shipment));
}

// One message may have spoiled it for all: each is tried on its own, and only then given up.
void Shipments::refuse_for_good(Shipment shipment, const Error& error) {
  if (shipment.items.size() == 1) {
    skip(shipment.items[0], "refused", error.message);
    return end(shipment);
  }
  end(shipment);
  for (Shipment::Item& item : shipment.items) {
    Shipment single;
    single.message_bytes = item.message.size();
    single.items.push_back(std::move(item));
    charge(single, single.message_bytes);
    single.was_sent = true;
    waiting_.push_back(std::move(single));
  }
}

void Shipments::resend(Time now) {
  if (waiting_.empty() || now < retry_at_) return;
  const bool probing = backoff_ > Duration(0);
  if (probing && !at_store_.empty()) return;
  std::size_t count = probing ? 1 : waiting_.size();
  for (; count > 0; --count) {
    Shipment shipment = std::move(waiting_.front());
    waiting_.pop_front();
    ship(std::move(shipment), now);
  }
}

void Shipments::wait(Time deadline) {
  if (!waiting_.empty() && at_store_.empty()) deadline = std::min(deadline, retry_at_);
  answers_->wait_until(deadline);
}

bool Shipments::has_room() const {
  // A store that refused and has nothing left to try is tried with what comes next.
  const bool takes = backoff_ == Duration(0) || at_store_.empty();
  return waiting_.empty() && takes && messages_ < options_.max_in_flight_messages &&
         bytes_ < options_.max_in_flight_bytes;
}

}  // namespace cairn::receivers::kafka
