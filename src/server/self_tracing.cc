// SPDX-License-Identifier: Apache-2.0
#include "server/self_tracing.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include <cairn/trace.h>
#include <cairn/trace/provider.h>

#include "base/log.h"
#include "net/error_status.h"
#include "receivers/otlp/otlp_receiver.h"
#include "sdk/export/otlp_request.h"
#include "server/version.h"

namespace cairn::server {
namespace {

namespace sdk = cairn::trace;

inline constexpr sdk::Key kMethod{"http.request.method"};
inline constexpr sdk::Key kPath{"url.path"};
inline constexpr sdk::Key kRoute{"http.route"};
inline constexpr sdk::Key kPeer{"network.peer.address"};
inline constexpr sdk::Key kStatus{"http.response.status_code"};
inline constexpr sdk::Key kRpcSystem{"rpc.system"};
inline constexpr sdk::Key kErrorType{"error.type"};

// The batch as a request of the OTLP door, and what became of it.
class IngestExporter final : public sdk::SpanExporter {
 public:
  IngestExporter(ingest::Ingest& ingest, ingest::Door& door) : ingest_(ingest), door_(door) {}

  sdk::ExportResult export_batch(const sdk::SpanBatch& batch,
                                 const sdk::ExportDeadline& deadline) noexcept override {
    auto delivery = receivers::otlp::decode_export_request(request_of(batch));
    if (!delivery) return {sdk::ExportResult::Code::kFailed, 0, {}, delivery.error().message};
    // Shared with the store, which may answer after the deadline.
    struct Answer {
      std::mutex mutex;
      std::condition_variable arrived;
      std::optional<Result<ingest::Outcome>> outcome;
    };
    const auto answer = std::make_shared<Answer>();
    ingest_.accept(door_, *std::move(delivery), [answer](Result<ingest::Outcome> outcome) {
      const std::lock_guard lock(answer->mutex);
      answer->outcome = std::move(outcome);
      answer->arrived.notify_all();
    });
    std::unique_lock lock(answer->mutex);
    if (!answer->arrived.wait_until(lock, deadline.at(),
                                    [&] { return answer->outcome.has_value(); })) {
      return {sdk::ExportResult::Code::kRetry, 0, {}, "the store has not answered"};
    }
    return result_of(*answer->outcome);
  }
  std::string description() const override { return "this server"; }

 private:
  static PinnedBytes request_of(const sdk::SpanBatch& batch) {
    std::string prefixes, bytes;
    sdk::transport::Segments segments;
    sdk::transport::append_otlp_request(batch, prefixes, segments);
    for (const auto& segment : segments) {
      bytes.append(reinterpret_cast<const char*>(segment.data), segment.size);
    }
    return PinnedBytes::own(std::move(bytes));
  }

  static sdk::ExportResult result_of(const Result<ingest::Outcome>& outcome) {
    using Code = sdk::ExportResult::Code;
    if (outcome) return {Code::kSent, outcome->rejected.total(), {}, {}};
    const bool later = outcome.error().code == ErrorCode::kResourceExhausted ||
                       outcome.error().code == ErrorCode::kUnavailable;
    return {later ? Code::kRetry : Code::kFailed, 0, {}, outcome.error().message};
  }

  ingest::Ingest& ingest_;
  ingest::Door& door_;
};

class RequestHeaders final : public sdk::TextMapReader {
 public:
  explicit RequestHeaders(const net::Headers& headers) : headers_(headers) {}
  bool get(std::string_view name, std::size_t index, std::string_view& value) const override {
    for (const auto& [key, text] : headers_) {
      if (key == name && index-- == 0) {
        value = text;
        return true;
      }
    }
    return false;
  }

 private:
  const net::Headers& headers_;
};

void end_with(const sdk::Span& span, int status, const std::optional<Error>& error) {
  span.set(kStatus, status);
  if (error) {
    span.set(kErrorType, std::string_view(error->message).substr(0, 64));
    span.set_status(sdk::StatusCode::kError, error->message);
  } else if (status >= 500) {
    span.set_status(sdk::StatusCode::kError);
  }
  span.end();
}

class TracedStream final : public net::ResponseStream {
 public:
  TracedStream(std::unique_ptr<net::ResponseStream> stream, sdk::Span span, int status)
      : stream_(std::move(stream)), span_(std::move(span)), status_(status) {}

  bool write(PinnedBytes message) override { return stream_->write(std::move(message)); }
  void finish(Result<void> outcome) override {
    std::optional<Error> error;
    if (!outcome) error = outcome.error();
    end_with(span_, status_, error);
    stream_->finish(std::move(outcome));
  }

 private:
  std::unique_ptr<net::ResponseStream> stream_;
  sdk::Span span_;  // ends unfinished when the stream was cancelled
  const int status_;
};

class TracedChannel final : public net::Responder::Channel {
 public:
  TracedChannel(net::Responder responder, sdk::Span span)
      : responder_(std::move(responder)), span_(std::move(span)) {}

  void send(net::Response response) override {
    end_with(span_, response.status, response.error);
    responder_.send(std::move(response));
  }
  std::unique_ptr<net::ResponseStream> start_stream(net::Response head) override {
    const int status = head.status;
    return std::make_unique<TracedStream>(responder_.start_stream(std::move(head)),
                                          std::move(span_), status);
  }

 private:
  net::Responder responder_;
  sdk::Span span_;
};

sdk::Span start_span(const std::string& name, bool is_grpc, std::string_view pattern,
                     const net::Request& request) {
  static const sdk::Tracer tracer = sdk::tracer("cairn.server", version());
  const sdk::Context parent =
      sdk::propagator().extract(RequestHeaders(request.headers), sdk::Context());
  const sdk::Attribute http[] = {
      {kMethod, request.method}, {kPath, request.path}, {kRoute, pattern}, {kPeer, request.peer}};
  const sdk::Attribute grpc[] = {{kRpcSystem, "grpc"}, {kPeer, request.peer}};
  sdk::SpanOptions options;
  options.kind = sdk::SpanKind::kServer;
  options.parent = &parent;
  options.attributes = is_grpc ? sdk::Attributes(grpc) : sdk::Attributes(http);
  return tracer.start(name, options);
}

net::Handler traced(const net::Route& route) {
  const bool is_grpc = route.kind != net::RouteKind::kHttp;
  std::string name = is_grpc ? route.pattern.substr(1) : route.method + " " + route.pattern;
  return [name = std::move(name), is_grpc, pattern = route.pattern, handler = route.handler](
             net::Request request, net::Responder responder) {
    sdk::Span span = start_span(name, is_grpc, pattern, request);
    const sdk::Scope scope(span);
    handler(std::move(request),
            net::Responder(std::make_unique<TracedChannel>(std::move(responder), std::move(span))));
  };
}

}  // namespace

SelfTracing::SelfTracing(const SelfTracingOptions& options, ingest::Ingest& ingest,
                         MetricsRegistry& metrics)
    : door_({"otlp_protobuf", "self"}, metrics) {
  sdk::Options settings;
  settings.resource = {{"service.name", options.service_name},
                       {"service.version", std::string(version())},
                       {"telemetry.sdk.name", "cairn"},
                       {"telemetry.sdk.language", "cpp"}};
  settings.exporter = std::make_shared<IngestExporter>(ingest, door_);
  settings.sampler = sdk::parent_based(sdk::trace_id_ratio(options.probability));
  settings.exit_flush = std::chrono::milliseconds(0);
  settings.log = [](sdk::LogLevel, std::string_view text) {
    log_warn("self tracing", {{"text", std::string(text)}});
  };
  sdk::start(std::move(settings));
}

SelfTracing::~SelfTracing() {
  sdk::stop(std::chrono::seconds(2));
}

void SelfTracing::trace(net::Router& router) {
  router.wrap(traced);
}

}  // namespace cairn::server
