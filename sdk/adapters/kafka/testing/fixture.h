// SPDX-License-Identifier: Apache-2.0
//
// librdkafka's mock cluster (real sockets, the real protocol) and clients for it, with spans in
// memory.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cairn/adapters/kafka.h>
#include <cairn/testing.h>
#include <cairn/trace.h>
#include <cairn/trace/instrumentation.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

namespace cairn::trace::kafka_adapter {

using Properties = std::map<std::string, std::string>;

struct Closer {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(rd_kafka_mock_cluster_t* cluster) const {
    rd_kafka_mock_cluster_destroy(cluster);
  }
};
using Client = std::unique_ptr<rd_kafka_t, Closer>;
using Message = std::unique_ptr<rd_kafka_message_t, Closer>;

// Aborts the test program when it cannot be made: a mistake in the test.
rd_kafka_conf_t* make_conf(const Properties& properties);
Client make_client(rd_kafka_type_t type, rd_kafka_conf_t* conf);

class MockKafka {
 public:
  MockKafka();
  std::string bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster_.get()); }
  void create_topic(const std::string& topic, int partitions = 1);
  void set_down() { rd_kafka_mock_broker_set_down(cluster_.get(), 1); }

 private:
  Client host_;
  std::unique_ptr<rd_kafka_mock_cluster_t, Closer> cluster_;
};

// Headers in order; a value of two bytes "\0!" stands for null.
using Headers = std::vector<std::pair<std::string, std::string>>;
inline const std::string kNull("\0!", 2);
rd_kafka_headers_t* make_headers(const Headers& headers);
Headers headers_of(const rd_kafka_headers_t* headers);
Headers headers_of(const rd_kafka_message_t* message);

class KafkaAdapterTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  void use(Conventions conventions);
  Client producer(const Properties& more = {}, bool trace_deliveries = false);
  // Written by librdkafka alone, as by a stranger; waits until the broker has it.
  void write_foreign(const std::string& topic, const Headers& headers,
                     const std::string& value = "foreign");
  // The first `count` messages of partition 0; waits for them.
  std::vector<Message> read(const std::string& topic, std::size_t count);
  // All that ended, in that order.
  std::vector<FinishedSpan> spans();
  void forget();
  // `CONSUMER orders process < PRODUCER orders publish k=v ...` for each of them.
  std::vector<std::string> texts();

  MockKafka kafka_;
  std::vector<Client> consumers_;  // go after the messages they gave
  std::shared_ptr<MemoryExporter> memory_ = std::make_shared<MemoryExporter>();
};

// A record with a key and a payload that are copied.
KafkaRecord record(const char* topic, std::string& key, std::string& payload);
void flush_producer(const Client& producer);

}  // namespace cairn::trace::kafka_adapter
