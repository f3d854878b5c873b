// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/remote_exporter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sdk/export/answers/readable.h"
#include "sdk/export/gzip.h"

namespace cairn::trace::transport {
namespace {

ExportResult failed(ExportResult::Code code, std::string message) {
  ExportResult result;
  result.code = code;
  result.message = std::move(message);
  return result;
}

struct Setup {
  HttpOptions http;
  std::string for_log;
  bool gzip = false;
  std::size_t max_request_size = 0;
};

class RemoteExporter final : public SpanExporter {
 public:
  RemoteExporter(Setup setup, const RemoteProtocol& protocol)
      : setup_(std::move(setup)), protocol_(protocol), client_(setup_.http) {}

  ExportResult export_batch(const SpanBatch& batch,
                            const ExportDeadline& deadline) noexcept override {
    try {
      return send(batch, deadline);
    } catch (...) {
      return {};  // no memory, not even for a message
    }
  }
  void interrupt() noexcept override { client_.interrupt(); }
  void after_fork_in_child() noexcept override { client_.after_fork_in_child(); }
  std::string description() const override {
    return std::string(protocol_.name) + " " + setup_.for_log;
  }

 private:
  // All that a batch needs lives in this call: the child of a fork() finds nothing half done.
  ExportResult send(const SpanBatch& batch, const ExportDeadline& deadline) {
    Body body;
    protocol_.encode(batch, body);
    const std::size_t size = size_of(body.segments);
    if (size > setup_.max_request_size) {
      return failed(ExportResult::Code::kFailed,
                    "not sent: a request of " + std::to_string(size) + " bytes, more than the " +
                        std::to_string(setup_.max_request_size) + " allowed");
    }
    std::string packed;
    if (setup_.gzip) {
      if (!gzip(body.segments, packed)) return failed(ExportResult::Code::kRetry, "out of memory");
      body.segments.assign(1, segment(packed));
    }
    std::array<char, 5> prefix{};
    std::string timeout;
    if (protocol_.grpc) {
      fill_prefix(prefix, size_of(body.segments));
      body.segments.insert(body.segments.begin(), {prefix.data(), prefix.size()});
      timeout = timeout_header(deadline);
    }
    ExportResult result = protocol_.judge(client_.post(body.segments, timeout, deadline));
    result.rejected = std::min(result.rejected, batch.span_count);
    return result;
  }

  // gRPC over HTTP/2, "Length-Prefixed-Message". max_request_size keeps `size` in four bytes.
  void fill_prefix(std::array<char, 5>& prefix, std::size_t size) const {
    prefix[0] = setup_.gzip ? 1 : 0;
    for (std::size_t i = 4; i > 0; --i, size >>= 8) prefix[i] = static_cast<char>(size & 0xFF);
  }

  // gRPC over HTTP/2, "Timeout": at most eight digits and a unit.
  static std::string timeout_header(const ExportDeadline& deadline) {
    using std::chrono::milliseconds;
    const auto left = std::chrono::ceil<milliseconds>(deadline.left());
    const auto fits = std::clamp(left, milliseconds(1), milliseconds(99'999'999));
    return "grpc-timeout: " + std::to_string(fits.count()) + "m";
  }

  const Setup setup_;
  const RemoteProtocol& protocol_;
  HttpClient client_;
};

bool fill_headers(const RemoteOptions& options, const RemoteProtocol& protocol,
                  std::vector<std::string>& lines, std::string& error) {
  lines.push_back("Content-Type: " + std::string(protocol.content_type));
  if (protocol.grpc) lines.emplace_back("TE: trailers");
  if (options.gzip)
    lines.emplace_back(protocol.grpc ? "grpc-encoding: gzip" : "Content-Encoding: gzip");
  for (const auto& [name, value] : options.headers) {
    if (!check_header(name, value, error)) return false;
    const bool blank = value.find_first_not_of(" \t") == std::string::npos;
    lines.push_back(blank ? name + ";" : name + ": " + value);
  }
  return true;
}

}  // namespace

SpanExporterPtr make_remote_exporter(const RemoteOptions& options, const RemoteProtocol& protocol,
                                     std::string& error) {
  constexpr std::size_t kLargestMessage = UINT32_MAX;
  ParsedUrl url;
  std::vector<std::string> headers;
  if (!parse_url(options.url, std::string(protocol.path), url, error) ||
      !http_client_can(url.url.compare(0, 6, "https:") == 0, protocol.grpc, error) ||
      !check_tls(options.tls, error) || !fill_headers(options, protocol, headers, error)) {
    error = readable(error);
    return nullptr;
  }
  Setup setup;
  setup.http.url = url.url;
  setup.http.http2 = protocol.grpc;
  setup.http.user_agent = protocol.user_agent;
  setup.http.headers = std::move(headers);
  setup.http.tls = options.tls;
  setup.http.max_response_size = options.max_response_size;
  setup.for_log = url.for_log;
  setup.gzip = options.gzip;
  setup.max_request_size = std::min(options.max_request_size, kLargestMessage);
  return std::make_shared<RemoteExporter>(std::move(setup), protocol);
}

}  // namespace cairn::trace::transport
