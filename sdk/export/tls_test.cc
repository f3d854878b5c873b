// SPDX-License-Identifier: Apache-2.0
#include <cairn/export/exporters.h>
#include <gtest/gtest.h>

#include "sdk/export/testing/batches.h"
#include "sdk/export/testing/certificates.h"
#include "sdk/export/testing/grpc_server.h"
#include "sdk/export/testing/http_server.h"

namespace cairn::trace {
namespace {

using Code = ExportResult::Code;
using std::chrono::seconds;
using namespace transport::testing;

class Tls : public ::testing::Test {
 protected:
  ServerTls server_tls(const std::string& client_ca = "") const {
    return {files.certificate("server"), files.key("server"), client_ca};
  }
  std::shared_ptr<grpc::ServerCredentials> grpc_credentials(bool mutual) const {
    grpc::SslServerCredentialsOptions options(
        mutual ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
               : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    options.pem_root_certs = file_text(files.certificate("ca"));
    options.pem_key_cert_pairs.push_back(
        {file_text(files.key("server")), file_text(files.certificate("server"))});
    return grpc::SslServerCredentials(options);
  }
  RemoteOptions trusting(const std::string& ca) const {
    RemoteOptions options;
    options.tls.ca_file = files.certificate(ca);
    return options;
  }
  RemoteOptions with_client_certificate(RemoteOptions options) const {
    options.tls.certificate_file = files.certificate("client");
    options.tls.key_file = files.key("client");
    return options;
  }
  ExportResult over_http(const HttpServer& server, RemoteOptions options) const {
    options.url = server.url("/v1/traces");
    std::string error;
    return send(otlp_http(options, OtlpEncoding::kProtobuf, error), error);
  }
  ExportResult over_grpc(const OtlpGrpcServer& server, RemoteOptions options) const {
    options.url = server.url("https");
    std::string error;
    return send(otlp_grpc(options, error), error);
  }
  static ExportResult send(const SpanExporterPtr& exporter, const std::string& error) {
    EXPECT_NE(exporter, nullptr) << error;
    const OwnedBatch batch(sample_request(2000));
    const ExportResult first = exporter->export_batch(batch.batch(), within(seconds(10)));
    const ExportResult second = exporter->export_batch(batch.batch(), within(seconds(10)));
    EXPECT_EQ(first.code, second.code);
    return first;
  }

  const Certificates files;
};

TEST_F(Tls, HttpWithOurOwnCa) {
  const ServerTls tls = server_tls();
  HttpServer server({reply(200)}, &tls);
  const ExportResult result = over_http(server, trusting("ca"));
  EXPECT_EQ(result.code, Code::kSent) << result.message;
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Tls, HttpOfAnUnknownCaIsNoConnection) {
  const ServerTls tls = server_tls();
  HttpServer server({reply(200)}, &tls);
  const ExportResult result = over_http(server, trusting("other"));
  EXPECT_EQ(result.code, Code::kRetry);
  EXPECT_EQ(result.message.rfind("no connection: ", 0), 0U) << result.message;
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(Tls, HttpOfAnotherNameIsNoConnection) {
  const ServerTls tls = server_tls();
  HttpServer server({reply(200)}, &tls);
  RemoteOptions options = trusting("ca");
  options.url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  std::string error;
  const ExportResult result = send(otlp_http(options, OtlpEncoding::kProtobuf, error), error);
  EXPECT_EQ(result.code, Code::kRetry);
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(Tls, HttpWithoutVerificationWhenAskedFor) {
  const ServerTls tls = server_tls();
  HttpServer server({reply(200)}, &tls);
  RemoteOptions options;
  options.tls.insecure_skip_verify = true;
  EXPECT_EQ(over_http(server, options).code, Code::kSent);
}

TEST_F(Tls, HttpWithAClientCertificate) {
  const ServerTls tls = server_tls(files.certificate("ca"));
  HttpServer server({reply(200)}, &tls);
  EXPECT_EQ(over_http(server, trusting("ca")).code, Code::kRetry);
  EXPECT_TRUE(server.requests().empty());
  const ExportResult result = over_http(server, with_client_certificate(trusting("ca")));
  EXPECT_EQ(result.code, Code::kSent) << result.message;
}

TEST_F(Tls, GrpcWithOurOwnCa) {
  OtlpGrpcServer server({}, grpc_credentials(false));
  const ExportResult result = over_grpc(server, trusting("ca"));
  EXPECT_EQ(result.code, Code::kSent) << result.message;
  ASSERT_EQ(server.calls().size(), 2U);
  EXPECT_EQ(server.calls()[0].request.SerializeAsString(),
            sample_request(2000).SerializeAsString());
}

TEST_F(Tls, GrpcOfAnUnknownCaIsNoConnection) {
  OtlpGrpcServer server({}, grpc_credentials(false));
  EXPECT_EQ(over_grpc(server, trusting("other")).code, Code::kRetry);
}

TEST_F(Tls, GrpcWithAClientCertificate) {
  OtlpGrpcServer server({}, grpc_credentials(true));
  EXPECT_EQ(over_grpc(server, trusting("ca")).code, Code::kRetry);
  const ExportResult result = over_grpc(server, with_client_certificate(trusting("ca")));
  EXPECT_EQ(result.code, Code::kSent) << result.message;
}

TEST_F(Tls, GrpcToAServerOfHttp1IsNoSuccess) {
  const ServerTls tls = server_tls();
  HttpServer server({reply(200)}, &tls);
  RemoteOptions options = trusting("ca");
  options.url = server.url("/");
  std::string error;
  const ExportResult result = send(otlp_grpc(options, error), error);
  EXPECT_EQ(result.code, Code::kRetry);
  EXPECT_EQ(result.message, "no answer: the server does not speak HTTP/2");
}

}  // namespace
}  // namespace cairn::trace
