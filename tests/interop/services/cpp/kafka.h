// SPDX-License-Identifier: Apache-2.0
//
// Kafka: librdkafka as consumer and producer, by its C++ API.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include <cairn/adapters/kafka_cpp.h>

#include "stop.h"

namespace interop {

// Reads `topic` as the group `cpp` while it lives. Each record's value is what is left of a way.
class KafkaStop {
 public:
  KafkaStop(const Stop& stop, const std::string& broker, const std::string& topic);
  ~KafkaStop();
  KafkaStop(const KafkaStop&) = delete;
  KafkaStop& operator=(const KafkaStop&) = delete;

 private:
  void run(const Stop& stop);

  std::unique_ptr<RdKafka::KafkaConsumer> consumer_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// Writes to `topic`; the span ends at the delivery.
Stop::Step produce_to(const std::string& broker, const std::string& topic);

}  // namespace interop
