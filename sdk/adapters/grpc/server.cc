// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <cairn/adapters/grpc.h>
#include <cairn/trace/propagation.h>
#include <grpcpp/generic/async_generic_service.h>

#include "sdk/adapters/grpc/call_span.h"
#include "sdk/adapters/grpc/metadata.h"
#include "sdk/adapters/grpc/server_calls.h"

namespace cairn::trace {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;
using grpc::experimental::ServerInterceptorFactoryInterface;
using grpc::experimental::ServerRpcInfo;
using grpc_adapter::CallSpan;
using grpc_adapter::MetadataReader;
using grpc_adapter::ServerCalls;
using grpc_adapter::Side;

// Generic services read and write bytes, whatever the others do.
GrpcMessages messages_of(grpc::ServerContextBase* call, GrpcMessages others) {
  const bool generic = dynamic_cast<grpc::GenericServerContext*>(call) != nullptr ||
                       dynamic_cast<grpc::GenericCallbackServerContext*>(call) != nullptr;
  return generic ? GrpcMessages::kBytes : others;
}

class ServerInterceptor final : public Interceptor {
 public:
  ServerInterceptor(ServerRpcInfo* info, const GrpcOptions& options)
      : call_(info->server_context()),
        span_(Side::kServer, info->method(), info->type() == ServerRpcInfo::Type::UNARY,
              messages_of(call_, options.messages)) {}
  ~ServerInterceptor() override { ServerCalls::instance().remove(call_, this); }
  ServerInterceptor(const ServerInterceptor&) = delete;
  ServerInterceptor& operator=(const ServerInterceptor&) = delete;

  void Intercept(InterceptorBatchMethods* methods) override {
    const auto has = [methods](InterceptionHookPoints point) {
      return methods->QueryInterceptionHookPoint(point);
    };
    const bool begins = has(InterceptionHookPoints::POST_RECV_INITIAL_METADATA);
    if (begins) start(*methods);
    if (has(InterceptionHookPoints::POST_RECV_MESSAGE)) span_.received(methods->GetRecvMessage());
    if (has(InterceptionHookPoints::PRE_SEND_MESSAGE)) span_.sent(*methods);
    if (has(InterceptionHookPoints::PRE_SEND_STATUS)) span_.finish(methods->GetSendStatus());
    if (!begins) return methods->Proceed();
    // gRPC calls the handler of synchronous and callback services from inside this Proceed(), so
    // the span is current exactly as long as the handler runs. This object may be gone afterwards.
    const Scope scope(span_.context());
    methods->Proceed();
  }

 private:
  void start(InterceptorBatchMethods& methods) {
    Context parent;
    if (const auto* metadata = methods.GetRecvInitialMetadata(); metadata != nullptr) {
      parent = propagator().extract(MetadataReader(*metadata), parent);
    }
    span_.start(grpc_adapter::parse_peer(call_->peer()), parent);
    ServerCalls::instance().add(call_, this, span_.context());
  }

  grpc::ServerContextBase* const call_;
  CallSpan span_;
};

class ServerFactory final : public ServerInterceptorFactoryInterface {
 public:
  explicit ServerFactory(const GrpcOptions& options) : options_(options) {}

  Interceptor* CreateServerInterceptor(ServerRpcInfo* info) override {
    const auto& ignored = instrumentation().ignored_paths;
    const std::string_view name = grpc_adapter::parse_method(info->method()).full;
    if (std::find(ignored.begin(), ignored.end(), name) != ignored.end()) return nullptr;
    return new ServerInterceptor(info, options_);
  }

 private:
  const GrpcOptions options_;
};

}  // namespace

ServerInterceptorFactories server_interceptors(const GrpcOptions& options) {
  ServerInterceptorFactories factories;
  factories.push_back(std::make_unique<ServerFactory>(options));
  return factories;
}

void trace_server(grpc::ServerBuilder& builder, const GrpcOptions& options) {
  builder.experimental().SetInterceptorCreators(server_interceptors(options));
}

Context server_call_context(const grpc::ServerContextBase& call) noexcept {
  return ServerCalls::instance().find(&call);
}

}  // namespace cairn::trace
