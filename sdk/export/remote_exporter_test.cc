// SPDX-License-Identifier: Apache-2.0
//
// What makers refuse, and the exporters of Zipkin and Jaeger.
#include "sdk/export/remote_exporter.h"

#include <gtest/gtest.h>

#include "sdk/export/formats/jaeger_thrift.h"
#include "sdk/export/formats/zipkin_json.h"
#include "sdk/export/testing/batches.h"
#include "sdk/export/testing/http_server.h"

namespace cairn::trace {
namespace {

using Code = ExportResult::Code;
using std::chrono::seconds;
using namespace transport::testing;

std::string refusal(const RemoteOptions& options) {
  std::string error;
  EXPECT_EQ(otlp_http(options, OtlpEncoding::kProtobuf, error), nullptr);
  EXPECT_EQ(otlp_grpc(options, error), nullptr);
  EXPECT_EQ(zipkin(options, error), nullptr);
  EXPECT_EQ(jaeger_http(options, error), nullptr);
  return error;
}

RemoteOptions options_with(const std::string& url) {
  RemoteOptions options;
  options.url = url;
  return options;
}

TEST(RemoteExporter, RefusesAddressesItCannotUse) {
  EXPECT_EQ(refusal(options_with("localhost:4318")),
            "the address 'localhost:4318' has no scheme: http:// or https:// is needed");
  EXPECT_EQ(refusal(options_with("unix:///run/x")),
            "the address 'unix:///run/x' is of no use: http:// or https:// is needed");
}

TEST(RemoteExporter, RefusesHeadersThatBreakTheRequest) {
  RemoteOptions options = options_with("http://localhost");
  const std::pair<std::string, std::string> wrong[] = {{"", "x"},
                                                       {"a b", "x"},
                                                       {"a:", "x"},
                                                       {"a\r\nb", "x"},
                                                       {"a", "x\r\nb: y"},
                                                       {"a", "x\ny"},
                                                       {"a", std::string("x\0y", 3)},
                                                       {"a", "\x7f"},
                                                       {"Content-Type", "x"},
                                                       {"content-length", "3"},
                                                       {"grpc-Timeout", "1S"}};
  for (const auto& header : wrong) {
    options.headers = {{"fine", "ä\tb"}, header};
    EXPECT_NE(refusal(options), "") << header.first;
  }
  options.headers = {{"a", "secret\n"}};
  EXPECT_EQ(refusal(options), "the value of header 'a' has control characters");
}

TEST(RemoteExporter, RefusesTlsFilesItCannotRead) {
  RemoteOptions options = options_with("https://localhost");
  options.tls.ca_file = "/no/such/file";
  EXPECT_EQ(refusal(options),
            "TLS CA file '/no/such/file' cannot be read: No such file or directory");
  options.tls = {};
  options.tls.ca_file = "/";
  EXPECT_EQ(refusal(options), "TLS CA file '/' cannot be read: it is empty or no file");
  options.tls = {};
  options.tls.key_file = "/x";
  EXPECT_EQ(refusal(options), "a TLS key needs its certificate file");
  options.tls = {};
  options.tls.certificate_file = "/x";
  EXPECT_EQ(refusal(options), "a TLS certificate needs its key file");
}

TEST(RemoteExporter, DescribesItselfWithoutSecrets) {
  std::string error;
  const RemoteOptions options = options_with("http://me:pw@collector:4318/v1/traces?key=x");
  EXPECT_EQ(otlp_http(options, OtlpEncoding::kProtobuf, error)->description(),
            "otlphttp http://collector:4318/v1/traces");
  EXPECT_EQ(otlp_http(options, OtlpEncoding::kJson, error)->description(),
            "otlphttp/json http://collector:4318/v1/traces");
  EXPECT_EQ(otlp_grpc(options_with("https://collector:4317"), error)->description(),
            "otlpgrpc https://collector:4317"
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
  EXPECT_EQ(zipkin(options, error)->description(), "zipkin http://collector:4318/v1/traces");
  EXPECT_EQ(jaeger_http(options, error)->description(), "jaeger http://collector:4318/v1/traces");
}

TEST(ZipkinExporter, PostsItsFormat) {
  HttpServer server({reply(202), reply(500, "no", "Content-Type: text/plain\r\n"), reply(503)});
  std::string error;
  const SpanExporterPtr exporter = zipkin(options_with(server.url("/api/v2/spans")), error);
  const OwnedBatch batch(sample_request(3));
  EXPECT_EQ(exporter->export_batch(batch.batch(), within(seconds(10))).code, Code::kSent);
  EXPECT_EQ(exporter->export_batch(batch.batch(), within(seconds(10))).code, Code::kFailed);
  EXPECT_EQ(exporter->export_batch(batch.batch(), within(seconds(10))).code, Code::kRetry);
  const Request request = server.requests().at(0);
  EXPECT_EQ(request.start, "POST /api/v2/spans HTTP/1.1");
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  EXPECT_EQ(request.headers.at("user-agent"), "Cairn-Cpp/0.1.0");
  EXPECT_EQ(request.body, formats::to_zipkin_json(batch.batch()));
  EXPECT_EQ(server.connections(), 1);
}

TEST(JaegerHttpExporter, PostsItsFormat) {
  HttpServer server({reply(202)});
  std::string error;
  const SpanExporterPtr exporter = jaeger_http(options_with(server.url("/api/traces")), error);
  const OwnedBatch batch(sample_request(3));
  EXPECT_EQ(exporter->export_batch(batch.batch(), within(seconds(10))).code, Code::kSent);
  const Request request = server.requests().at(0);
  EXPECT_EQ(request.headers.at("content-type"), "application/vnd.apache.thrift.binary");
  EXPECT_EQ(request.headers.at("user-agent"), "Cairn-Cpp/0.1.0");
  EXPECT_EQ(request.body, formats::to_jaeger_binary(batch.batch()));
}

}  // namespace
}  // namespace cairn::trace
