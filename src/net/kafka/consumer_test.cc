// SPDX-License-Identifier: Apache-2.0
#include "net/kafka/consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/kafka/testing/mock_cluster.h"

namespace cairn::net::kafka {
namespace {

using namespace std::chrono_literals;

class Listener final : public GroupListener {
 public:
  void assigned(const std::vector<Partition>& partitions) override { given += partitions.size(); }
  void revoked(const std::vector<Partition>& partitions, bool) override {
    taken += partitions.size();
  }
  void committed(const std::vector<Position>&, const Result<void>& outcome) override {
    commits.push_back(outcome.has_value());
  }

  std::size_t given = 0;
  std::size_t taken = 0;
  std::vector<bool> commits;
};

ConsumerOptions reading(const MockCluster& cluster) {
  ConsumerOptions options;
  options.connection = cluster.connection();
  options.topics = {"spans"};
  return options;
}

// Polls until there is one; a test that waits in vain ends by its time limit.
Message next(Consumer& consumer) {
  for (;;) {
    auto message = consumer.poll(100ms);
    if (message) return *std::move(message);
  }
}

TEST(KafkaConsumerTest, NothingIsCommittedUnlessAsked) {
  MockCluster cluster;
  cluster.create_topic("spans", 1);
  cluster.produce("spans", 0, "a");
  cluster.produce("spans", 0, "b");
  Listener listener;
  auto consumer = std::move(*Consumer::open(reading(cluster), listener));
  EXPECT_EQ(next(*consumer).value.text(), "a");
  const Message second = next(*consumer);
  EXPECT_EQ(second.topic, "spans");
  EXPECT_EQ(second.offset, 1);
  EXPECT_EQ(consumer->end_offset({"spans", 0}), 2);
  EXPECT_EQ(cluster.committed("jaeger-ingester", "spans", 0), -1);
  ASSERT_TRUE(consumer->commit({{{"spans", 0}, 1}}, 10s));
  consumer->close(10s);
  EXPECT_EQ(listener.given, 1u);
  EXPECT_EQ(listener.taken, 1u);
  EXPECT_EQ(cluster.committed("jaeger-ingester", "spans", 0), 1);
}

TEST(KafkaConsumerTest, AFailedCommitIsTold) {
  MockCluster cluster;
  cluster.create_topic("spans", 1);
  cluster.produce("spans", 0, "a");
  Listener listener;
  auto consumer = std::move(*Consumer::open(reading(cluster), listener));
  next(*consumer);
  cluster.fail_commits(1);
  consumer->commit_async({{{"spans", 0}, 1}});
  while (listener.commits.empty()) consumer->poll(100ms);
  EXPECT_FALSE(listener.commits[0]);
  consumer->commit_async({{{"spans", 0}, 1}});
  while (listener.commits.size() < 2) consumer->poll(100ms);
  EXPECT_TRUE(listener.commits[1]);
}

TEST(KafkaConsumerTest, APausedConsumerGetsNothingAndLosesNothing) {
  MockCluster cluster;
  cluster.create_topic("spans", 1);
  for (const char* value : {"a", "b", "c"}) cluster.produce("spans", 0, value);
  Listener listener;
  auto consumer = std::move(*Consumer::open(reading(cluster), listener));
  EXPECT_EQ(next(*consumer).value.text(), "a");
  consumer->pause();
  EXPECT_FALSE(consumer->poll(300ms));
  consumer->resume();
  EXPECT_EQ(next(*consumer).value.text(), "b");
  EXPECT_EQ(next(*consumer).value.text(), "c");
}

TEST(KafkaConsumerTest, WithoutABrokerItOpensAndClosesInTime) {
  MockCluster cluster;
  cluster.set_down(1);
  Listener listener;
  auto consumer = std::move(*Consumer::open(reading(cluster), listener));
  EXPECT_FALSE(consumer->poll(100ms));
  EXPECT_FALSE(consumer->connected());
  consumer->close(100ms);
}

}  // namespace
}  // namespace cairn::net::kafka
