// SPDX-License-Identifier: Apache-2.0
//
// What consumer and producer have in common: librdkafka's configuration, its log, its view of the
// brokers. Only this folder includes this header.
// Source: librdkafka 2.0, CONFIGURATION.md and rdkafka.h.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include <librdkafka/rdkafka.h>

#include "base/result.h"
#include "net/kafka/log_throttle.h"
#include "net/kafka/options.h"

namespace cairn::net::kafka {

// The base of whatever librdkafka is given as its opaque.
// Thread rule: librdkafka logs from its own threads; all else runs in the owner's poll.
class ClientEvents {
 public:
  virtual ~ClientEvents() = default;

  // Whether a broker was connected when last looked at, every other second.
  bool connected() const { return connected_.load(std::memory_order_relaxed); }
  // Whether all brokers were lost and none has been seen since.
  bool is_away() const { return away_.load(std::memory_order_relaxed); }
  LogThrottle& log() { return log_; }

  virtual void rebalance(rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*) {}
  virtual void committed(rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*) {}
  virtual void delivered(const rd_kafka_message_t&) {}

  void note_error(rd_kafka_t* handle, int code, std::string_view reason);
  void note_statistics(std::string_view json);
  void note_alive() { away_.store(false, std::memory_order_relaxed); }

 private:
  std::atomic<bool> connected_{false};
  std::atomic<bool> away_{false};
  LogThrottle log_;
};

struct ConfigurationDeleter {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using Configuration = std::unique_ptr<rd_kafka_conf_t, ConfigurationDeleter>;

struct PartitionListDeleter {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, PartitionListDeleter>;

// kInvalidArgument with librdkafka's words: an unknown property, a value out of range, a file that
// cannot be read.
Result<void> set_property(rd_kafka_conf_t& conf, const std::string& name, const std::string& value);

// Brokers, security, the log and then the user's properties.
// Errors: as set_property; a property in `options.properties` that Cairn must set itself.
Result<Configuration> make_configuration(const ConnectionOptions& options, ClientEvents& events);

// Starts the client. It connects in the background: no broker need be there.
// Ownership: `events` outlives the handle.
Result<rd_kafka_t*> start_client(rd_kafka_type_t type, Configuration conf);

// librdkafka takes int milliseconds; never negative, which it reads as "for ever".
int milliseconds(Duration duration);

}  // namespace cairn::net::kafka
