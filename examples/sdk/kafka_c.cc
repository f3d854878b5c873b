// SPDX-License-Identifier: Apache-2.0
// Kafka by librdkafka's C API.
#include <string>

#include <cairn/adapters/kafka.h>

namespace {

// [snippet: produce]
rd_kafka_resp_err_t send_order(rd_kafka_t* producer, std::string& text) {
  cairn::trace::KafkaRecord record;
  record.topic = "orders";
  record.payload = text.data();
  record.payload_size = text.size();
  return cairn::trace::kafka_produce(producer, record);
}
// [end]

void bill(const rd_kafka_message_t&) {
}

// [snippet: consume]
void work(rd_kafka_t* consumer) {
  rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, 1000);
  if (message == nullptr) return;
  {
    cairn::trace::KafkaProcessSpan span(message, "billing");
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) bill(*message);
  }
  rd_kafka_message_destroy(message);
}
// [end]

}  // namespace

int main() {
  char error[256];
  std::string text = "A-7";
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  cairn::trace::kafka_trace_deliveries(conf);
  rd_kafka_t* producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
  if (producer == nullptr) return 1;
  send_order(producer, text);
  rd_kafka_destroy(producer);
  rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, rd_kafka_conf_new(), error, sizeof error);
  if (consumer == nullptr) return 1;
  work(consumer);
  rd_kafka_destroy(consumer);
}
