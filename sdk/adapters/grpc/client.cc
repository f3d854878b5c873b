// SPDX-License-Identifier: Apache-2.0
#include <cairn/adapters/grpc.h>
#include <cairn/trace/propagation.h>

#include "sdk/adapters/grpc/call_span.h"
#include "sdk/adapters/grpc/metadata.h"

namespace cairn::trace {
namespace {

using grpc::experimental::ClientInterceptorFactoryInterface;
using grpc::experimental::ClientRpcInfo;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;
using grpc_adapter::CallSpan;
using grpc_adapter::MetadataWriter;
using grpc_adapter::Peer;
using grpc_adapter::Side;

// Spans about sending spans would never end.
constexpr std::string_view kCollector = "opentelemetry.proto.collector.";

class ClientInterceptor final : public Interceptor {
 public:
  ClientInterceptor(ClientRpcInfo* info, std::shared_ptr<const Peer> target,
                    const GrpcOptions& options)
      : call_(info->client_context()),
        target_(std::move(target)),
        max_metadata_size_(options.max_metadata_size),
        parent_(Context::current()),
        span_(Side::kClient, info->method(), info->type() == ClientRpcInfo::Type::UNARY,
              options.messages) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    const auto has = [methods](InterceptionHookPoints point) {
      return methods->QueryInterceptionHookPoint(point);
    };
    if (has(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) start(*methods);
    if (has(InterceptionHookPoints::PRE_SEND_MESSAGE)) span_.sent(*methods);
    if (has(InterceptionHookPoints::POST_RECV_MESSAGE)) span_.received(methods->GetRecvMessage());
    if (has(InterceptionHookPoints::POST_RECV_STATUS)) finish(methods->GetRecvStatus());
    // The last use of this object: the call may end, on another thread, before Proceed() is back.
    methods->Proceed();
  }

 private:
  void start(InterceptorBatchMethods& methods) {
    span_.start(*target_, parent_);
    if (auto* metadata = methods.GetSendInitialMetadata(); metadata != nullptr) {
      MetadataWriter writer(*metadata, max_metadata_size_);
      propagator().inject(span_.context(), writer);
    }
  }

  void finish(const grpc::Status* status) {
    if (status == nullptr) return;
    // Only the stable names tell the server that was asked for from the one that answered.
    const bool wants_peer = span_.is_stable() && span_.context().span().is_recording();
    span_.finish(*status, wants_peer ? grpc_adapter::parse_peer(call_->peer()) : Peer());
  }

  grpc::ClientContext* const call_;
  const std::shared_ptr<const Peer> target_;
  const std::size_t max_metadata_size_;
  const Context parent_;
  CallSpan span_;
};

// For calls that are not traced: the global factory of gRPC must not return null.
class Bystander final : public Interceptor {
 public:
  void Intercept(InterceptorBatchMethods* methods) override { methods->Proceed(); }
};

class ClientFactory final : public ClientInterceptorFactoryInterface {
 public:
  ClientFactory(const std::string& target, const GrpcOptions& options)
      : target_(std::make_shared<const Peer>(grpc_adapter::parse_target(target))),
        options_(options) {}

  Interceptor* CreateClientInterceptor(ClientRpcInfo* info) override {
    const std::string_view name = grpc_adapter::parse_method(info->method()).full;
    if (name.substr(0, kCollector.size()) == kCollector) return new Bystander();
    return new ClientInterceptor(info, target_, options_);
  }

 private:
  const std::shared_ptr<const Peer> target_;
  const GrpcOptions options_;
};

}  // namespace

ClientInterceptorFactories client_interceptors(const std::string& target,
                                               const GrpcOptions& options) {
  ClientInterceptorFactories factories;
  factories.push_back(std::make_unique<ClientFactory>(target, options));
  return factories;
}

std::shared_ptr<grpc::Channel> traced_channel(
    const std::string& target, const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    const grpc::ChannelArguments& arguments, const GrpcOptions& options) {
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      target, credentials, arguments, client_interceptors(target, options));
}

}  // namespace cairn::trace
