// SPDX-License-Identifier: Apache-2.0
// Kafka by librdkafka's C++ API: records written, one worked on, a batch worked on.
#include <memory>
#include <string>
#include <vector>

#include <cairn/adapters/kafka_cpp.h>

namespace {

// [snippet: produce]
void configure(RdKafka::Conf& conf) {
  cairn::trace::kafka_trace_deliveries(conf);  // before the producer is made: spans end at delivery
}

RdKafka::ErrorCode send_order(RdKafka::Producer& producer, std::string& text) {
  cairn::trace::KafkaRecord record;
  record.topic = "orders";
  record.payload = text.data();  // copied: KafkaRecord::flags says RD_KAFKA_MSG_F_COPY
  record.payload_size = text.size();
  return cairn::trace::kafka_produce(producer, record);
}
// [end]

void bill(const RdKafka::Message&) {
}

// [snippet: consume]
void work(RdKafka::KafkaConsumer& consumer) {
  const std::unique_ptr<RdKafka::Message> message(consumer.consume(1000));
  cairn::trace::KafkaMessageSpan span(*message, "billing");  // a child of the sender's span
  if (message->err() == RdKafka::ERR_NO_ERROR) bill(*message);
}
// [end]

// [snippet: batch]
void work_on(const std::vector<RdKafka::Message*>& messages) {
  cairn::trace::KafkaMessagesSpan span(messages, "billing");  // links to each sender
  for (const RdKafka::Message* message : messages) bill(*message);
}
// [end]

}  // namespace

int main() {
  std::string error, text = "A-7";
  const std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
  conf->set("bootstrap.servers", "localhost:9092", error);
  conf->set("group.id", "billing", error);
  configure(*conf);
  const std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), error));
  const std::unique_ptr<RdKafka::KafkaConsumer> consumer(
      RdKafka::KafkaConsumer::create(conf.get(), error));
  if (producer == nullptr || consumer == nullptr) return 1;
  send_order(*producer, text);
  consumer->subscribe({"orders"});
  work(*consumer);
  work_on({});
  consumer->close();
}
