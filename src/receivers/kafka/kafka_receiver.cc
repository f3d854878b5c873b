// SPDX-License-Identifier: Apache-2.0
#include "receivers/kafka/kafka_receiver.h"

#include <optional>
#include <thread>

#include "base/thread.h"
#include "net/kafka/consumer.h"
#include "receivers/kafka/assignment.h"
#include "receivers/kafka/shipments.h"

namespace cairn::receivers::kafka {
namespace {

using namespace std::chrono_literals;
using net::kafka::Partition;
using net::kafka::Position;
using std::chrono::steady_clock;

// How long one round of the loop waits when there is nothing to do.
constexpr Duration kRound = 50ms;
// A full pipeline is not paused at once: pausing throws away what was read ahead.
constexpr Duration kPauseAfter = 1s;

class Intake final : public KafkaReceiver, private net::kafka::GroupListener {
 public:
  Intake(const KafkaReceiverOptions& options, ingest::Ingest& ingest, MetricsRegistry& registry)
      : options_(options),
        metrics_(registry),
        assignment_(metrics_),
        shipments_(options_, ingest, registry, metrics_) {}
  ~Intake() override { stop(); }

  Result<void> start() {
    ASSIGN_OR_RETURN(consumer_, net::kafka::Consumer::open(options_.consumer, *this));
    thread_ = start_thread("kafka/consumer", [this](const std::stop_token& stop) { run(stop); });
    return {};
  }

  void stop() override {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
  }

 private:
  void run(const std::stop_token& stop);
  void read();
  void hold(steady_clock::time_point now);
  void gather(net::kafka::Message message);
  bool is_full() const;
  void ship_gathered();
  void keep_house(steady_clock::time_point now);
  void finish();

  void assigned(const std::vector<Partition>& partitions) override;
  void revoked(const std::vector<Partition>& partitions, bool lost) override;
  void committed(const std::vector<Position>& positions, const Result<void>& outcome) override;
  void wait_for_store(const std::vector<Partition>& partitions);
  void commit_last(const std::vector<Partition>& partitions);

  const KafkaReceiverOptions options_;
  ReceiverMetrics metrics_;
  Assignment assignment_;
  Shipments shipments_;
  Shipment gathered_;
  std::optional<steady_clock::time_point> held_since_;
  steady_clock::time_point next_housekeeping_{};
  bool stopping_ = false;
  std::unique_ptr<net::kafka::Consumer> consumer_;
  std::jthread thread_;
};

void Intake::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto now = steady_clock::now();
    shipments_.settle(now);
    shipments_.resend(now);
    keep_house(now);
    if (shipments_.has_room()) {
      read();
    } else {
      hold(now);
    }
  }
  finish();
}

// Takes what is there, up to a batch.
void Intake::read() {
  held_since_.reset();
  consumer_->resume();
  auto message = consumer_->poll(kRound);
  while (message) {
    gather(*std::move(message));
    if (is_full()) break;
    message = consumer_->poll(Duration(0));
  }
  ship_gathered();
}

void Intake::hold(steady_clock::time_point now) {
  if (!held_since_) held_since_ = now;
  if (now - *held_since_ >= kPauseAfter) {
    consumer_->pause();
    if (auto message = consumer_->poll(Duration(0))) gather(*std::move(message));
    ship_gathered();
  }
  shipments_.wait(now + kRound);
}

void Intake::gather(net::kafka::Message message) {
  metrics_.messages.add();
  metrics_.bytes.add(message.value.size());
  auto partition = assignment_.of(message);
  const std::uint64_t ticket = partition->offsets.begin(message.offset);
  gathered_.message_bytes += message.value.size();
  gathered_.items.push_back(
      {std::move(partition), ticket, message.offset, std::move(message.value)});
}

bool Intake::is_full() const {
  return gathered_.items.size() >= options_.max_batch_messages ||
         gathered_.message_bytes >= options_.max_batch_bytes;
}

void Intake::ship_gathered() {
  if (gathered_.items.empty()) return;
  shipments_.ship(std::exchange(gathered_, {}), steady_clock::now());
}

void Intake::keep_house(steady_clock::time_point now) {
  if (now < next_housekeeping_) return;
  next_housekeeping_ = now + options_.commit_interval;
  metrics_.connected.set(consumer_->connected() ? 1 : 0);
  assignment_.update_lag(*consumer_);
  const std::vector<Position> positions = assignment_.begin_commit();
  if (!positions.empty()) consumer_->commit_async(positions);
}

// What waits to be sent again stays uncommitted, and is read again by whoever comes next.
void Intake::finish() {
  stopping_ = true;
  const auto deadline = steady_clock::now() + options_.stop_wait;
  while (shipments_.is_any_at_store() && steady_clock::now() < deadline) {
    shipments_.wait(deadline);
    shipments_.settle(steady_clock::now());
  }
  consumer_->close(options_.stop_wait);
  metrics_.connected.set(0);
}

void Intake::assigned(const std::vector<Partition>& partitions) {
  metrics_.rebalances.add();
  assignment_.add(partitions);
}

void Intake::revoked(const std::vector<Partition>& partitions, bool lost) {
  metrics_.rebalances.add();
  if (!lost) {
    if (!stopping_) wait_for_store(partitions);
    commit_last(partitions);
  }
  assignment_.remove(partitions);
}

// The group waits for us meanwhile: what the store does not answer in time is left to the next
// member, uncommitted.
void Intake::wait_for_store(const std::vector<Partition>& partitions) {
  ship_gathered();
  const auto deadline = steady_clock::now() + options_.revoke_wait;
  while (!assignment_.idle(partitions) && shipments_.is_any_at_store() &&
         steady_clock::now() < deadline) {
    shipments_.wait(deadline);
    shipments_.settle(steady_clock::now());
  }
}

void Intake::commit_last(const std::vector<Partition>& partitions) {
  const std::vector<Position> positions = assignment_.to_commit(partitions);
  if (positions.empty()) return;
  const auto outcome =
      consumer_->commit(positions, stopping_ ? options_.stop_wait : options_.revoke_wait);
  committed(positions, outcome);
  if (!outcome) log_warn("kafka: last commit failed", {{"why", outcome.error().message}});
}

void Intake::committed(const std::vector<Position>& positions, const Result<void>& outcome) {
  (outcome ? metrics_.commits : metrics_.failed_commits).add();
  assignment_.end_commit(positions, outcome.has_value());
}

}  // namespace

Result<std::unique_ptr<KafkaReceiver>> KafkaReceiver::start(const KafkaReceiverOptions& options,
                                                            ingest::Ingest& ingest,
                                                            MetricsRegistry& metrics) {
  auto intake = std::make_unique<Intake>(options, ingest, metrics);
  RETURN_IF_ERROR(intake->start());
  return std::unique_ptr<KafkaReceiver>(std::move(intake));
}

}  // namespace cairn::receivers::kafka
