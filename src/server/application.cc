// SPDX-License-Identifier: Apache-2.0
#include "server/application.h"

#include <filesystem>

#include <fmt/format.h>

#include "api/cairn/admin_api.h"
#include "api/cairn/cairn_api.h"
#include "api/jaeger/jaeger_api.h"
#include "base/log.h"
#include "base/worker_pool.h"
#include "ingest/ingest.h"
#include "net/grpc/health.h"
#include "query/query_service.h"
#include "receivers/otlp/otlp_receiver.h"
#include "server/admin_routes.h"
#include "server/listeners.h"
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

// What the store stands on.
struct Ground {
  SystemClock clock;
  std::unique_ptr<storage::columnar::FileSystem> fs = storage::columnar::make_posix_file_system();
};

// Members are in starting order; C++ destroys them in reverse.
class WiredApplication final : public Application {
 public:
  WiredApplication(const Config& config, std::unique_ptr<Ground> ground,
                   std::unique_ptr<storage::TraceStore> store)
      : config_(config),
        ground_(std::move(ground)),
        store_(std::move(store)),
        ingest_(config.ingest, store_->writer(), clock_),
        otlp_(ingest_, metrics_),
        query_(config.query.service, store_->reader(), store_->admin()),
        workers_("query", config.query.workers, config.query.queue),
        jaeger_api_(query_, workers_, clock_),
        cairn_api_(query_, workers_, clock_),
        admin_api_(query_, workers_) {
    add_process_metrics(metrics_, clock_);
    add_store_metrics(metrics_, store_->admin());
  }

  ~WiredApplication() override { stop(); }

  // Every port, by the name and the setting that people know it by.
  Result<void> open_ports() {
    const auto health = [this] { return store_->admin().health(); };

    net::Router otlp;
    otlp_.add_routes(otlp);
    otlp.add_all(net::health_routes([health] { return health().has_value(); },
                                    {std::string(receivers::otlp::kTraceService)}));

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

    ListenerTable table(config_.listen);
    table.add("otlp_grpc", "receivers.otlp.grpc", config_.otlp_grpc, otlp, config_.otlp_cors);
    table.add("otlp_http", "receivers.otlp.http", config_.otlp_http, otlp, config_.otlp_cors);
    table.add("query", "query.http", config_.query.http, web, config_.query.cors);
    table.add("admin", "admin", config_.admin, operators);
    table.add("health", "health", config_.health, admin);
    table.add("metrics", "metrics", config_.metrics, admin);

    ASSIGN_OR_RETURN(server_, net::Server::start(config_.net, table.listeners(), metrics_));
    ports_ = table.ports(*server_);
    for (const auto& [name, port] : ports_) {
      log_info("listening", {{"for", name}, {"port", std::to_string(port)}});
    }
    return {};
  }

  const std::map<std::string, std::uint16_t>& ports() const override { return ports_; }

  void stop() override {
    if (server_) server_->drain(config_.drain_time);
    workers_.stop();
    server_.reset();
  }

 private:
  const Config config_;
  const std::unique_ptr<Ground> ground_;
  const Clock& clock_ = ground_->clock;
  MetricsRegistry metrics_;
  std::unique_ptr<storage::TraceStore> store_;
  ingest::Ingest ingest_;
  receivers::otlp::OtlpReceiver otlp_;
  query::QueryService query_;
  WorkerPool workers_;
  api::jaeger::JaegerApi jaeger_api_;
  api::cairn::CairnApi cairn_api_;
  api::cairn::AdminApi admin_api_;
  std::unique_ptr<net::Server> server_;
  std::map<std::string, std::uint16_t> ports_;
};

}  // namespace

Result<std::unique_ptr<Application>> Application::start(const Config& config) {
  auto ground = std::make_unique<Ground>();
  ASSIGN_OR_RETURN(auto store, open_store(config, *ground->fs, ground->clock));
  auto application =
      std::make_unique<WiredApplication>(config, std::move(ground), std::move(store));
  RETURN_IF_ERROR(application->open_ports());
  return std::unique_ptr<Application>(std::move(application));
}

}  // namespace cairn::server
