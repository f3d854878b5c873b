// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/answers/retry_rules.h"
#include "sdk/export/formats/jaeger_thrift.h"
#include "sdk/export/remote_exporter.h"

namespace cairn::trace {
namespace {

void encode(const SpanBatch& batch, transport::Body& body) {
  body.text = formats::to_jaeger_binary(batch);
  body.segments.push_back(transport::segment(body.text));
}

constexpr transport::RemoteProtocol kProtocol = {
    "jaeger", transport::kUserAgent,       "application/vnd.apache.thrift.binary", false, "",
    &encode,  &transport::judge_plain_http};

}  // namespace

SpanExporterPtr jaeger_http(const RemoteOptions& options, std::string& error) {
  return transport::make_remote_exporter(options, kProtocol, error);
}

}  // namespace cairn::trace
