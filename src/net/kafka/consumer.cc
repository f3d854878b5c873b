// SPDX-License-Identifier: Apache-2.0
#include "net/kafka/consumer.h"

#include <fmt/format.h>

#include "net/kafka/client.h"

namespace cairn::net::kafka {
namespace {

using std::chrono::steady_clock;

struct QueueDeleter {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
using Queue = std::unique_ptr<rd_kafka_queue_t, QueueDeleter>;

struct MessageDeleter {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using ForeignMessage = std::unique_ptr<rd_kafka_message_t, MessageDeleter>;

struct EventDeleter {
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
using Event = std::unique_ptr<rd_kafka_event_t, EventDeleter>;

std::vector<Partition> partitions_of(const rd_kafka_topic_partition_list_t& list) {
  std::vector<Partition> partitions;
  for (int i = 0; i < list.cnt; ++i) {
    partitions.push_back({list.elems[i].topic, list.elems[i].partition});
  }
  return partitions;
}

PartitionList list_of(const std::vector<Position>& positions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const Position& position : positions) {
    rd_kafka_topic_partition_list_add(list.get(), position.partition.topic.c_str(),
                                      position.partition.number)
        ->offset = position.offset;
  }
  return list;
}

Error kafka_error(std::string_view doing, rd_kafka_resp_err_t error) {
  return unavailable(fmt::format("kafka: {}: {}", doing, rd_kafka_err2str(error)));
}

class RdConsumer final : public Consumer, private ClientEvents {
 public:
  explicit RdConsumer(GroupListener& listener) : listener_(listener) {}
  ~RdConsumer() override { close(Duration(0)); }

  Result<void> start(const ConsumerOptions& options);

  std::optional<Message> poll(Duration timeout) override;
  void pause() override { set_paused(true); }
  void resume() override { set_paused(false); }
  void commit_async(const std::vector<Position>& positions) override;
  Result<void> commit(const std::vector<Position>& positions, Duration timeout) override;
  std::optional<std::int64_t> end_offset(const Partition& partition) const override;
  bool connected() const override { return ClientEvents::connected(); }
  void close(Duration timeout) override;

 private:
  void rebalance(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* list) override;
  void committed(rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* list) override;

  Result<Configuration> configure(const ConsumerOptions& options);
  void give(rd_kafka_topic_partition_list_t* list);
  void take(rd_kafka_topic_partition_list_t* list);
  bool is_cooperative() const;
  void set_paused(bool paused);
  void apply_pause();

  GroupListener& listener_;
  rd_kafka_t* handle_ = nullptr;
  bool paused_ = false;
};

void on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* list,
                  void* opaque) {
  static_cast<ClientEvents*>(opaque)->rebalance(what, list);
}

void on_commit(rd_kafka_t*, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* list,
               void* opaque) {
  static_cast<ClientEvents*>(opaque)->committed(error, list);
}

Result<Configuration> RdConsumer::configure(const ConsumerOptions& options) {
  ASSIGN_OR_RETURN(Configuration conf, make_configuration(options.connection, *this));
  rd_kafka_conf_set_rebalance_cb(conf.get(), on_rebalance);
  rd_kafka_conf_set_offset_commit_cb(conf.get(), on_commit);
  const bool earliest = options.initial_offset == InitialOffset::kEarliest;
  const std::pair<const char*, std::string> properties[] = {
      {"group.id", options.group},
      {"auto.offset.reset", earliest ? "earliest" : "latest"},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"session.timeout.ms", std::to_string(milliseconds(options.session_timeout))},
      {"queued.max.messages.kbytes", std::to_string(options.prefetch_bytes / 1_KiB)},
  };
  for (const auto& [name, value] : properties) {
    // What the user said by librdkafka's own name stands; the promise's are refused before.
    if (options.connection.properties.contains(name)) continue;
    RETURN_IF_ERROR(set_property(*conf, name, value));
  }
  return conf;
}

Result<void> RdConsumer::start(const ConsumerOptions& options) {
  if (options.topics.empty()) return invalid_argument("kafka: no topics are named");
  if (options.group.empty()) return invalid_argument("kafka: the consumer group has no name");
  ASSIGN_OR_RETURN(Configuration conf, configure(options));
  ASSIGN_OR_RETURN(handle_, start_client(RD_KAFKA_CONSUMER, std::move(conf)));
  rd_kafka_poll_set_consumer(handle_);
  const PartitionList topics(
      rd_kafka_topic_partition_list_new(static_cast<int>(options.topics.size())));
  for (const std::string& topic : options.topics) {
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(handle_, topics.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return invalid_argument(fmt::format("kafka: subscribe: {}", rd_kafka_err2str(error)));
  }
  return {};
}

std::optional<Message> RdConsumer::poll(Duration timeout) {
  const ForeignMessage message(rd_kafka_consumer_poll(handle_, milliseconds(timeout)));
  if (!message) return std::nullopt;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      log().warn(rd_kafka_err2name(message->err), "kafka consumer",
                 rd_kafka_message_errstr(message.get()));
    }
    return std::nullopt;
  }
  note_alive();
  const std::string_view value{static_cast<const char*>(message->payload),
                               message->payload == nullptr ? 0 : message->len};
  return Message{rd_kafka_topic_name(message->rkt), message->partition, message->offset,
                 PinnedBytes::own(std::string(value))};
}

// A commit that waits for a coordinator that is away would hold up the close for a session timeout.
void RdConsumer::commit_async(const std::vector<Position>& positions) {
  if (is_away()) return listener_.committed(positions, unavailable("kafka: no broker is there"));
  const PartitionList list = list_of(positions);
  const auto error = rd_kafka_commit(handle_, list.get(), 1);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    listener_.committed(positions, kafka_error("commit", error));
  }
}

// rd_kafka_commit() would wait for a broker that is away; an own queue has a deadline.
Result<void> RdConsumer::commit(const std::vector<Position>& positions, Duration timeout) {
  if (is_away()) return unavailable("kafka: commit: no broker is there");
  const PartitionList list = list_of(positions);
  const Queue queue(rd_kafka_queue_new(handle_));
  const auto asked = rd_kafka_commit_queue(handle_, list.get(), queue.get(), nullptr, nullptr);
  if (asked != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_error("commit", asked);
  const Event event(rd_kafka_queue_poll(queue.get(), milliseconds(timeout)));
  if (!event) return deadline_exceeded("kafka: commit: no broker answered in time");
  const auto error = rd_kafka_event_error(event.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return kafka_error("commit", error);
  return {};
}

std::optional<std::int64_t> RdConsumer::end_offset(const Partition& partition) const {
  std::int64_t low = 0;
  std::int64_t high = 0;
  const auto error = rd_kafka_get_watermark_offsets(handle_, partition.topic.c_str(),
                                                    partition.number, &low, &high);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || high < 0) return std::nullopt;
  return high;
}

bool RdConsumer::is_cooperative() const {
  return std::string_view(rd_kafka_rebalance_protocol(handle_)) == "COOPERATIVE";
}

void RdConsumer::rebalance(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* list) {
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    give(list);
  } else {
    if (what != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
      log().warn("rebalance", "kafka: rebalance failed", rd_kafka_err2str(what));
    }
    take(list);
  }
}

void RdConsumer::give(rd_kafka_topic_partition_list_t* list) {
  listener_.assigned(partitions_of(*list));
  if (is_cooperative()) {
    rd_kafka_error_t* error = rd_kafka_incremental_assign(handle_, list);
    if (error != nullptr) log().warn("assign", "kafka: assign", rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
  } else {
    rd_kafka_assign(handle_, list);
  }
  if (paused_) apply_pause();  // new partitions come running
}

void RdConsumer::take(rd_kafka_topic_partition_list_t* list) {
  listener_.revoked(partitions_of(*list), rd_kafka_assignment_lost(handle_) != 0);
  if (is_cooperative()) {
    rd_kafka_error_t* error = rd_kafka_incremental_unassign(handle_, list);
    if (error != nullptr) log().warn("unassign", "kafka: unassign", rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
  } else {
    rd_kafka_assign(handle_, nullptr);
  }
}

void RdConsumer::committed(rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* list) {
  if (list == nullptr || error == RD_KAFKA_RESP_ERR__NO_OFFSET) return;
  std::vector<Position> positions;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    positions.push_back({{one.topic, one.partition}, one.offset});
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = one.err;
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return listener_.committed(positions, {});
  log().warn("commit", "kafka: commit failed", rd_kafka_err2str(error));
  listener_.committed(positions, kafka_error("commit", error));
}

void RdConsumer::set_paused(bool paused) {
  if (paused_ == paused) return;
  paused_ = paused;
  apply_pause();
}

void RdConsumer::apply_pause() {
  rd_kafka_topic_partition_list_t* raw = nullptr;
  if (rd_kafka_assignment(handle_, &raw) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const PartitionList all(raw);
  if (paused_) {
    rd_kafka_pause_partitions(handle_, all.get());
  } else {
    rd_kafka_resume_partitions(handle_, all.get());
  }
}

// The plain close waits for brokers that may be away: the one with a queue does not.
void RdConsumer::close(Duration timeout) {
  if (handle_ == nullptr) return;
  const auto deadline = steady_clock::now() + timeout;
  {
    const Queue queue(rd_kafka_queue_get_consumer(handle_));
    rd_kafka_error_destroy(rd_kafka_consumer_close_queue(handle_, queue.get()));
    do {
      const ForeignMessage last(rd_kafka_consumer_poll(handle_, 20));  // serves the revocation
    } while (rd_kafka_consumer_closed(handle_) == 0 && steady_clock::now() < deadline);
  }
  rd_kafka_destroy_flags(handle_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  handle_ = nullptr;
}

}  // namespace

Result<std::unique_ptr<Consumer>> Consumer::open(const ConsumerOptions& options,
                                                 GroupListener& listener) {
  auto consumer = std::make_unique<RdConsumer>(listener);
  RETURN_IF_ERROR(consumer->start(options));
  return std::unique_ptr<Consumer>(std::move(consumer));
}

}  // namespace cairn::net::kafka
