// SPDX-License-Identifier: Apache-2.0
#include "net/kafka/producer.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "net/kafka/client.h"

namespace cairn::net::kafka {
namespace {

// A message on its way. librdkafka reads the value where it lies.
struct Outgoing {
  std::string value;
  Producer::Delivered delivered;
};

Error delivery_error(rd_kafka_resp_err_t error) {
  const std::string text = fmt::format("kafka: {}", rd_kafka_err2str(error));
  if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) return invalid_argument(text);
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) return resource_exhausted(text);
  return unavailable(text);
}

class RdProducer final : public Producer, private ClientEvents {
 public:
  ~RdProducer() override { stop(Duration(0)); }

  Result<void> start(const ProducerOptions& options);

  void produce(std::string_view key, std::string value, Delivered delivered) override;
  bool connected() const override { return ClientEvents::connected(); }
  void stop(Duration timeout) override;

 private:
  void delivered(const rd_kafka_message_t& message) override;
  Result<Configuration> configure(const ProducerOptions& options);
  Result<void> hand_over(std::string_view key, std::unique_ptr<Outgoing>& message);

  rd_kafka_t* handle_ = nullptr;
  rd_kafka_topic_t* topic_ = nullptr;
  Mutex taking_;  // held while librdkafka takes a message: stop() must not pull it away
  bool stopped_ GUARDED_BY(taking_) = false;
  std::jthread thread_;  // serves the delivery reports
};

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  static_cast<ClientEvents*>(opaque)->delivered(*message);
}

Result<Configuration> RdProducer::configure(const ProducerOptions& options) {
  ASSIGN_OR_RETURN(Configuration conf, make_configuration(options.connection, *this));
  rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  const std::pair<const char*, std::string> properties[] = {
      {"enable.idempotence", "true"},  // implies acks=all
      {"compression.codec", options.compression},
      {"linger.ms", std::to_string(milliseconds(options.linger))},
      {"message.timeout.ms", std::to_string(milliseconds(options.delivery_timeout))},
      {"message.max.bytes", std::to_string(options.max_message_bytes)},
      {"partitioner", "murmur2_random"},
      {"queue.buffering.max.messages", "0"},  // no limit: the caller's is in bytes
  };
  for (const auto& [name, value] : properties) {
    if (options.connection.properties.contains(name)) continue;
    RETURN_IF_ERROR(set_property(*conf, name, value));
  }
  return conf;
}

Result<void> RdProducer::start(const ProducerOptions& options) {
  if (options.topic.empty()) return invalid_argument("kafka: no topic is named");
  ASSIGN_OR_RETURN(Configuration conf, configure(options));
  ASSIGN_OR_RETURN(handle_, start_client(RD_KAFKA_PRODUCER, std::move(conf)));
  topic_ = rd_kafka_topic_new(handle_, options.topic.c_str(), nullptr);
  if (topic_ == nullptr) {
    return invalid_argument(fmt::format("kafka: topic '{}': {}", options.topic,
                                        rd_kafka_err2str(rd_kafka_last_error())));
  }
  thread_ = start_thread("kafka/producer", [this](const std::stop_token& stop) {
    while (!stop.stop_requested()) rd_kafka_poll(handle_, 50);
  });
  return {};
}

void RdProducer::produce(std::string_view key, std::string value, Delivered delivered) {
  auto message = std::make_unique<Outgoing>(std::move(value), std::move(delivered));
  const Result<void> taken = hand_over(key, message);
  if (!taken) message->delivered(taken);
}

// Takes `message` away when librdkafka has it: delivered() gets it back.
Result<void> RdProducer::hand_over(std::string_view key, std::unique_ptr<Outgoing>& message) {
  const MutexLock lock(taking_);
  if (stopped_) return unavailable("kafka: the producer has stopped");
  if (rd_kafka_produce(topic_, RD_KAFKA_PARTITION_UA, 0, message->value.data(),
                       message->value.size(), key.data(), key.size(), message.get()) != 0) {
    return delivery_error(rd_kafka_last_error());
  }
  (void)message.release();
  return {};
}

void RdProducer::delivered(const rd_kafka_message_t& message) {
  const std::unique_ptr<Outgoing> outgoing(static_cast<Outgoing*>(message._private));
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) return outgoing->delivered({});
  outgoing->delivered(delivery_error(message.err));
}

void RdProducer::stop(Duration timeout) {
  if (handle_ == nullptr) return;
  {
    const MutexLock lock(taking_);
    stopped_ = true;
  }
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  rd_kafka_flush(handle_, milliseconds(timeout));
  rd_kafka_purge(handle_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (rd_kafka_outq_len(handle_) > 0) rd_kafka_poll(handle_, 20);  // each is answered
  if (topic_ != nullptr) rd_kafka_topic_destroy(topic_);
  rd_kafka_destroy(handle_);
  handle_ = nullptr;
}

}  // namespace

Result<std::unique_ptr<Producer>> Producer::open(const ProducerOptions& options) {
  auto producer = std::make_unique<RdProducer>();
  RETURN_IF_ERROR(producer->start(options));
  return std::unique_ptr<Producer>(std::move(producer));
}

}  // namespace cairn::net::kafka
