// SPDX-License-Identifier: Apache-2.0
//
// OtlpGrpcServer: Google's C++ gRPC server with the TraceService, for tests. It answers what
// `on_export` says and remembers what came. Threads: on_export is called on gRPC's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h>

#include "sdk/export/testing/batches.h"

namespace cairn::trace::transport::testing {

class OtlpGrpcServer {
 public:
  using OnExport = std::function<grpc::Status(grpc::ServerContext&, OtlpResponseMessage&)>;
  struct Call {
    OtlpRequestMessage request;
    std::multimap<std::string, std::string> metadata;
    std::string peer;  // address and port of the client
    std::chrono::system_clock::time_point deadline;
  };

  explicit OtlpGrpcServer(OnExport on_export = {},
                          const std::shared_ptr<grpc::ServerCredentials>& credentials =
                              grpc::InsecureServerCredentials());
  ~OtlpGrpcServer();
  OtlpGrpcServer(const OtlpGrpcServer&) = delete;
  OtlpGrpcServer& operator=(const OtlpGrpcServer&) = delete;

  std::string url(const std::string& scheme = "http") const {
    return scheme + "://localhost:" + std::to_string(port_);
  }
  std::vector<Call> calls() const;

 private:
  class Service;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace cairn::trace::transport::testing
