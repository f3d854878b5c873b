// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include <gmock/gmock.h>

#include "sdk/adapters/kafka/testing/fixture.h"

namespace cairn::trace::kafka_adapter {
namespace {

using testing::ElementsAre;

constexpr char kTraceId[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kParent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

template <class Id>
std::string hex(const Id& id) {
  std::string text(Id::kHexSize, '\0');
  id.to_hex(text.data());
  return text;
}

class KafkaConsumeTest : public KafkaAdapterTest {
 protected:
  void SetUp() override {
    KafkaAdapterTest::SetUp();
    kafka_.create_topic("orders");
  }
  void write(const std::string& value) {
    std::string key = "k1";
    std::string payload = value;
    const Client client = producer();
    KafkaRecord made = record("orders", key, payload);
    if (value.empty()) made.payload = nullptr;
    EXPECT_EQ(kafka_produce(client.get(), made), RD_KAFKA_RESP_ERR_NO_ERROR);
    flush_producer(client);
  }
};

TEST_F(KafkaConsumeTest, WorkOnAMessageIsPartOfItsSendersTrace) {
  {
    const Span order = tracer("test").start("order");
    const Scope scope(Context::current().with(order).with(Baggage().with("user", "ann")));
    write("seven b");
  }
  const auto messages = read("orders", 1);
  {
    const KafkaProcessSpan work(messages[0].get(), "billing");
    tracer("test").start("bill");
    std::string user;
    EXPECT_TRUE(Context::current().baggage().get("user", user));
    EXPECT_EQ(user, "ann");
  }
  EXPECT_FALSE(Context::current().span_context().is_valid());
  EXPECT_THAT(
      texts(),
      ElementsAre("PRODUCER orders publish < INTERNAL order messaging.destination=orders "
                  "messaging.destination_kind=topic messaging.kafka.message_key=k1 "
                  "messaging.message_payload_size_bytes=7 messaging.system=kafka",
                  "INTERNAL order", "INTERNAL bill < CONSUMER orders process",
                  "CONSUMER orders process < PRODUCER orders publish messaging.destination=orders "
                  "messaging.destination_kind=topic messaging.kafka.consumer_group=billing "
                  "messaging.kafka.message.offset=0 messaging.kafka.message_key=k1 "
                  "messaging.kafka.partition=0 messaging.message_payload_size_bytes=7 "
                  "messaging.operation=process messaging.system=kafka"));
}

TEST_F(KafkaConsumeTest, ATombstoneInStableNames) {
  use(Conventions::kStable);
  write("");
  const auto messages = read("orders", 1);
  {
    const KafkaProcessSpan work(messages[0].get(), "billing");
  }
  EXPECT_EQ(texts().at(1),
            "CONSUMER process orders < PRODUCER send orders messaging.consumer.group.name=billing "
            "messaging.destination.name=orders messaging.destination.partition.id=0 "
            "messaging.kafka.message.key=k1 messaging.kafka.message.tombstone=true "
            "messaging.kafka.offset=0 messaging.message.body.size=0 "
            "messaging.operation.name=process messaging.operation.type=process "
            "messaging.system=kafka");
}

TEST_F(KafkaConsumeTest, AForeignMessageStartsATraceOrJoinsTheCurrentOne) {
  write_foreign("orders", {});
  const auto messages = read("orders", 1);
  {
    const KafkaProcessSpan work(messages[0].get());
  }
  {
    const Span poll = tracer("test").start("poll");
    const Scope scope(poll);
    const KafkaProcessSpan work(messages[0].get());
  }
  const auto all = spans();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_FALSE(all[0].parent_span_id.is_valid());
  EXPECT_EQ(all[1].parent_span_id, memory_->span("poll").context.span_id);
}

TEST_F(KafkaConsumeTest, MalformedHeadersAreNoContext) {
  const std::vector<Headers> cases = {
      {{"traceparent", ""}},
      {{"traceparent", kNull}},
      {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"}},
      {{"traceparent", std::string(kParent, 40) + '\0' + std::string(kParent + 41)}},
      {{"traceparent", std::string(100'000, 'f')}},
      {{"Traceparent", kParent}},
      {{"traceparent", "00-00000000000000000000000000000000-b7ad6b7169203331-01"}},
      {{"traceparent", kParent}, {"traceparent", "garbage"}},
      {{"baggage", "\xff\xfe\x00,,=;"}, {"tracestate", kNull}},
  };
  for (const Headers& headers : cases) write_foreign("orders", headers);
  for (const Message& message : read("orders", cases.size())) {
    const KafkaProcessSpan work(message.get());
  }
  const auto all = spans();
  ASSERT_EQ(all.size(), cases.size());
  for (const FinishedSpan& span : all) EXPECT_FALSE(span.parent_span_id.is_valid());
}

TEST_F(KafkaConsumeTest, TheLastOfSeveralHeadersCounts) {
  write_foreign("orders", {{"traceparent", "garbage"}, {"traceparent", kParent}, {"x", "y"}});
  const auto messages = read("orders", 1);
  {
    const KafkaProcessSpan work(messages[0].get());
  }
  const auto all = spans();
  EXPECT_EQ(hex(all.at(0).context.trace_id), kTraceId);
  EXPECT_EQ(hex(all.at(0).parent_span_id), "b7ad6b7169203331");
}

TEST_F(KafkaConsumeTest, AnEventThatIsNoMessageHasNoSpan) {
  rd_kafka_message_t event{};
  event.err = RD_KAFKA_RESP_ERR__PARTITION_EOF;
  const Span poll = tracer("test").start("poll");
  const Scope scope(poll);
  const KafkaProcessSpan work(&event);
  const KafkaProcessSpan nothing(nullptr);
  EXPECT_EQ(Context::current().span_context().span_id, poll.context().span_id);
  EXPECT_TRUE(spans().empty());
}

TEST_F(KafkaConsumeTest, WorkThatThrowsOrFailsIsAnError) {
  write("a");
  const auto messages = read("orders", 1);
  try {
    const KafkaProcessSpan work(messages[0].get());
    throw std::runtime_error("no money");
  } catch (const std::runtime_error&) {
  }
  {
    KafkaProcessSpan work(messages[0].get());
    work.fail("no money");
  }
  const auto all = spans();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].status, StatusCode::kError);
  EXPECT_EQ(all[1].status_message, "left by an exception");
  EXPECT_EQ(all[2].status_message, "no money");
}

TEST_F(KafkaConsumeTest, ABatchIsLinkedToEachSender) {
  write("a");
  write("b");
  write_foreign("orders", {});
  const auto messages = read("orders", 3);
  rd_kafka_message_t event{};
  event.err = RD_KAFKA_RESP_ERR__PARTITION_EOF;
  const std::vector<const rd_kafka_message_t*> batch = {messages[0].get(), messages[1].get(),
                                                        &event, messages[2].get()};
  {
    const Span poll = tracer("test").start("poll");
    const Scope scope(poll);
    const KafkaBatchSpan work(batch.data(), batch.size(), "billing");
    tracer("test").start("bill");
  }
  const auto all = spans();
  ASSERT_EQ(all.size(), 5u);
  const FinishedSpan& work = all[3];
  ASSERT_EQ(work.links.size(), 2u);
  EXPECT_EQ(work.links[0].context.span_id, all[0].context.span_id);
  EXPECT_EQ(work.links[1].context.span_id, all[1].context.span_id);
  EXPECT_EQ(texts()[2], "INTERNAL bill < CONSUMER orders process");
  EXPECT_EQ(texts()[3],
            "CONSUMER orders process < INTERNAL poll messaging.batch.message_count=3 "
            "messaging.destination=orders messaging.destination_kind=topic "
            "messaging.kafka.consumer_group=billing messaging.kafka.partition=0 "
            "messaging.operation=process messaging.system=kafka");
}

TEST_F(KafkaConsumeTest, ABatchOfSeveralTopicsNamesNone) {
  KafkaReceived messages[2];
  messages[0].topic = "orders";
  messages[1].topic = "returns";
  {
    const KafkaBatchSpan work(messages, 2, "");
  }
  EXPECT_THAT(texts(),
              ElementsAre("CONSUMER (several topics) process "
                          "messaging.batch.message_count=2 messaging.destination_kind=topic "
                          "messaging.operation=process messaging.system=kafka"));
  {
    const KafkaBatchSpan nothing(messages, 0, "");
  }
  EXPECT_EQ(spans().size(), 1u);
}

TEST_F(KafkaConsumeTest, WithTelemetryOffTheContextIsPassedOn) {
  stop();
  write_foreign("orders", {{"traceparent", kParent}, {"baggage", "user=ann"}});
  const auto messages = read("orders", 1);
  const KafkaProcessSpan work(messages[0].get());
  EXPECT_EQ(hex(Context::current().span_context().trace_id), kTraceId);
  write("next");
  const auto both = read("orders", 2);
  EXPECT_THAT(headers_of(both[1].get()), ElementsAre(testing::Pair("traceparent", kParent),
                                                     testing::Pair("baggage", "user=ann")));
}

}  // namespace
}  // namespace cairn::trace::kafka_adapter
