// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/answers/retry_rules.h"
#include "sdk/export/formats/otlp_json.h"
#include "sdk/export/otlp_request.h"
#include "sdk/export/remote_exporter.h"

namespace cairn::trace {
namespace {

void encode_protobuf(const SpanBatch& batch, transport::Body& body) {
  transport::append_otlp_request(batch, body.text, body.segments);
}

void encode_json(const SpanBatch& batch, transport::Body& body) {
  body.text = formats::to_otlp_json(batch);
  body.segments.push_back(transport::segment(body.text));
}

constexpr transport::RemoteProtocol kProtobuf = {
    "otlphttp", transport::kOtlpUserAgent, "application/x-protobuf",   false,
    "",         &encode_protobuf,          &transport::judge_otlp_http};
constexpr transport::RemoteProtocol kJson = {
    "otlphttp/json", transport::kOtlpUserAgent,  "application/json", false, "",
    &encode_json,    &transport::judge_otlp_http};

}  // namespace

SpanExporterPtr otlp_http(const RemoteOptions& options, OtlpEncoding encoding, std::string& error) {
  return transport::make_remote_exporter(
      options, encoding == OtlpEncoding::kJson ? kJson : kProtobuf, error);
}

}  // namespace cairn::trace
