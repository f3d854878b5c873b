// SPDX-License-Identifier: Apache-2.0
//
// Everything that can be set, typed, with the defaults as member initialisers. Only server/ sees
// it: wiring hands each library its own options. The names users write are in settings.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/log.h"
#include "ingest/ingest.h"
#include "net/server.h"
#include "query/query_service.h"
#include "storage/columnar/columnar_trace_store.h"
#include "storage/memory/memory_trace_store.h"

namespace cairn::server {

// One port. Port 0 asks for any free one; `listen` empty means Config::listen.
struct EndpointOptions {
  bool enabled = true;
  std::string listen;
  std::uint16_t port = 0;
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
};

struct QueryOptions {
  EndpointOptions http{.enabled = true, .listen = {}, .port = 16686};
  std::string base_path;  // "/jaeger" behind a proxy that keeps the prefix; empty for none
  net::CorsOptions cors;
  std::size_t workers = 4;
  std::size_t queue = 256;  // requests waiting for a worker; more are refused
  query::QueryOptions service;
};

struct Config {
  std::string listen = "127.0.0.1";
  std::string data = "cairn-data";
  LogOptions log;

  EndpointOptions otlp_grpc{.enabled = true, .listen = {}, .port = 4317};
  EndpointOptions otlp_http{.enabled = true, .listen = {}, .port = 4318};
  net::CorsOptions otlp_cors;
  QueryOptions query;
  EndpointOptions admin{.enabled = true, .listen = {}, .port = 14269};
  bool admin_allow_changes = false;  // erase, flush and compact on the admin port
  EndpointOptions health{.enabled = true, .listen = {}, .port = 13133};
  EndpointOptions metrics{.enabled = true, .listen = {}, .port = 8888};

  net::ServerOptions net;
  Duration drain_time = std::chrono::seconds(5);
  ingest::IngestOptions ingest;
  std::string storage_engine = "columnar";
  storage::ColumnarStoreOptions columnar;  // its path is `data`
  storage::MemoryStoreOptions memory;
};

}  // namespace cairn::server
