// SPDX-License-Identifier: Apache-2.0
//
// gRPC (grpc++): spans for the calls a server answers and a client makes, by interceptors.
//
//   grpc::ServerBuilder builder;                  auto channel = cairn::trace::traced_channel(
//   cairn::trace::trace_server(builder);              "stock:8080", credentials);
//   builder.RegisterService(&shop);               auto stub = Stock::NewStub(channel);
//
// Server: a SERVER span `package.Service/Method` whose parent is the caller's. It is current in the
// handler of synchronous services and in the method of callback services. What runs later on other
// threads (reactions of a callback service, a completion-queue server) makes it current by
// `Scope scope(server_call_context(*context));`.
// Client: a CLIENT span for each call, child of what was current where the call was made.
// Works for all four kinds of call, and for synchronous, callback and completion-queue clients.
// Calls to a trace collector (/opentelemetry.proto.collector...) are not traced.
// Source: gRPC C++ 1.51, experimental interceptors; go-zero's zrpc; OpenTelemetry, "RPC spans".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <cairn/trace/context.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/server_interceptor.h>

namespace cairn::trace {

// The C++ type of the messages, which interceptors cannot ask: for the sizes in message events.
enum class GrpcMessages : std::uint8_t {
  kProtobuf,  // classes made by protoc: almost everyone
  kBytes,     // grpc::ByteBuffer: generic stubs and raw methods (generic servers are recognised)
  kOther      // anything else, flatbuffers for instance: events have no sizes
};

struct GrpcOptions {
  // Must be right for every method of the server or channel: messages are read as this type.
  GrpcMessages messages = GrpcMessages::kProtobuf;
  // Bytes of metadata (names, values and 32 for each, as HTTP/2 counts) up to which headers are
  // added to a call. A baggage that does not fit is not sent: peers refuse calls over 8 KiB.
  std::size_t max_metadata_size = 7 * 1024;
};

using ServerInterceptorFactories =
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>>;
using ClientInterceptorFactories =
    std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>;

// Traces the calls of the server that `builder` makes. Replaces interceptors set before: with
// others of your own, append server_interceptors() to them, last: then they see the span too.
void trace_server(grpc::ServerBuilder& builder, const GrpcOptions& options = {});
ServerInterceptorFactories server_interceptors(const GrpcOptions& options = {});

// A channel whose calls are traced. `target` is also what the spans call their peer.
std::shared_ptr<grpc::Channel> traced_channel(
    const std::string& target, const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    const grpc::ChannelArguments& arguments = {}, const GrpcOptions& options = {});
// For grpc::experimental::CreateCustomChannelWithInterceptors and for
// RegisterGlobalClientInterceptorFactory (then with no target).
ClientInterceptorFactories client_interceptors(const std::string& target = {},
                                               const GrpcOptions& options = {});

// The context of a call that is being answered: its span, and the baggage that came with it. Empty
// for calls that are not traced. Any thread, while `call` lives.
Context server_call_context(const grpc::ServerContextBase& call) noexcept;

}  // namespace cairn::trace
