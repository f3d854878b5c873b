// SPDX-License-Identifier: Apache-2.0
//
// Everything that can be set, typed, with the defaults as member initialisers. Only server/ sees
// it: wiring hands each library its own options. The names users write are in settings.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/log.h"
#include "exporters/kafka/kafka_trace_writer.h"
#include "ingest/ingest.h"
#include "net/server.h"
#include "net/udp/udp_server.h"
#include "query/query_service.h"
#include "receivers/kafka/kafka_receiver.h"
#include "sampling/adaptive_options.h"
#include "sampling/file_strategies.h"
#include "server/self_tracing.h"
#include "storage/columnar/columnar_trace_store.h"
#include "storage/memory/memory_trace_store.h"

namespace cairn::server {

// One port. Port 0 asks for any free one; `listen` empty means Config::listen.
struct EndpointOptions {
  bool enabled = true;
  std::string listen;
  std::uint16_t port = 0;
};

inline EndpointOptions endpoint(std::uint16_t port) {
  return {.enabled = true, .listen = {}, .port = port};
}

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
};

struct QueryOptions {
  EndpointOptions http = endpoint(16686);
  std::string base_path;  // "/jaeger" behind a proxy that keeps the prefix; empty for none
  net::CorsOptions cors;
  std::size_t workers = 4;
  std::size_t queue = 256;  // requests waiting for a worker; more are refused
  query::QueryOptions service;
};

struct KafkaReceiverConfig {
  bool enabled = false;
  receivers::kafka::KafkaReceiverOptions options;
};

struct KafkaExporterConfig {
  bool enabled = false;
  bool instead_of_store = false;  // nothing is stored here; what was before is still shown
  exporters::kafka::KafkaExporterOptions options;
};

// What clients are told to sample.
struct SamplingConfig {
  EndpointOptions http = endpoint(5778);
  EndpointOptions grpc = endpoint(5779);
  sampling::FileStrategiesOptions file;
  Duration reload_interval = std::chrono::seconds(10);
  bool is_adaptive = false;
  sampling::AdaptiveOptions adaptive;  // its state lies in `data`
};

struct Config {
  std::string listen = "127.0.0.1";
  std::string data = "cairn-data";
  LogOptions log;

  EndpointOptions otlp_grpc = endpoint(4317);
  EndpointOptions otlp_http = endpoint(4318);
  net::CorsOptions otlp_cors;
  EndpointOptions jaeger_http = endpoint(14268);
  EndpointOptions jaeger_grpc = endpoint(14250);
  EndpointOptions jaeger_compact = endpoint(6831);         // UDP
  EndpointOptions jaeger_binary = endpoint(6832);          // UDP
  EndpointOptions jaeger_zipkin_compact = endpoint(5775);  // UDP
  net::UdpOptions udp;
  EndpointOptions zipkin_http = endpoint(9411);
  net::CorsOptions zipkin_cors;
  KafkaReceiverConfig kafka_receiver;
  KafkaExporterConfig kafka_exporter;
  SamplingConfig sampling;
  QueryOptions query;
  EndpointOptions admin = endpoint(14269);
  bool admin_allow_changes = false;  // erase, flush and compact on the admin port
  EndpointOptions health = endpoint(13133);
  EndpointOptions metrics = endpoint(8888);

  SelfTracingOptions self_tracing;

  net::ServerOptions net;
  Duration drain_time = std::chrono::seconds(5);
  ingest::IngestOptions ingest;
  std::string storage_engine = "columnar";
  storage::ColumnarStoreOptions columnar;  // its path is `data`
  storage::MemoryStoreOptions memory;
};

}  // namespace cairn::server
