// SPDX-License-Identifier: Apache-2.0
#include "net/kafka/testing/mock_cluster.h"

#include <array>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "base/check.h"

namespace cairn::net::kafka {
namespace {

using Properties = std::vector<std::pair<std::string, std::string>>;

rd_kafka_t* make_client(rd_kafka_type_t type, const Properties& properties) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, 256> why{};
  for (const auto& [name, value] : properties) {
    CAIRN_CHECK(rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size()) ==
                RD_KAFKA_CONF_OK);
  }
  rd_kafka_conf_set_log_cb(conf, nullptr);
  rd_kafka_t* handle = rd_kafka_new(type, conf, why.data(), why.size());
  CAIRN_CHECK(handle != nullptr);
  return handle;
}

std::string text(const void* bytes, std::size_t size) {
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

}  // namespace

struct MockCluster::State {
  rd_kafka_t* host = nullptr;
  rd_kafka_mock_cluster_t* cluster = nullptr;
  rd_kafka_t* producer = nullptr;
};

MockCluster::MockCluster(int brokers) : state_(std::make_unique<State>()) {
  state_->host = make_client(RD_KAFKA_PRODUCER, {});
  state_->cluster = rd_kafka_mock_cluster_new(state_->host, brokers);
  CAIRN_CHECK(state_->cluster != nullptr);
  state_->producer = make_client(
      RD_KAFKA_PRODUCER, {{"bootstrap.servers", connection().brokers[0]}, {"linger.ms", "0"}});
}

MockCluster::~MockCluster() {
  rd_kafka_destroy(state_->producer);
  rd_kafka_mock_cluster_destroy(state_->cluster);
  rd_kafka_destroy(state_->host);
}

ConnectionOptions MockCluster::connection() const {
  ConnectionOptions options;
  options.brokers = {rd_kafka_mock_cluster_bootstraps(state_->cluster)};
  options.properties = {{"reconnect.backoff.max.ms", "200"}};
  return options;
}

void MockCluster::create_topic(const std::string& topic, int partitions) {
  CAIRN_CHECK(rd_kafka_mock_topic_create(state_->cluster, topic.c_str(), partitions, 1) ==
              RD_KAFKA_RESP_ERR_NO_ERROR);
}

void MockCluster::produce(const std::string& topic, std::int32_t partition,
                          std::string_view value) {
  const auto error = rd_kafka_producev(
      state_->producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
      RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
  CAIRN_CHECK(error == RD_KAFKA_RESP_ERR_NO_ERROR);
  CAIRN_CHECK(rd_kafka_flush(state_->producer, 20'000) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

std::vector<Record> MockCluster::read(const std::string& topic, int partitions, std::size_t count) {
  rd_kafka_t* consumer = make_client(
      RD_KAFKA_CONSUMER,
      {{"bootstrap.servers", connection().brokers[0]}, {"group.id", "a reader of tests"}});
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(partitions);
  for (int i = 0; i < partitions; ++i) {
    rd_kafka_topic_partition_list_add(list, topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_assign(consumer, list);
  rd_kafka_topic_partition_list_destroy(list);
  std::vector<Record> records;
  while (records.size() < count) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, 20'000);
    CAIRN_CHECK(message != nullptr);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      records.push_back({message->partition, text(message->key, message->key_len),
                         text(message->payload, message->len)});
    }
    rd_kafka_message_destroy(message);
  }
  rd_kafka_destroy(consumer);
  return records;
}

std::int64_t MockCluster::committed(const std::string& group, const std::string& topic,
                                    std::int32_t partition) {
  rd_kafka_t* consumer = make_client(
      RD_KAFKA_CONSUMER, {{"bootstrap.servers", connection().brokers[0]}, {"group.id", group}});
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), partition);
  CAIRN_CHECK(rd_kafka_committed(consumer, list, 20'000) == RD_KAFKA_RESP_ERR_NO_ERROR);
  const std::int64_t offset = list->elems[0].offset;
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_destroy(consumer);
  return offset < 0 ? -1 : offset;
}

void MockCluster::set_down(std::int32_t broker) {
  rd_kafka_mock_broker_set_down(state_->cluster, broker);
}

void MockCluster::set_up(std::int32_t broker) {
  rd_kafka_mock_broker_set_up(state_->cluster, broker);
}

void MockCluster::fail_commits(int count) {
  constexpr std::int16_t kOffsetCommit = 8;
  rd_kafka_mock_clear_request_errors(state_->cluster, kOffsetCommit);
  if (count == 0) return;
  const std::vector<rd_kafka_resp_err_t> errors(static_cast<std::size_t>(count),
                                                RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
  rd_kafka_mock_push_request_errors_array(state_->cluster, kOffsetCommit, errors.size(),
                                          errors.data());
}

}  // namespace cairn::net::kafka
