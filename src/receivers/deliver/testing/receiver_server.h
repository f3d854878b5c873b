// SPDX-License-Identifier: Apache-2.0
//
// For tests of receivers: a server on a free port whose spans end in a writer that takes all of
// them, or refuses when told to.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "ingest/ingest.h"
#include "net/server.h"
#include "net/testing/http2_client.h"
#include "net/testing/raw_client.h"

namespace cairn::receivers::testing {

// Thread rule: any thread.
class KeepingWriter final : public storage::TraceWriter {
 public:
  void write(const model::TenantId&, std::shared_ptr<const model::Batch> batch,
             storage::WriteDone done) override {
    MutexLock lock(mutex_);
    if (failure_) return done(*failure_);
    done(storage::WriteOutcome{batch->spans.size(), {}});
    batches_.push_back(std::move(batch));
  }
  void fail_with(Error error) {
    MutexLock lock(mutex_);
    failure_ = std::move(error);
  }
  // The names of all spans so far, in order.
  std::vector<std::string> names() {
    MutexLock lock(mutex_);
    std::vector<std::string> all;
    for (const auto& batch : batches_) {
      for (const model::Span& span : batch->spans) all.emplace_back(span.name);
    }
    return all;
  }
  std::vector<std::shared_ptr<const model::Batch>> batches() {
    MutexLock lock(mutex_);
    return batches_;
  }

 private:
  Mutex mutex_;
  std::optional<Error> failure_ GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<const model::Batch>> batches_ GUARDED_BY(mutex_);
};

// What the receivers under test stand on. Usage: fill `router`, then serve().
class ReceiverServer {
 public:
  void serve() {
    net::Listener listener;
    listener.name = "test";
    listener.setting = "test.port";
    listener.router = std::move(router);
    std::vector<net::Listener> listeners;
    listeners.push_back(std::move(listener));
    auto started = net::Server::start({}, std::move(listeners), metrics);
    CAIRN_CHECK(started);
    server_ = *std::move(started);
  }
  std::uint16_t port() const { return server_->port_of("test"); }

  using Fields = std::vector<std::pair<std::string, std::string>>;
  net::testing::HttpAnswer post(const std::string& path, const std::string& body,
                                const Fields& headers = {}) const {
    net::testing::RawClient client(port());
    std::string request = "POST " + path + " HTTP/1.1\r\nhost: test\r\n";
    for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
    request += "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    (void)client.send(request);
    return net::testing::read_answer(client);
  }
  net::testing::HttpAnswer get(const std::string& path) const {
    net::testing::RawClient client(port());
    (void)client.send("GET " + path + " HTTP/1.1\r\nhost: test\r\n\r\n");
    return net::testing::read_answer(client);
  }

  MetricsRegistry metrics;
  ManualClock clock{1};
  KeepingWriter writer;
  ingest::Ingest ingest{{}, writer, clock};
  net::Router router;

 private:
  std::unique_ptr<net::Server> server_;
};

}  // namespace cairn::receivers::testing
