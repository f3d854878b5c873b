// SPDX-License-Identifier: Apache-2.0
//
// The same through RdKafka's classes.
#include <cairn/adapters/kafka_cpp.h>
#include <gmock/gmock.h>

#include "sdk/adapters/kafka/testing/fixture.h"

namespace cairn::trace::kafka_adapter {
namespace {

using testing::ElementsAre;

class KafkaCppTest : public KafkaAdapterTest {
 protected:
  void SetUp() override {
    KafkaAdapterTest::SetUp();
    kafka_.create_topic("orders");
    conf_.reset(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
    set("bootstrap.servers", kafka_.bootstrap());
  }
  void set(const std::string& name, const std::string& value) {
    std::string why;
    ASSERT_EQ(conf_->set(name, value, why), RdKafka::Conf::CONF_OK) << why;
  }
  std::unique_ptr<RdKafka::Producer> make_producer() {
    std::string why;
    return std::unique_ptr<RdKafka::Producer>(RdKafka::Producer::create(conf_.get(), why));
  }
  // No producer after this: `conf_` has a group then.
  std::vector<std::unique_ptr<RdKafka::Message>> consume(std::size_t count) {
    std::string why;
    set("group.id", "readers");
    consumer_.reset(RdKafka::KafkaConsumer::create(conf_.get(), why));
    std::vector<std::unique_ptr<RdKafka::Message>> messages;
    const std::unique_ptr<RdKafka::TopicPartition> place(
        RdKafka::TopicPartition::create("orders", 0, 0));
    std::vector<RdKafka::TopicPartition*> places = {place.get()};
    consumer_->assign(places);
    while (messages.size() < count) {
      std::unique_ptr<RdKafka::Message> message(consumer_->consume(30'000));
      if (message->err() == RdKafka::ERR__TIMED_OUT) break;
      if (message->err() == RdKafka::ERR_NO_ERROR) messages.push_back(std::move(message));
    }
    return messages;
  }
  KafkaRecord order() { return record("orders", key_, payload_); }

  std::string key_ = "k1";
  std::string payload_ = "seven b";
  std::unique_ptr<RdKafka::Conf> conf_;
  std::unique_ptr<RdKafka::KafkaConsumer> consumer_;  // goes after the messages it gave
};

TEST_F(KafkaCppTest, AMessageFromSenderToWorker) {
  EXPECT_EQ(kafka_trace_deliveries(*conf_), RdKafka::ERR_NO_ERROR);
  const auto producer = make_producer();
  RdKafka::Headers* headers = RdKafka::Headers::create();
  headers->add("mine", "1");
  EXPECT_EQ(kafka_produce(*producer, order(), headers), RdKafka::ERR_NO_ERROR);
  ASSERT_EQ(producer->flush(30'000), RdKafka::ERR_NO_ERROR);
  const auto messages = consume(1);
  ASSERT_EQ(messages.size(), 1u);
  // The program may have looked at the headers before, and may later.
  ASSERT_NE(messages[0]->headers(), nullptr);
  {
    const KafkaMessageSpan work(*messages[0], "billing");
  }
  EXPECT_STREQ(messages[0]->headers()->get_last("mine").value_string(), "1");
  EXPECT_THAT(texts(),
              ElementsAre("PRODUCER orders publish messaging.destination=orders "
                          "messaging.destination_kind=topic messaging.kafka.message.offset=0 "
                          "messaging.kafka.message_key=k1 messaging.kafka.partition=0 "
                          "messaging.message_payload_size_bytes=7 messaging.system=kafka",
                          "CONSUMER orders process < PRODUCER orders publish "
                          "messaging.destination=orders messaging.destination_kind=topic "
                          "messaging.kafka.consumer_group=billing messaging.kafka.message.offset=0 "
                          "messaging.kafka.message_key=k1 messaging.kafka.partition=0 "
                          "messaging.message_payload_size_bytes=7 messaging.operation=process "
                          "messaging.system=kafka"));
}

TEST_F(KafkaCppTest, ARefusedRecordLeavesItsHeadersToTheCaller) {
  set("message.max.bytes", "1000");
  const auto producer = make_producer();
  payload_ = std::string(2000, 'x');
  const std::unique_ptr<RdKafka::Headers> headers(RdKafka::Headers::create());
  headers->add("mine", "1");
  EXPECT_EQ(kafka_produce(*producer, order(), headers.get()), RdKafka::ERR_MSG_SIZE_TOO_LARGE);
  EXPECT_EQ(headers->size(), 1u);
  EXPECT_EQ(spans().at(0).status, StatusCode::kError);
}

TEST_F(KafkaCppTest, ABatchIsLinkedToEachSender) {
  const auto producer = make_producer();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(kafka_produce(*producer, order()), RdKafka::ERR_NO_ERROR);
  }
  ASSERT_EQ(producer->flush(30'000), RdKafka::ERR_NO_ERROR);
  write_foreign("orders", {});
  const auto messages = consume(3);
  std::vector<RdKafka::Message*> batch;
  for (const auto& message : messages) batch.push_back(message.get());
  {
    const KafkaMessagesSpan work(batch);
  }
  const auto all = spans();
  ASSERT_EQ(all.size(), 3u);
  ASSERT_EQ(all[2].links.size(), 2u);
  EXPECT_EQ(all[2].links[1].context.span_id, all[1].context.span_id);
  EXPECT_EQ(all[2].attributes.at("messaging.batch.message_count"), "3");
}

}  // namespace
}  // namespace cairn::trace::kafka_adapter
