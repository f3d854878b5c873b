// SPDX-License-Identifier: Apache-2.0
#include "exporters/kafka/kafka_trace_writer.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include <fmt/format.h>

#include "base/mutex.h"
#include "exporters/kafka/message_cutter.h"
#include "net/connection/byte_budget.h"
#include "net/kafka/log_throttle.h"
#include "net/kafka/producer.h"

namespace cairn::exporters::kafka {
namespace {

// What a record and its batch have around the value: key, lengths, headers of both.
constexpr std::size_t kMessageOverhead = 512;

struct WriterMetrics {
  explicit WriterMetrics(MetricsRegistry& registry)
      : messages(registry.counter("cairn_kafka_producer_messages_total",
                                  "Messages that the brokers acknowledged.")),
        bytes(registry.counter("cairn_kafka_producer_bytes_total", "Bytes of those messages.")),
        failed(registry.counter("cairn_kafka_producer_failed_messages_total",
                                "Messages that were given up.")),
        full(registry.counter("cairn_kafka_producer_queue_full_total",
                              "Batches refused because the queue was full.")),
        queued_bytes(registry.gauge("cairn_kafka_producer_queued_bytes",
                                    "Bytes waiting for the brokers.")) {}

  Counter& messages;
  Counter& bytes;
  Counter& failed;
  Counter& full;
  Gauge& queued_bytes;
};

// A batch whose messages are under way. The last one answers.
// Thread rule: message_done() from any thread.
class PendingWrite {
 public:
  PendingWrite(const Cut& cut, storage::WriteDone done)
      : remaining_(cut.messages.size()), done_(std::move(done)) {
    outcome_.rejected = cut.rejected;
  }

  void message_done(std::uint64_t spans, const Result<void>& delivered) {
    {
      MutexLock lock(mutex_);
      count(spans, delivered);
      if (--remaining_ > 0) return;
    }
    done_(answer());
  }

 private:
  void count(std::uint64_t spans, const Result<void>& delivered) REQUIRES(mutex_) {
    if (delivered) {
      outcome_.accepted += spans;
    } else if (delivered.error().code == ErrorCode::kInvalidArgument) {
      // A broker whose limit is lower than ours: sending it again would not help.
      outcome_.rejected.add(model::RejectionReason::kTooLarge, spans);
    } else if (!error_) {
      error_ = delivered.error();
    }
  }

  Result<storage::WriteOutcome> answer() {
    MutexLock lock(mutex_);
    if (!error_) return outcome_;
    // Any other code would say that nothing was taken.
    if (outcome_.accepted > 0) error_->code = ErrorCode::kUnavailable;
    return *error_;
  }

  Mutex mutex_;
  std::size_t remaining_ GUARDED_BY(mutex_);
  storage::WriteOutcome outcome_ GUARDED_BY(mutex_);
  std::optional<Error> error_ GUARDED_BY(mutex_);
  storage::WriteDone done_;
};

class TopicWriter final : public KafkaTraceWriter {
 public:
  TopicWriter(const KafkaExporterOptions& options, std::shared_ptr<net::kafka::Producer> producer,
              MetricsRegistry& registry)
      : options_(options),
        metrics_(registry),
        queue_(options.max_queued_bytes),
        producer_(std::move(producer)) {
    registry.gauge_from("cairn_kafka_producer_connected",
                        "1 when a broker is connected, 0 when none is.", {},
                        [weak = std::weak_ptr(producer_)] {
                          const auto alive = weak.lock();
                          return alive && alive->connected() ? 1.0 : 0.0;
                        });
  }
  ~TopicWriter() override { stop(); }

  void write(const model::TenantId& tenant, std::shared_ptr<const model::Batch> batch,
             storage::WriteDone done) override;
  void stop() override { producer_->stop(options_.stop_wait); }

 private:
  void produce(CutMessage message, const std::shared_ptr<PendingWrite>& pending);
  void message_done(std::size_t bytes, const Result<void>& delivered);

  const KafkaExporterOptions options_;
  WriterMetrics metrics_;
  net::ByteBudget queue_;
  net::kafka::LogThrottle log_;
  std::shared_ptr<net::kafka::Producer> producer_;
};

void TopicWriter::write(const model::TenantId&, std::shared_ptr<const model::Batch> batch,
                        storage::WriteDone done) {
  const std::size_t most = options_.producer.max_message_bytes;
  Cut cut = cut_messages(*batch, most > kMessageOverhead ? most - kMessageOverhead : 0);
  if (cut.messages.empty()) return done(storage::WriteOutcome{0, cut.rejected});
  if (!queue_.try_take(cut.bytes)) {
    metrics_.full.add();
    return done(resource_exhausted(fmt::format(
        "kafka: {} bytes wait for the brokers already, try again later", queue_.used())));
  }
  metrics_.queued_bytes.set(static_cast<std::int64_t>(queue_.used()));
  const auto pending = std::make_shared<PendingWrite>(cut, std::move(done));
  for (CutMessage& message : cut.messages) produce(std::move(message), pending);
}

void TopicWriter::produce(CutMessage message, const std::shared_ptr<PendingWrite>& pending) {
  const std::size_t bytes = message.key.size() + message.value.size();
  producer_->produce(message.key, std::move(message.value),
                     [this, pending, bytes, spans = message.spans](const Result<void>& delivered) {
                       message_done(bytes, delivered);
                       pending->message_done(spans, delivered);
                     });
}

void TopicWriter::message_done(std::size_t bytes, const Result<void>& delivered) {
  queue_.give(bytes);
  metrics_.queued_bytes.set(static_cast<std::int64_t>(queue_.used()));
  if (delivered) {
    metrics_.messages.add();
    metrics_.bytes.add(bytes);
    return;
  }
  metrics_.failed.add();
  log_.warn("delivery", "kafka: message not delivered", delivered.error().message);
}

}  // namespace

Result<std::unique_ptr<KafkaTraceWriter>> KafkaTraceWriter::open(
    const KafkaExporterOptions& options, MetricsRegistry& metrics) {
  ASSIGN_OR_RETURN(auto producer, net::kafka::Producer::open(options.producer));
  return std::unique_ptr<KafkaTraceWriter>(
      std::make_unique<TopicWriter>(options, std::move(producer), metrics));
}

}  // namespace cairn::exporters::kafka
