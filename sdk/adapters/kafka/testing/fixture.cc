// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/kafka/testing/fixture.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace cairn::trace::kafka_adapter {
namespace {

constexpr int kPatienceMs = 30'000;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "the test's own Kafka: %s\n", what);
  std::abort();
}

std::string kind_name(SpanKind kind) {
  if (kind == SpanKind::kProducer) return "PRODUCER";
  return kind == SpanKind::kConsumer ? "CONSUMER" : "INTERNAL";
}

std::string text_of(const FinishedSpan& span, const std::vector<FinishedSpan>& all) {
  std::string text = kind_name(span.kind) + " " + span.name;
  for (const FinishedSpan& other : all) {
    if (other.context.span_id == span.parent_span_id &&
        other.context.trace_id == span.context.trace_id) {
      text += " < " + kind_name(other.kind) + " " + other.name;
    }
  }
  for (const auto& [key, value] : span.attributes) text += " " + key + "=" + value;
  if (span.status == StatusCode::kError) text += " error: " + span.status_message;
  return text;
}

}  // namespace

rd_kafka_conf_t* make_conf(const Properties& properties) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char why[256] = {};
  for (const auto& [name, value] : properties) {
    require(
        rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why, sizeof why) == RD_KAFKA_CONF_OK,
        why);
  }
  rd_kafka_conf_set_log_cb(conf, nullptr);
  return conf;
}

Client make_client(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
  char why[256] = {};
  Client client(rd_kafka_new(type, conf, why, sizeof why));
  require(client != nullptr, why);
  return client;
}

MockKafka::MockKafka()
    : host_(make_client(RD_KAFKA_PRODUCER, make_conf({}))),
      cluster_(rd_kafka_mock_cluster_new(host_.get(), 1)) {
  require(cluster_ != nullptr, "no mock cluster");
}

void MockKafka::create_topic(const std::string& topic, int partitions) {
  require(rd_kafka_mock_topic_create(cluster_.get(), topic.c_str(), partitions, 1) ==
              RD_KAFKA_RESP_ERR_NO_ERROR,
          "no topic");
}

rd_kafka_headers_t* make_headers(const Headers& headers) {
  rd_kafka_headers_t* list = rd_kafka_headers_new(headers.size());
  for (const auto& [name, value] : headers) {
    const bool null = value == kNull;
    rd_kafka_header_add(list, name.c_str(), -1, null ? nullptr : value.data(),
                        null ? 0 : static_cast<ssize_t>(value.size()));
  }
  return list;
}

Headers headers_of(const rd_kafka_headers_t* headers) {
  Headers all;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (rd_kafka_header_get_all(headers, all.size(), &name, &value, &size) ==
         RD_KAFKA_RESP_ERR_NO_ERROR) {
    all.emplace_back(name,
                     value == nullptr ? kNull : std::string(static_cast<const char*>(value), size));
  }
  return all;
}

Headers headers_of(const rd_kafka_message_t* message) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return headers_of(headers);
}

void KafkaAdapterTest::SetUp() {
  Options options;
  options.exporter = memory_;
  ASSERT_TRUE(start(options));
}

void KafkaAdapterTest::TearDown() {
  stop();
  set_instrumentation({});
}

void KafkaAdapterTest::use(Conventions conventions) {
  InstrumentationSettings settings;
  settings.conventions = conventions;
  set_instrumentation(settings);
}

Client KafkaAdapterTest::producer(const Properties& more, bool trace_deliveries) {
  Properties properties = {{"bootstrap.servers", kafka_.bootstrap()}, {"linger.ms", "0"}};
  for (const auto& [name, value] : more) properties[name] = value;
  rd_kafka_conf_t* conf = make_conf(properties);
  if (trace_deliveries) {
    require(kafka_trace_deliveries(conf) == RD_KAFKA_RESP_ERR_NO_ERROR, "no interceptors");
  }
  return make_client(RD_KAFKA_PRODUCER, conf);
}

void KafkaAdapterTest::write_foreign(const std::string& topic, const Headers& headers,
                                     const std::string& value) {
  const Client stranger = producer();
  const auto error =
      rd_kafka_producev(stranger.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
                        RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                        RD_KAFKA_V_HEADERS(make_headers(headers)), RD_KAFKA_V_END);
  require(error == RD_KAFKA_RESP_ERR_NO_ERROR, "not written");
  flush_producer(stranger);
}

std::vector<Message> KafkaAdapterTest::read(const std::string& topic, std::size_t count) {
  rd_kafka_t* const consumer =
      consumers_
          .emplace_back(make_client(
              RD_KAFKA_CONSUMER,
              make_conf({{"bootstrap.servers", kafka_.bootstrap()}, {"group.id", "readers"}})))
          .get();
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(consumer, list);
  rd_kafka_topic_partition_list_destroy(list);
  std::vector<Message> messages;
  while (messages.size() < count) {
    Message message(rd_kafka_consumer_poll(consumer, kPatienceMs));
    require(message != nullptr, "nothing to read");
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) messages.push_back(std::move(message));
  }
  return messages;
}

std::vector<FinishedSpan> KafkaAdapterTest::spans() {
  flush();
  std::vector<FinishedSpan> all = memory_->spans();
  // A batch holds them scope by scope.
  std::stable_sort(all.begin(), all.end(), [](const FinishedSpan& a, const FinishedSpan& b) {
    return a.end_unix_nanos < b.end_unix_nanos;
  });
  return all;
}

void KafkaAdapterTest::forget() {
  flush();
  memory_->clear();
}

std::vector<std::string> KafkaAdapterTest::texts() {
  const std::vector<FinishedSpan> all = spans();
  std::vector<std::string> texts;
  for (const FinishedSpan& span : all) texts.push_back(text_of(span, all));
  return texts;
}

KafkaRecord record(const char* topic, std::string& key, std::string& payload) {
  KafkaRecord record;
  record.topic = topic;
  record.key = key.data();
  record.key_size = key.size();
  record.payload = payload.data();
  record.payload_size = payload.size();
  return record;
}

void flush_producer(const Client& producer) {
  require(rd_kafka_flush(producer.get(), kPatienceMs) == RD_KAFKA_RESP_ERR_NO_ERROR,
          "not delivered");
}

}  // namespace cairn::trace::kafka_adapter
