// SPDX-License-Identifier: Apache-2.0
// gRPC: a traced server, a traced channel, and the span of a call that goes on elsewhere.
#include <cairn/adapters/grpc.h>
#include <cairn/trace.h>
#include <grpcpp/alarm.h>
#include <grpcpp/generic/async_generic_service.h>

namespace {

// [snippet: server]
std::unique_ptr<grpc::Server> serve(grpc::Service& shop) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("0.0.0.0:8080", grpc::InsecureServerCredentials());
  builder.RegisterService(&shop);
  cairn::trace::trace_server(builder);
  return builder.BuildAndStart();
}
// [end]

// [snippet: client]
std::shared_ptr<grpc::Channel> stock_channel() {
  // Then Stock::NewStub(channel), as ever: each call has a span, child of what is current.
  return cairn::trace::traced_channel("stock:8080", grpc::InsecureChannelCredentials());
}
// [end]

// [snippet: elsewhere]
// A reaction of a callback service, a completion-queue server, a thread of your own: where the
// handler has returned already, the call's context is asked for.
void finish_elsewhere(const grpc::ServerContextBase& call) {
  cairn::trace::Scope scope(cairn::trace::server_call_context(call));
  cairn::trace::current_span().set("stock.left", 12);
}
// [end]

}  // namespace

int main() {
  grpc::AsyncGenericService generic;
  grpc::Service shop;
  const auto server = serve(shop);
  const auto channel = stock_channel();
  const grpc::GenericServerContext call;
  finish_elsewhere(call);
  server->Wait();
}
