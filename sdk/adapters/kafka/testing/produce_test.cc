// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "sdk/adapters/kafka/testing/fixture.h"

namespace cairn::trace::kafka_adapter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

class KafkaProduceTest : public KafkaAdapterTest {
 protected:
  void SetUp() override {
    KafkaAdapterTest::SetUp();
    kafka_.create_topic("orders");
  }
  KafkaRecord order() { return record("orders", key_, payload_); }

  std::string key_ = "k1";
  std::string payload_ = "seven b";
};

TEST_F(KafkaProduceTest, ASpanEndsWhenTheRecordIsQueued) {
  const Client client = producer();
  EXPECT_EQ(kafka_produce(client.get(), order()), RD_KAFKA_RESP_ERR_NO_ERROR);
  EXPECT_THAT(texts(),
              ElementsAre("PRODUCER orders publish messaging.destination=orders "
                          "messaging.destination_kind=topic messaging.kafka.message_key=k1 "
                          "messaging.message_payload_size_bytes=7 messaging.system=kafka"));
  flush_producer(client);
}

TEST_F(KafkaProduceTest, ASpanInStableNames) {
  use(Conventions::kStable);
  const Client client = producer({}, true);
  KafkaRecord tombstone = order();
  tombstone.payload = nullptr;
  tombstone.payload_size = 0;
  tombstone.partition = 0;
  EXPECT_EQ(kafka_produce(client.get(), tombstone), RD_KAFKA_RESP_ERR_NO_ERROR);
  flush_producer(client);
  EXPECT_THAT(texts(),
              ElementsAre("PRODUCER send orders messaging.destination.name=orders "
                          "messaging.destination.partition.id=0 messaging.kafka.message.key=k1 "
                          "messaging.kafka.message.tombstone=true messaging.kafka.offset=0 "
                          "messaging.message.body.size=0 messaging.operation.name=send "
                          "messaging.operation.type=send messaging.system=kafka"));
}

TEST_F(KafkaProduceTest, AKeyThatIsNoTextIsNotShown) {
  const Client client = producer();
  key_ = std::string("\x01\xff", 2);
  EXPECT_EQ(kafka_produce(client.get(), order()), RD_KAFKA_RESP_ERR_NO_ERROR);
  key_ = std::string(129, 'k');
  EXPECT_EQ(kafka_produce(client.get(), order()), RD_KAFKA_RESP_ERR_NO_ERROR);
  for (const FinishedSpan& span : spans()) {
    EXPECT_EQ(span.attributes.count("messaging.kafka.message_key"), 0u);
  }
  flush_producer(client);
}

struct Reports {
  std::vector<std::pair<void*, rd_kafka_resp_err_t>> seen;
  static void on_report(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
    static_cast<Reports*>(self)->seen.emplace_back(message->_private, message->err);
  }
};

TEST_F(KafkaProduceTest, TracedDeliveriesEndTheSpanAndLeaveReportsAlone) {
  Reports reports;
  rd_kafka_conf_t* conf =
      make_conf({{"bootstrap.servers", kafka_.bootstrap()}, {"linger.ms", "0"}});
  rd_kafka_conf_set_dr_msg_cb(conf, Reports::on_report);
  rd_kafka_conf_set_opaque(conf, &reports);
  EXPECT_EQ(kafka_trace_deliveries(conf), RD_KAFKA_RESP_ERR_NO_ERROR);
  EXPECT_EQ(kafka_trace_deliveries(conf), RD_KAFKA_RESP_ERR_NO_ERROR);
  const Client client = make_client(RD_KAFKA_PRODUCER, conf);
  KafkaRecord mine = order();
  mine.opaque = &mine;
  EXPECT_EQ(kafka_produce(client.get(), mine), RD_KAFKA_RESP_ERR_NO_ERROR);
  flush_producer(client);
  EXPECT_THAT(reports.seen, ElementsAre(Pair(&mine, RD_KAFKA_RESP_ERR_NO_ERROR)));
  EXPECT_THAT(texts(),
              ElementsAre("PRODUCER orders publish messaging.destination=orders "
                          "messaging.destination_kind=topic messaging.kafka.message.offset=0 "
                          "messaging.kafka.message_key=k1 messaging.kafka.partition=0 "
                          "messaging.message_payload_size_bytes=7 messaging.system=kafka"));
}

TEST_F(KafkaProduceTest, ARecordThatIsNotDeliveredIsAnError) {
  kafka_.set_down();
  const Client client = producer({}, true);
  EXPECT_EQ(kafka_produce(client.get(), order()), RD_KAFKA_RESP_ERR_NO_ERROR);
  EXPECT_THAT(texts(), IsEmpty());
  rd_kafka_purge(client.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  flush_producer(client);
  const auto all = texts();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_NE(all[0].find(" error: Local: Purged in queue"), std::string::npos);
}

TEST_F(KafkaProduceTest, AProducerThatGoesEndsItsSpans) {
  kafka_.set_down();
  Client client = producer({}, true);
  EXPECT_EQ(kafka_produce(client.get(), order()), RD_KAFKA_RESP_ERR_NO_ERROR);
  EXPECT_THAT(texts(), IsEmpty());
  client.reset();
  const auto all = spans();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].status, StatusCode::kError);
}

TEST_F(KafkaProduceTest, OtherPeoplesRecordsAreNotMistakenForOurs) {
  const Client client = producer({}, true);
  const auto error = rd_kafka_producev(client.get(), RD_KAFKA_V_TOPIC("orders"),
                                       RD_KAFKA_V_VALUE(payload_.data(), payload_.size()),
                                       RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
  EXPECT_EQ(error, RD_KAFKA_RESP_ERR_NO_ERROR);
  flush_producer(client);
  EXPECT_THAT(spans(), IsEmpty());
}

TEST_F(KafkaProduceTest, ARefusedRecordLeavesItsHeadersToTheCaller) {
  for (const bool deliveries : {false, true}) {
    forget();
    const Client client = producer({{"message.max.bytes", "1000"}}, deliveries);
    payload_ = std::string(2000, 'x');
    KafkaRecord large = order();
    large.headers = make_headers({{"mine", "1"}});
    EXPECT_EQ(kafka_produce(client.get(), large), RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    EXPECT_THAT(headers_of(large.headers), ElementsAre(Pair("mine", "1")));
    rd_kafka_headers_destroy(large.headers);
    const auto all = texts();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_NE(all[0].find(" error: Broker: Message size too large"), std::string::npos);
  }
}

// librdkafka finds out inside the call, after it took the record, when it knows the topic already.
TEST_F(KafkaProduceTest, APartitionThatDoesNotExistIsAnErrorOnce) {
  const Client client = producer({}, true);
  EXPECT_EQ(kafka_produce(client.get(), order()), RD_KAFKA_RESP_ERR_NO_ERROR);
  flush_producer(client);
  forget();
  KafkaRecord lost = order();
  lost.partition = 7;
  lost.headers = make_headers({{"mine", "1"}});
  EXPECT_EQ(kafka_produce(client.get(), lost), RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);
  EXPECT_THAT(headers_of(lost.headers), ElementsAre(Pair("mine", "1")));
  rd_kafka_headers_destroy(lost.headers);
  const auto all = texts();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_NE(all[0].find(" error: Local: Unknown partition"), std::string::npos);
}

TEST_F(KafkaProduceTest, OwnHeadersStayAndAnOldContextIsReplaced) {
  const Client client = producer();
  KafkaRecord mine = order();
  mine.headers =
      make_headers({{"traceparent", "old"}, {"a", "1"}, {"a", kNull}, {"traceparent", ""}});
  EXPECT_EQ(kafka_produce(client.get(), mine), RD_KAFKA_RESP_ERR_NO_ERROR);
  flush_producer(client);
  const auto messages = read("orders", 1);
  EXPECT_THAT(headers_of(messages[0].get()), ElementsAre(Pair("a", "1"), Pair("a", kNull),
                                                         Pair("traceparent", StartsWith("00-"))));
}

TEST_F(KafkaProduceTest, ATopicHandleNamesTheTopic) {
  const Client client = producer();
  rd_kafka_topic_t* topic = rd_kafka_topic_new(client.get(), "orders", nullptr);
  KafkaRecord mine = order();
  mine.topic = nullptr;
  mine.topic_handle = topic;
  EXPECT_EQ(kafka_produce(client.get(), mine), RD_KAFKA_RESP_ERR_NO_ERROR);
  mine.topic_handle = nullptr;
  EXPECT_EQ(kafka_produce(client.get(), mine), RD_KAFKA_RESP_ERR__INVALID_ARG);
  flush_producer(client);
  rd_kafka_topic_destroy(topic);
  ASSERT_EQ(spans().size(), 1u);
  EXPECT_EQ(spans()[0].name, "orders publish");
}

}  // namespace
}  // namespace cairn::trace::kafka_adapter
