// SPDX-License-Identifier: Apache-2.0
//
// The span that every figure is about: a server's, with five attributes, and an exporter that costs
// nothing.
#pragma once

#include <string>
#include <string_view>

#include <cairn/trace.h>
#include <cairn/trace/exporter.h>

namespace cairn::bench {

inline constexpr trace::Key kMethod{"http.request.method"};
inline constexpr trace::Key kStatus{"http.response.status_code"};
inline constexpr trace::Key kPath{"url.path"};
inline constexpr trace::Key kPort{"server.port"};
inline constexpr trace::Key kProtocol{"network.protocol.version"};

inline constexpr std::string_view kName = "/usercenter/v1/user/detail";

inline trace::Span start_usual(const trace::Tracer& tracer, const std::string& path) {
  return tracer.start(
      kName, trace::SpanKind::kServer,
      {{kMethod, "GET"}, {kStatus, 200}, {kPath, path}, {kPort, 8888}, {kProtocol, "1.1"}});
}

// Takes every batch and forgets it.
class Sink : public trace::SpanExporter {
 public:
  trace::ExportResult export_batch(const trace::SpanBatch&,
                                   const trace::ExportDeadline&) noexcept override {
    trace::ExportResult result;
    result.code = trace::ExportResult::Code::kSent;
    return result;
  }
  std::string description() const override { return "sink"; }
};

}  // namespace cairn::bench
