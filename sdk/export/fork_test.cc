// SPDX-License-Identifier: Apache-2.0
#include <cairn/export/exporters.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sdk/export/testing/batches.h"
#include "sdk/export/testing/certificates.h"
#include "sdk/export/testing/http_server.h"

namespace cairn::trace {
namespace {

using Code = ExportResult::Code;
using std::chrono::seconds;
using namespace transport::testing;

// The parent's connection stays the parent's, whatever the child does.
void export_around_fork(const HttpServer& server, RemoteOptions options) {
  options.url = server.url("/v1/traces");
  std::string error;
  SpanExporterPtr exporter = otlp_http(options, OtlpEncoding::kProtobuf, error);
  ASSERT_NE(exporter, nullptr) << error;
  const OwnedBatch batch(sample_request(10));
  ASSERT_EQ(exporter->export_batch(batch.batch(), within(seconds(10))).code, Code::kSent);

  const pid_t child = fork();
  if (child == 0) {
    exporter->after_fork_in_child();
    const ExportResult result = exporter->export_batch(batch.batch(), within(seconds(10)));
    exporter.reset();
    _exit(result.code == Code::kSent ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(exporter->export_batch(batch.batch(), within(seconds(10))).code, Code::kSent);

  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[0].connection, requests[2].connection);
  EXPECT_NE(requests[0].connection, requests[1].connection);
}

TEST(Fork, ChildHasAConnectionOfItsOwn) {
  HttpServer server({reply(200)});
  export_around_fork(server, {});
}

TEST(Fork, ChildSendsNothingOnTheParentsTls) {
  const Certificates files;
  const ServerTls tls = {files.certificate("server"), files.key("server"), ""};
  HttpServer server({reply(200)}, &tls);
  RemoteOptions options;
  options.tls.ca_file = files.certificate("ca");
  export_around_fork(server, options);
}

// Or the server would not notice that the parent has gone.
TEST(Fork, ChildDoesNotKeepTheParentsConnectionOpen) {
  HttpServer server({reply(200)});
  RemoteOptions options;
  options.url = server.url("/v1/traces");
  std::string error;
  SpanExporterPtr exporter = otlp_http(options, OtlpEncoding::kProtobuf, error);
  const OwnedBatch batch(sample_request(1));
  ASSERT_EQ(exporter->export_batch(batch.batch(), within(seconds(10))).code, Code::kSent);
  int ready[2], done[2];
  ASSERT_EQ(pipe(ready) + pipe(done), 0);
  const pid_t child = fork();
  char byte = 0;
  if (child == 0) {
    close(done[1]);
    exporter->after_fork_in_child();
    const bool told = write(ready[1], "r", 1) == 1;
    _exit(told && read(done[0], &byte, 1) == 0 ? 0 : 1);  // stays until the parent has looked
  }
  EXPECT_EQ(read(ready[0], &byte, 1), 1);
  exporter.reset();
  EXPECT_TRUE(server.wait_for_no_connections());
  close(done[1]);
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  for (const int end : {ready[0], ready[1], done[0]}) close(end);
}

}  // namespace
}  // namespace cairn::trace
