// SPDX-License-Identifier: Apache-2.0
//
// Against librdkafka's mock brokers. A group's first join takes three seconds there, and commits
// are refused while a rebalance is under way (Kafka takes them): what changes hands is read twice.
#include "receivers/kafka/kafka_receiver.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/kafka/testing/mock_cluster.h"
#include "receivers/kafka/testing.h"

namespace cairn::receivers::kafka {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr const char* kGroup = "jaeger-ingester";
constexpr const char* kTopic = "jaeger-spans";

// Asks again until it is so; false after a minute.
template <typename Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + 1min;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

class KafkaReceiverTest : public ::testing::Test {
 protected:
  // A server's worth of Kafka door, with metrics of its own.
  struct Member {
    MetricsRegistry metrics;
    std::unique_ptr<KafkaReceiver> receiver;

    std::uint64_t skipped(const char* reason) {
      return metrics
          .counter("cairn_kafka_consumer_messages_skipped_total", "", {{"reason", reason}})
          .value();
    }
    std::int64_t gauge(const char* name) { return metrics.gauge(name, "").value(); }
    std::int64_t lag(int partition) {
      return metrics
          .gauge("cairn_kafka_consumer_lag_messages", "",
                 {{"topic", kTopic}, {"partition", std::to_string(partition)}})
          .value();
    }
  };

  KafkaReceiverOptions options(Encoding encoding = Encoding::kOtlpProto) {
    KafkaReceiverOptions made;
    made.consumer.connection = cluster_.connection();
    made.consumer.session_timeout = 6s;
    made.encoding = encoding;
    made.commit_interval = 20ms;
    made.retry_min = 1ms;
    made.retry_max = 10ms;
    return made;
  }

  std::unique_ptr<Member> join(const KafkaReceiverOptions& options) {
    auto member = std::make_unique<Member>();
    auto receiver = KafkaReceiver::start(options, ingest_, member->metrics);
    EXPECT_TRUE(receiver);
    if (receiver) member->receiver = std::move(*receiver);
    return member;
  }

  // Spans `from` up to, not including, `to`, spread over the partitions.
  void produce(int from, int to, int partitions = 1) {
    for (int i = from; i < to; ++i) {
      cluster_.produce(kTopic, i % partitions, test_message(Encoding::kOtlpProto, i));
    }
  }

  std::int64_t committed(int partition = 0) {
    return cluster_.committed(kGroup, kTopic, partition);
  }

  net::kafka::MockCluster cluster_;
  FakeStore store_;
  SystemClock clock_;
  ingest::Ingest ingest_{{}, store_, clock_};
};

TEST_F(KafkaReceiverTest, EveryEncodingReachesTheStoreAndIsCommitted) {
  std::vector<std::unique_ptr<Member>> members;
  int number = 0;
  for (const Encoding encoding : kTestEncodings) {
    const std::string topic(to_text(encoding));
    cluster_.create_topic(topic, 1);
    cluster_.produce(topic, 0, test_message(encoding, number++));
    KafkaReceiverOptions made = options(encoding);
    made.consumer.topics = {topic};
    made.consumer.group = topic;
    members.push_back(join(made));
  }
  EXPECT_TRUE(store_.wait_for_spans(std::size(kTestEncodings)));
  for (auto& member : members) member->receiver->stop();
  for (const Encoding encoding : kTestEncodings) {
    const std::string topic(to_text(encoding));
    EXPECT_EQ(cluster_.committed(topic, topic, 0), 1) << topic;
  }
}

TEST_F(KafkaReceiverTest, PoisonBetweenGoodMessagesIsCountedAndPassedOver) {
  cluster_.create_topic(kTopic, 1);
  produce(0, 1);
  cluster_.produce(kTopic, 0, "\xff\xff\xff this is no span");
  cluster_.produce(kTopic, 0, "");
  produce(1, 2);
  const auto member = join(options());
  ASSERT_TRUE(store_.wait_for_spans(2));
  EXPECT_TRUE(eventually([&] { return committed() == 4; }));
  EXPECT_EQ(member->skipped("undecodable"), 1u);
  EXPECT_EQ(member->skipped("empty"), 1u);
  member->receiver->stop();
  EXPECT_EQ(member->gauge("cairn_kafka_consumer_in_flight_messages"), 0);
  EXPECT_EQ(member->gauge("cairn_kafka_consumer_in_flight_bytes"), 0);
}

TEST_F(KafkaReceiverTest, AnOffsetIsCommittedWhenEverythingBeforeItIsStored) {
  cluster_.create_topic(kTopic, 1);
  produce(0, 3);
  store_.hold();
  KafkaReceiverOptions made = options();
  made.max_batch_messages = 1;
  made.stop_wait = 100ms;
  const auto member = join(made);
  ASSERT_TRUE(store_.wait_for_held(3));
  store_.answer(2);
  store_.answer(0);
  EXPECT_TRUE(eventually([&] { return committed() == 1; }));
  EXPECT_TRUE(eventually([&] { return member->lag(0) == 2; }));
  member->receiver->stop();
  EXPECT_EQ(committed(), 1);
  store_.answer(0);  // an answer that comes too late harms nothing
  EXPECT_EQ(committed(), 1);
}

TEST_F(KafkaReceiverTest, AfterACrashEverySpanIsDelivered) {
  constexpr int kPartitions = 3;
  constexpr int kSpans = 90;
  cluster_.create_topic(kTopic, kPartitions);
  produce(0, kSpans, kPartitions);
  KafkaReceiverOptions made = options();
  made.max_batch_messages = 4;
  made.stop_wait = 1ms;
  {
    // Two batches are answered and committed, the others are at the store, and from then on no
    // commit arrives: what it had done since is forgotten, as with a kill.
    const auto all_committed = [&] { return committed(0) + committed(1) + committed(2); };
    store_.hold();
    const auto crashing = join(made);
    ASSERT_TRUE(store_.wait_for_held(6));
    store_.answer(0);
    ASSERT_TRUE(eventually([&] { return all_committed() > 0; }));
    const std::int64_t before = all_committed();
    store_.answer(0);
    ASSERT_TRUE(eventually([&] { return all_committed() > before; }));
    store_.answer(0);
    cluster_.fail_commits(1000);
    crashing->receiver->stop();
  }
  cluster_.fail_commits(0);
  FakeStore after;
  ingest::Ingest ingest({}, after, clock_);
  Member second;
  auto receiver = KafkaReceiver::start(options(), ingest, second.metrics);
  ASSERT_TRUE(receiver);
  second.receiver = std::move(*receiver);
  EXPECT_TRUE(eventually([&] {
    std::set<model::SpanId> all = store_.spans();
    all.merge(after.spans());
    return all.size() == kSpans;
  }));
}

TEST_F(KafkaReceiverTest, WhatTheStoreRefusesForNowIsSentAgain) {
  cluster_.create_topic(kTopic, 1);
  produce(0, 30);
  int refusals = 0;
  store_.judge([&](const model::Batch&) -> std::optional<Error> {
    ++refusals;
    if (refusals > 8) return std::nullopt;
    return refusals % 2 == 0 ? unavailable("restarting") : resource_exhausted("full");
  });
  KafkaReceiverOptions made = options();
  made.max_batch_messages = 7;
  const auto member = join(made);
  EXPECT_TRUE(store_.wait_for_spans(30));
  EXPECT_TRUE(eventually([&] { return committed() == 30; }));
  EXPECT_EQ(member->metrics.counter("cairn_kafka_consumer_store_refusals_total", "").value(), 8u);
  EXPECT_EQ(member->skipped("refused"), 0u);
}

TEST_F(KafkaReceiverTest, NothingIsCommittedWhileTheStoreRefuses) {
  cluster_.create_topic(kTopic, 1);
  produce(0, 5);
  store_.judge([](const model::Batch&) { return resource_exhausted("full"); });
  const auto member = join(options());
  ASSERT_TRUE(store_.wait_for_writes(20));
  member->receiver->stop();
  EXPECT_LE(committed(), 0);
  store_.judge(nullptr);
  const auto healed = join(options());
  EXPECT_TRUE(store_.wait_for_spans(5));
}

TEST_F(KafkaReceiverTest, WhatTheStoreRefusesForGoodIsFoundAmongItsBatchAndPassedOver) {
  cluster_.create_topic(kTopic, 1);
  produce(0, 10);
  store_.judge([](const model::Batch& batch) -> std::optional<Error> {
    for (const model::Span& span : batch.spans) {
      if (span.span_id == test_span_id(4)) return invalid_argument("I do not like it");
    }
    return std::nullopt;
  });
  const auto member = join(options());
  EXPECT_TRUE(store_.wait_for_spans(9));
  EXPECT_TRUE(eventually([&] { return committed() == 10; }));
  EXPECT_EQ(member->skipped("refused"), 1u);
}

TEST_F(KafkaReceiverTest, NoMoreIsReadThanMayBeInFlight) {
  cluster_.create_topic(kTopic, 1);
  produce(0, 40);
  store_.hold();
  KafkaReceiverOptions made = options();
  made.max_batch_messages = 1;
  made.max_in_flight_messages = 5;
  const auto member = join(made);
  ASSERT_TRUE(store_.wait_for_held(5));
  while (store_.spans().size() < 35) {
    ASSERT_TRUE(store_.wait_for_held(1));
    store_.answer(0);
  }
  store_.release();
  EXPECT_TRUE(store_.wait_for_spans(40));
  EXPECT_EQ(store_.most_held(), 5u);
}

class KafkaRebalanceTest : public KafkaReceiverTest,
                           public ::testing::WithParamInterface<const char*> {};

TEST_P(KafkaRebalanceTest, TwoMembersShareThePartitionsAndLoseNothing) {
  constexpr int kPartitions = 4;
  cluster_.create_topic(kTopic, kPartitions);
  KafkaReceiverOptions made = options();
  made.consumer.connection.properties["partition.assignment.strategy"] = GetParam();
  produce(0, 40, kPartitions);
  const auto first = join(made);
  ASSERT_TRUE(store_.wait_for_spans(40));
  const auto second = join(made);
  const auto owned = [](Member& member) { return member.gauge("cairn_kafka_consumer_partitions"); };
  EXPECT_TRUE(eventually([&] { return owned(*first) == 2 && owned(*second) == 2; }));
  produce(40, 80, kPartitions);
  ASSERT_TRUE(store_.wait_for_spans(80));
  first->receiver->stop();
  produce(80, 120, kPartitions);
  EXPECT_TRUE(store_.wait_for_spans(120));
  // Brokers refuse commits while the group shares out anew: they are tried again.
  for (int partition = 0; partition < kPartitions; ++partition) {
    EXPECT_TRUE(eventually([&] { return committed(partition) == 30; })) << partition;
  }
  second->receiver->stop();
}

INSTANTIATE_TEST_SUITE_P(Strategies, KafkaRebalanceTest,
                         ::testing::Values("range", "cooperative-sticky"),
                         [](const auto& strategy) {
                           return std::string(strategy.param) == "range" ? "Eager" : "Cooperative";
                         });

TEST_F(KafkaReceiverTest, BrokersThatAreAwayAtStartAreWaitedFor) {
  cluster_.create_topic(kTopic, 1);
  produce(0, 1);
  cluster_.set_down(1);
  const auto member = join(options());
  EXPECT_EQ(member->gauge("cairn_kafka_consumer_connected"), 0);
  cluster_.set_up(1);
  EXPECT_TRUE(store_.wait_for_spans(1));
  EXPECT_TRUE(eventually([&] { return member->gauge("cairn_kafka_consumer_connected") == 1; }));
}

TEST_F(KafkaReceiverTest, StoppingDoesNotWaitForBrokersThatAreAway) {
  cluster_.create_topic(kTopic, 1);
  produce(0, 2);
  KafkaReceiverOptions made = options();
  made.commit_interval = 1h;
  made.stop_wait = 200ms;
  const auto member = join(made);
  ASSERT_TRUE(store_.wait_for_spans(2));
  cluster_.set_down(1);
  member->receiver->stop();  // or the test's time limit passes
}

TEST_F(KafkaReceiverTest, AWrongOptionIsAnErrorAtTheStart) {
  KafkaReceiverOptions made = options();
  made.consumer.group = "";
  MetricsRegistry metrics;
  const auto receiver = KafkaReceiver::start(made, ingest_, metrics);
  ASSERT_FALSE(receiver);
  EXPECT_THAT(receiver.error().message, HasSubstr("group"));
}

}  // namespace
}  // namespace cairn::receivers::kafka
