// SPDX-License-Identifier: Apache-2.0
#include "kafka.h"

#include <stdexcept>

namespace interop {
namespace {

constexpr char kGroup[] = "cpp";
constexpr int kPollMilliseconds = 100;
constexpr int kFlushMilliseconds = 10'000;

std::unique_ptr<RdKafka::Conf> conf_for(const std::string& broker) {
  std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  std::string error;
  if (conf->set("bootstrap.servers", broker, error) != RdKafka::Conf::CONF_OK) {
    throw std::runtime_error(error);
  }
  return conf;
}

}  // namespace

KafkaStop::KafkaStop(const Stop& stop, const std::string& broker, const std::string& topic) {
  const auto conf = conf_for(broker);
  std::string error;
  conf->set("group.id", kGroup, error);
  conf->set("auto.offset.reset", "earliest", error);
  // The topic may be made after this service has started.
  conf->set("topic.metadata.refresh.interval.ms", "500", error);
  consumer_.reset(RdKafka::KafkaConsumer::create(conf.get(), error));
  if (consumer_ == nullptr) throw std::runtime_error(error);
  consumer_->subscribe({topic});
  thread_ = std::thread([this, &stop] { run(stop); });
}

KafkaStop::~KafkaStop() {
  stopping_ = true;
  thread_.join();
  consumer_->close();
}

void KafkaStop::run(const Stop& stop) {
  while (!stopping_) {
    const std::unique_ptr<RdKafka::Message> message(consumer_->consume(kPollMilliseconds));
    if (message->err() != RdKafka::ERR_NO_ERROR) continue;
    cairn::trace::KafkaMessageSpan span(*message, kGroup);
    const std::string way(static_cast<const char*>(message->payload()), message->len());
    if (!stop.next(way)) span.fail("no stock");
  }
}

Stop::Step produce_to(const std::string& broker, const std::string& topic) {
  const auto conf = conf_for(broker);
  std::string error;
  cairn::trace::kafka_trace_deliveries(*conf);
  std::shared_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), error));
  if (producer == nullptr) throw std::runtime_error(error);
  return [producer, topic](const std::string& rest) {
    std::string value = rest;
    cairn::trace::KafkaRecord record;
    record.topic = topic.c_str();
    record.payload = value.data();
    record.payload_size = value.size();
    record.key = "order-7";
    record.key_size = 7;
    if (cairn::trace::kafka_produce(*producer, record) != RdKafka::ERR_NO_ERROR) return false;
    return producer->flush(kFlushMilliseconds) == RdKafka::ERR_NO_ERROR;
  };
}

}  // namespace interop
