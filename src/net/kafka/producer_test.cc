// SPDX-License-Identifier: Apache-2.0
#include "net/kafka/producer.h"

#include <atomic>
#include <future>
#include <latch>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/kafka/testing/mock_cluster.h"

namespace cairn::net::kafka {
namespace {

using namespace std::chrono_literals;

struct Answer {
  std::promise<Result<void>> promise;
  Producer::Delivered handler() {
    return [this](Result<void> outcome) { promise.set_value(std::move(outcome)); };
  }
  Result<void> get() { return promise.get_future().get(); }
};

TEST(KafkaProducerTest, EqualKeysGoToOnePartition) {
  MockCluster cluster;
  cluster.create_topic("spans", 8);
  ProducerOptions options;
  options.connection = cluster.connection();
  options.topic = "spans";
  const auto producer = Producer::open(options);
  ASSERT_TRUE(producer);
  for (int i = 0; i < 40; ++i) {
    Answer answer;
    (*producer)->produce(i % 2 == 0 ? "even" : "odd!", std::to_string(i), answer.handler());
    ASSERT_TRUE(answer.get());
  }
  std::map<std::string, std::set<std::int32_t>> places;
  for (const Record& record : cluster.read("spans", 8, 40)) {
    places[record.key].insert(record.partition);
  }
  EXPECT_EQ(places["even"].size(), 1u);
  EXPECT_EQ(places["odd!"].size(), 1u);
}

TEST(KafkaProducerTest, WithoutABrokerAMessageIsGivenBackAfterTheTimeout) {
  MockCluster cluster;
  cluster.create_topic("spans", 1);
  cluster.set_down(1);
  ProducerOptions options;
  options.connection = cluster.connection();
  options.topic = "spans";
  options.delivery_timeout = 300ms;
  const auto producer = Producer::open(options);
  ASSERT_TRUE(producer);
  Answer answer;
  (*producer)->produce("k", "v", answer.handler());
  const auto outcome = answer.get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE((*producer)->connected());
}

TEST(KafkaProducerTest, StoppingAnswersWhatCouldNotBeDelivered) {
  MockCluster cluster;
  cluster.create_topic("spans", 1);
  cluster.set_down(1);
  ProducerOptions options;
  options.connection = cluster.connection();
  options.topic = "spans";
  const auto producer = Producer::open(options);
  ASSERT_TRUE(producer);
  Answer answer;
  (*producer)->produce("k", "v", answer.handler());
  (*producer)->stop(10ms);
  EXPECT_EQ(answer.get().error().code, ErrorCode::kUnavailable);
  Answer late;
  (*producer)->produce("k", "v", late.handler());
  EXPECT_EQ(late.get().error().code, ErrorCode::kUnavailable);
}

TEST(KafkaProducerTest, AnUnknownCompressionIsAnError) {
  ProducerOptions options;
  options.compression = "rar";
  EXPECT_EQ(Producer::open(options).error().code, ErrorCode::kInvalidArgument);
}

// A door's thread may be inside produce() when the owner stops.
TEST(KafkaProducerTest, StoppingWhileOthersProduceAnswersEachMessageOnce) {
  MockCluster cluster;
  cluster.create_topic("spans", 1);
  cluster.set_down(1);
  ProducerOptions options;
  options.connection = cluster.connection();
  options.topic = "spans";
  const auto producer = Producer::open(options);
  ASSERT_TRUE(producer);
  constexpr int kThreads = 4;
  std::atomic<int> given{0};
  std::atomic<int> answered{0};
  std::atomic<bool> stopped{false};
  std::latch busy(kThreads);
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int sent = 0; !stopped; ++sent) {
        if (sent == 10) busy.count_down();
        ++given;
        (*producer)->produce("k", "v", [&](const Result<void>&) { ++answered; });
      }
    });
  }
  busy.wait();
  (*producer)->stop(0ms);
  stopped = true;
  threads.clear();
  EXPECT_EQ(answered, given);
}

}  // namespace
}  // namespace cairn::net::kafka
