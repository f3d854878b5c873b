// SPDX-License-Identifier: Apache-2.0
//
// librdkafka's mock cluster for tests: real sockets and the real protocol, brokers in this process.
// What it lacks: TLS and SASL, transactions, retention, compaction; a group's first join takes 3 s.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/kafka/options.h"

namespace cairn::net::kafka {

struct Record {
  std::int32_t partition = 0;
  std::string key;
  std::string value;
};

// Thread rule: one thread.
class MockCluster {
 public:
  explicit MockCluster(int brokers = 1);
  ~MockCluster();
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  ConnectionOptions connection() const;

  void create_topic(const std::string& topic, int partitions);
  // Returns once the brokers have it.
  void produce(const std::string& topic, std::int32_t partition, std::string_view value);
  // Everything in the topic, `count` records at least; waits for them, partition by partition.
  std::vector<Record> read(const std::string& topic, int partitions, std::size_t count);
  // What the group has committed, -1 when nothing.
  std::int64_t committed(const std::string& group, const std::string& topic,
                         std::int32_t partition);

  void set_down(std::int32_t broker);
  void set_up(std::int32_t broker);
  // The next commits are refused; with 0 no more are.
  void fail_commits(int count);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cairn::net::kafka
