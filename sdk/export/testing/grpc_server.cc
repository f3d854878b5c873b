// SPDX-License-Identifier: Apache-2.0
#include "sdk/export/testing/grpc_server.h"

#include <gtest/gtest.h>

namespace cairn::trace::transport::testing {

class OtlpGrpcServer::Service final
    : public opentelemetry::proto::collector::trace::v1::TraceService::Service {
 public:
  explicit Service(OnExport on_export) : on_export_(std::move(on_export)) {}

  grpc::Status Export(grpc::ServerContext* context, const OtlpRequestMessage* request,
                      OtlpResponseMessage* response) override {
    Call call;
    call.request = *request;
    call.peer = context->peer();
    call.deadline = context->deadline();
    for (const auto& [name, value] : context->client_metadata()) {
      call.metadata.emplace(std::string(name.data(), name.size()),
                            std::string(value.data(), value.size()));
    }
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back(std::move(call));
    }
    return on_export_ ? on_export_(*context, *response) : grpc::Status::OK;
  }

  std::vector<Call> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  const OnExport on_export_;
  mutable std::mutex mutex_;
  std::vector<Call> calls_;
};

OtlpGrpcServer::OtlpGrpcServer(OnExport on_export,
                               const std::shared_ptr<grpc::ServerCredentials>& credentials)
    : service_(std::make_unique<Service>(std::move(on_export))) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("localhost:0", credentials, &port_);
  builder.SetMaxReceiveMessageSize(64 << 20);
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  EXPECT_NE(server_, nullptr);
}

OtlpGrpcServer::~OtlpGrpcServer() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

std::vector<OtlpGrpcServer::Call> OtlpGrpcServer::calls() const {
  return service_->calls();
}

}  // namespace cairn::trace::transport::testing
