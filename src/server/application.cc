// SPDX-License-Identifier: Apache-2.0
#include "server/application.h"

#include <filesystem>

#include <fmt/format.h>

#include "api/cairn/admin_api.h"
#include "api/cairn/cairn_api.h"
#include "api/jaeger/jaeger_api.h"
#include "api/sampling/sampling_api.h"
#include "base/log.h"
#include "base/thread.h"
#include "base/worker_pool.h"
#include "exporters/kafka/kafka_trace_writer.h"
#include "ingest/ingest.h"
#include "ingest/tee_writer.h"
#include "net/grpc/health.h"
#include "query/query_service.h"
#include "receivers/jaeger/jaeger_receiver.h"
#include "receivers/kafka/kafka_receiver.h"
#include "receivers/otlp/otlp_receiver.h"
#include "receivers/upload/upload_receiver.h"
#include "receivers/zipkin/zipkin_receiver.h"
#include "server/admin_routes.h"
#include "server/listeners.h"
#include "server/remote_sampling.h"
#include "server/self_tracing.h"
#include "server/store_metrics.h"
#include "server/ui_routes.h"
#include "storage/columnar/fs/posix_file_system.h"
#include "storage/memory/memory_trace_store.h"

namespace cairn::server {
namespace {

// `fs` and `clock` outlive the store.
Result<std::unique_ptr<storage::TraceStore>> open_store(const Config& config,
                                                        storage::columnar::FileSystem& fs,
                                                        const Clock& clock) {
  if (config.storage_engine == "columnar") {
    storage::ColumnarStoreOptions options = config.columnar;
    options.path = config.data;
    ASSIGN_OR_RETURN(auto store, storage::ColumnarTraceStore::open(options, fs, clock));
    return std::unique_ptr<storage::TraceStore>(std::move(store));
  }
  if (config.storage_engine == "memory") {
    return std::unique_ptr<storage::TraceStore>(
        std::make_unique<storage::MemoryTraceStore>(config.memory));
  }
  return invalid_argument(fmt::format("storage.engine: no engine '{}'", config.storage_engine));
}

// What everything stands on.
struct Ground {
  SystemClock clock;
  MetricsRegistry metrics;
  std::unique_ptr<storage::columnar::FileSystem> fs = storage::columnar::make_posix_file_system();
};

// Where accepted spans go: the store, Kafka, or both.
struct Destinations {
  std::unique_ptr<storage::TraceStore> store;
  std::unique_ptr<exporters::kafka::KafkaTraceWriter> kafka;  // null: not configured
  std::unique_ptr<ingest::TeeWriter> both;                    // null: only one of the two

  storage::TraceWriter& writer() {
    if (both) return *both;
    if (kafka) return *kafka;
    return store->writer();
  }
};

// `ground` outlives them.
Result<Destinations> open_destinations(const Config& config, Ground& ground) {
  Destinations made;
  ASSIGN_OR_RETURN(made.store, open_store(config, *ground.fs, ground.clock));
  if (!config.kafka_exporter.enabled) return made;
  ASSIGN_OR_RETURN(made.kafka, exporters::kafka::KafkaTraceWriter::open(
                                   config.kafka_exporter.options, ground.metrics));
  if (!config.kafka_exporter.instead_of_store) {
    made.both = std::make_unique<ingest::TeeWriter>(made.store->writer(), *made.kafka);
  }
  return made;
}

// Members are in starting order; C++ destroys them in reverse.
class WiredApplication final : public Application {
 public:
  WiredApplication(const Config& config, std::unique_ptr<Ground> ground, Destinations destinations,
                   std::unique_ptr<RemoteSampling> sampling)
      : config_(config),
        ground_(std::move(ground)),
        destinations_(std::move(destinations)),
        sampling_(std::move(sampling)),
        ingest_(config.ingest, destinations_.writer(), clock_, sampling_->observer()),
        otlp_(ingest_, metrics_),
        jaeger_(ingest_, metrics_),
        zipkin_(ingest_, metrics_),
        upload_(ingest_, metrics_),
        sampling_api_(sampling_->provider(), metrics_),
        query_(config.query.service, store().reader(), store().admin()),
        workers_("query", config.query.workers, config.query.queue),
        jaeger_api_(query_, workers_, clock_),
        cairn_api_(query_, workers_, clock_),
        admin_api_(query_, workers_) {
    if (config_.self_tracing.enabled) {
      self_tracing_ = std::make_unique<SelfTracing>(config_.self_tracing, ingest_, metrics_);
    }
    add_process_metrics(metrics_, clock_);
    add_store_metrics(metrics_, store().admin());
  }

  ~WiredApplication() override {
    stop();
    // What the store has yet to answer (datagrams, requests that the drain gave up) is counted at
    // its door: the doors must be there still.
    destinations_ = {};
  }

  // Every port, by the name and the setting that people know it by; then what reads from elsewhere.
  Result<void> open_ports() {
    const auto health = [this] { return store().admin().health(); };
    ListenerTable table(config_.listen);
    add_receivers(table, [health] { return health().has_value(); });
    add_sampling(table, [health] { return health().has_value(); });
    add_query_and_admin(table, health);

    // Both bind before either serves.
    ASSIGN_OR_RETURN(udp_, net::UdpServer::start(config_.udp, table.udp_listeners(), metrics_));
    ASSIGN_OR_RETURN(server_, net::Server::start(config_.net, table.listeners(), metrics_));
    ports_ = table.ports(*server_, *udp_);
    for (const auto& [name, port] : ports_) {
      log_info("listening", {{"for", name}, {"port", std::to_string(port)}});
    }
    if (!config_.kafka_receiver.enabled) return {};
    ASSIGN_OR_RETURN(kafka_, receivers::kafka::KafkaReceiver::start(config_.kafka_receiver.options,
                                                                    ingest_, metrics_));
    return {};
  }

  const std::map<std::string, std::uint16_t>& ports() const override { return ports_; }

  // All in less than the ten seconds that containers are given, brokers there or not.
  void stop() override {
    {
      const std::jthread consuming = start_thread("stop/kafka", [this](const std::stop_token&) {
        if (kafka_) kafka_->stop();
      });
      if (udp_) udp_->stop();
      if (server_) server_->drain(config_.drain_time);
    }
    workers_.stop();
    self_tracing_.reset();
    server_.reset();
    sampling_->stop();
    if (destinations_.kafka) destinations_.kafka->stop();
  }

 private:
  storage::TraceStore& store() { return *destinations_.store; }

  // A span for each request of these routes, if Cairn traces itself.
  net::Router traced(net::Router router) const {
    if (self_tracing_) SelfTracing::trace(router);
    return router;
  }

  void add_receivers(ListenerTable& table, const std::function<bool()>& healthy) {
    net::Router otlp;
    otlp_.add_routes(otlp);
    upload_.add_routes(otlp);
    otlp.add_all(net::health_routes(healthy, {std::string(receivers::otlp::kTraceService)}));
    table.add("otlp_grpc", "receivers.otlp.grpc", config_.otlp_grpc, traced(otlp),
              config_.otlp_cors);
    table.add("otlp_http", "receivers.otlp.http", config_.otlp_http, traced(otlp),
              config_.otlp_cors);

    net::Router jaeger_http;
    jaeger_.add_http_routes(jaeger_http);
    sampling_api_.add_collector_routes(jaeger_http);
    table.add("jaeger_http", "receivers.jaeger.http", config_.jaeger_http, traced(jaeger_http));
    net::Router jaeger_grpc;
    jaeger_.add_grpc_routes(jaeger_grpc);
    sampling_api_.add_grpc_routes(jaeger_grpc);
    jaeger_grpc.add_all(
        net::health_routes(healthy, {std::string(receivers::jaeger::kCollectorService)}));
    table.add("jaeger_grpc", "receivers.jaeger.grpc", config_.jaeger_grpc, traced(jaeger_grpc));
    table.add_udp("jaeger_compact", "receivers.jaeger.compact", config_.jaeger_compact,
                  jaeger_.datagram_handler());
    table.add_udp("jaeger_binary", "receivers.jaeger.binary", config_.jaeger_binary,
                  jaeger_.datagram_handler());
    table.add_udp("jaeger_zipkin_compact", "receivers.jaeger.zipkin_compact",
                  config_.jaeger_zipkin_compact, jaeger_.datagram_handler());

    net::Router zipkin;
    zipkin_.add_routes(zipkin, healthy);
    zipkin.add_all(net::health_routes(healthy, {std::string(receivers::zipkin::kSpanService)}));
    table.add("zipkin_http", "receivers.zipkin.http", config_.zipkin_http, traced(zipkin),
              config_.zipkin_cors);
  }

  void add_sampling(ListenerTable& table, const std::function<bool()>& healthy) {
    net::Router http;
    sampling_api_.add_http_routes(http);
    table.add("sampling_http", "sampling.http", config_.sampling.http, traced(http));
    net::Router grpc;
    sampling_api_.add_grpc_routes(grpc);
    grpc.add_all(
        net::health_routes(healthy, {std::string(api::sampling::SamplingApi::kGrpcService)}));
    table.add("sampling_grpc", "sampling.grpc", config_.sampling.grpc, traced(grpc));
  }

  void add_query_and_admin(ListenerTable& table, const HealthCheck& health) {
    net::Router web;
    jaeger_api_.add_routes(web, config_.query.base_path);
    cairn_api_.add_routes(web, config_.query.base_path);
    admin_api_.add_reading_routes(web, config_.query.base_path);
    add_ui_routes(web, config_.query.base_path);

    net::Router admin;
    add_admin_routes(admin, health, metrics_, clock_);

    net::Router operators;
    operators.add_all(admin);
    admin_api_.add_reading_routes(operators, "");
    admin_api_.add_changing_routes(operators, config_.admin_allow_changes);

    table.add("query", "query.http", config_.query.http, traced(web), config_.query.cors);
    table.add("admin", "admin", config_.admin, operators);
    table.add("health", "health", config_.health, admin);
    table.add("metrics", "metrics", config_.metrics, admin);
  }

  const Config config_;
  const std::unique_ptr<Ground> ground_;
  const Clock& clock_ = ground_->clock;
  MetricsRegistry& metrics_ = ground_->metrics;
  Destinations destinations_;
  std::unique_ptr<RemoteSampling> sampling_;
  ingest::Ingest ingest_;
  receivers::otlp::OtlpReceiver otlp_;
  receivers::jaeger::JaegerReceiver jaeger_;
  receivers::zipkin::ZipkinReceiver zipkin_;
  receivers::upload::UploadReceiver upload_;
  api::sampling::SamplingApi sampling_api_;
  query::QueryService query_;
  WorkerPool workers_;
  api::jaeger::JaegerApi jaeger_api_;
  api::cairn::CairnApi cairn_api_;
  api::cairn::AdminApi admin_api_;
  std::unique_ptr<SelfTracing> self_tracing_;  // null: off
  std::unique_ptr<net::UdpServer> udp_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<receivers::kafka::KafkaReceiver> kafka_;
  std::map<std::string, std::uint16_t> ports_;
};

}  // namespace

Result<std::unique_ptr<Application>> Application::start(const Config& config) {
  auto ground = std::make_unique<Ground>();
  ASSIGN_OR_RETURN(Destinations destinations, open_destinations(config, *ground));
  const bool is_durable = config.storage_engine == "columnar";
  ASSIGN_OR_RETURN(
      auto sampling,
      RemoteSampling::open(config.sampling, is_durable ? config.data + "/adaptive-sampling" : "",
                           ground->clock, ground->metrics));
  auto application = std::make_unique<WiredApplication>(
      config, std::move(ground), std::move(destinations), std::move(sampling));
  RETURN_IF_ERROR(application->open_ports());
  return std::unique_ptr<Application>(std::move(application));
}

}  // namespace cairn::server
