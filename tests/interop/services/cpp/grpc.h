// SPDX-License-Identifier: Apache-2.0
//
// gRPC: grpc++ as server and client of stock.proto, synchronous.
#pragma once

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "stock.grpc.pb.h"
#include "stop.h"

namespace interop {

// Serves Stock on a port of its own choice while it lives.
class GrpcStop final : private Stock::Service {
 public:
  explicit GrpcStop(const Stop& stop);
  ~GrpcStop() override;
  GrpcStop(const GrpcStop&) = delete;
  GrpcStop& operator=(const GrpcStop&) = delete;
  int port() const { return port_; }

 private:
  using Text = google::protobuf::StringValue;
  using TextStream = grpc::ServerReaderWriter<Text, Text>;
  grpc::Status Reserve(grpc::ServerContext* context, const Text* request, Text* response) override;
  grpc::Status Watch(grpc::ServerContext*, TextStream* stream) override;

  const Stop& stop_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// `target` is "host:port".
Stop::Step reserve_at(const std::string& target);
Stop::Step watch_at(const std::string& target);

}  // namespace interop
