// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/answers/retry_rules.h"
#include "sdk/export/otlp_request.h"
#include "sdk/export/remote_exporter.h"

namespace cairn::trace {
namespace {

void encode(const SpanBatch& batch, transport::Body& body) {
  transport::append_otlp_request(batch, body.text, body.segments);
}

constexpr transport::RemoteProtocol kProtocol = {
    "otlpgrpc",
    transport::kOtlpUserAgent,
    "application/grpc",
    true,
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    &encode,
    &transport::judge_otlp_grpc};

}  // namespace

SpanExporterPtr otlp_grpc(const RemoteOptions& options, std::string& error) {
  return transport::make_remote_exporter(options, kProtocol, error);
}

}  // namespace cairn::trace
