// SPDX-License-Identifier: Apache-2.0
//
// How Kafka is reached, read from and written to. The member initialisers are the defaults.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

namespace cairn::net::kafka {

struct TlsOptions {
  bool enabled = false;
  std::string ca_file;           // PEM; empty: the system's
  std::string certificate_file;  // PEM, with key_file: the client's own
  std::string key_file;
  std::string key_password;
  bool verify = true;  // the broker's certificate and host name
};

struct SaslOptions {
  std::string mechanism;  // empty: none; PLAIN, SCRAM-SHA-256, SCRAM-SHA-512
  std::string username;
  std::string password;
};

struct ConnectionOptions {
  std::vector<std::string> brokers{"127.0.0.1:9092"};  // host:port, any of the cluster
  std::string client_id = "cairn";
  TlsOptions tls;
  SaslOptions sasl;
  // Any further librdkafka property, by its name. Not those that the delivery promise stands on.
  std::map<std::string, std::string> properties;
};

// Where a group begins that has committed nothing yet.
enum class InitialOffset { kEarliest, kLatest };

struct ConsumerOptions {
  ConnectionOptions connection;
  std::vector<std::string> topics{"jaeger-spans"};  // one that begins with ^ is a pattern
  std::string group = "jaeger-ingester";
  InitialOffset initial_offset = InitialOffset::kEarliest;
  // How long the group waits for a member that died without a word.
  Duration session_timeout = std::chrono::seconds(10);
  std::size_t prefetch_bytes = 16_MiB;  // read ahead of poll(), all partitions together
};

struct ProducerOptions {
  ConnectionOptions connection;
  std::string topic = "otlp_spans";
  std::string compression = "lz4";                       // none, gzip, snappy, lz4, zstd
  Duration linger = std::chrono::milliseconds(5);        // how long a message waits for company
  Duration delivery_timeout = std::chrono::seconds(30);  // then it is given back as kUnavailable
  std::size_t max_message_bytes = 1'000'000;  // the brokers' message.max.bytes must not be less
};

}  // namespace cairn::net::kafka
