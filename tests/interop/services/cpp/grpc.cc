// SPDX-License-Identifier: Apache-2.0
#include "grpc.h"

#include <chrono>
#include <thread>

#include <cairn/adapters/grpc.h>

namespace interop {
namespace {

using Text = google::protobuf::StringValue;

constexpr int kWatchMessages = 3;  // in each direction
constexpr std::chrono::seconds kTimeout(30);
// A call that its server answers only when its caller has given up, and the time until then: long
// enough for it to arrive.
constexpr char kSlow[] = "slow";
constexpr std::chrono::seconds kShortTimeout(2);

grpc::Status no_stock() {
  return {grpc::StatusCode::FAILED_PRECONDITION, "no stock"};
}

std::shared_ptr<Stock::Stub> stub_for(const std::string& target) {
  return Stock::NewStub(cairn::trace::traced_channel(target, grpc::InsecureChannelCredentials()));
}

void set_deadline(grpc::ClientContext& context, const std::string& rest) {
  context.set_deadline(std::chrono::system_clock::now() +
                       (rest == kSlow ? kShortTimeout : kTimeout));
}

}  // namespace

GrpcStop::GrpcStop(const Stop& stop) : stop_(stop) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(this);
  cairn::trace::trace_server(builder);
  server_ = builder.BuildAndStart();
}

GrpcStop::~GrpcStop() {
  if (server_ != nullptr) server_->Shutdown();
}

grpc::Status GrpcStop::Reserve(grpc::ServerContext* context, const Text* request, Text* response) {
  if (request->value() == kSlow) {
    while (!context->IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return {grpc::StatusCode::CANCELLED, "the caller has given up"};
  }
  if (!stop_.next(request->value())) return no_stock();
  response->set_value("reserved");
  return grpc::Status::OK;
}

grpc::Status GrpcStop::Watch(grpc::ServerContext*, TextStream* stream) {
  Text request, response;
  response.set_value("left");
  for (bool is_first = true; stream->Read(&request); is_first = false) {
    if (is_first && !stop_.next(request.value())) return no_stock();
    stream->Write(response);
  }
  return grpc::Status::OK;
}

Stop::Step reserve_at(const std::string& target) {
  return [stub = stub_for(target)](const std::string& rest) {
    grpc::ClientContext context;
    set_deadline(context, rest);
    Text request, response;
    request.set_value(rest);
    return stub->Reserve(&context, request, &response).ok();
  };
}

Stop::Step watch_at(const std::string& target) {
  return [stub = stub_for(target)](const std::string& rest) {
    grpc::ClientContext context;
    set_deadline(context, rest);
    Text request, response;
    request.set_value(rest);
    const auto stream = stub->Watch(&context);
    for (int i = 0; i < kWatchMessages; ++i) {
      if (!stream->Write(request) || !stream->Read(&response)) break;
    }
    stream->WritesDone();
    while (stream->Read(&response)) {
    }
    return stream->Finish().ok();
  };
}

}  // namespace interop
