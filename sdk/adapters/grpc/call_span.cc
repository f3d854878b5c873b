// SPDX-License-Identifier: Apache-2.0
#include "sdk/adapters/grpc/call_span.h"

#include <iterator>

#include <google/protobuf/message_lite.h>

namespace cairn::trace::grpc_adapter {
namespace {

constexpr Key kRpcSystem{"rpc.system"};
constexpr Key kRpcSystemName{"rpc.system.name"};
constexpr Key kRpcService{"rpc.service"};
constexpr Key kRpcMethod{"rpc.method"};
constexpr Key kGrpcStatusCode{"rpc.grpc.status_code"};
constexpr Key kResponseStatusCode{"rpc.response.status_code"};
constexpr Key kErrorType{"error.type"};
constexpr Key kNetPeerIp{"net.peer.ip"};
constexpr Key kNetPeerPort{"net.peer.port"};
constexpr Key kServerAddress{"server.address"};
constexpr Key kServerPort{"server.port"};
constexpr Key kNetworkPeerAddress{"network.peer.address"};
constexpr Key kNetworkPeerPort{"network.peer.port"};
constexpr Key kNetworkTransport{"network.transport"};
constexpr Key kMessageType{"message.type"};
constexpr Key kMessageId{"message.id"};
constexpr Key kMessageSize{"message.uncompressed_size"};
constexpr Key kRpcMessageType{"rpc.message.type"};
constexpr Key kRpcMessageId{"rpc.message.id"};
constexpr Key kRpcMessageSize{"rpc.message.uncompressed_size"};

constexpr std::string_view kReceived = "RECEIVED";
constexpr std::string_view kSent = "SENT";
constexpr std::int64_t kUnknownSize = -1;

// gRPC, "Status codes and their use in gRPC".
std::string_view code_name(grpc::StatusCode code) {
  constexpr std::string_view kNames[] = {"OK",
                                         "CANCELLED",
                                         "UNKNOWN",
                                         "INVALID_ARGUMENT",
                                         "DEADLINE_EXCEEDED",
                                         "NOT_FOUND",
                                         "ALREADY_EXISTS",
                                         "PERMISSION_DENIED",
                                         "RESOURCE_EXHAUSTED",
                                         "FAILED_PRECONDITION",
                                         "ABORTED",
                                         "OUT_OF_RANGE",
                                         "UNIMPLEMENTED",
                                         "INTERNAL",
                                         "UNAVAILABLE",
                                         "DATA_LOSS",
                                         "UNAUTHENTICATED"};
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(kNames) ? kNames[index] : "UNKNOWN";
}

// OpenTelemetry, "gRPC": the server is not to blame for the others.
bool is_server_error(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DATA_LOSS:
      return true;
    default:
      return false;
  }
}

std::int64_t varint_size(std::uint64_t value) {
  std::int64_t size = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++size;
  }
  return size;
}

// The bytes of `status` as google.rpc.Status, which go-zero counts as the message of a failed call.
std::int64_t status_size(const grpc::Status& status) {
  if (!status.error_details().empty()) {
    return static_cast<std::int64_t>(status.error_details().size());
  }
  const std::size_t text = status.error_message().size();
  std::int64_t size = 1 + varint_size(static_cast<std::uint64_t>(status.error_code()));
  if (text > 0) size += 1 + varint_size(text) + static_cast<std::int64_t>(text);
  return size;
}

std::int64_t message_size(const void* message, GrpcMessages type) {
  switch (type) {
    case GrpcMessages::kProtobuf:
      return static_cast<std::int64_t>(
          static_cast<const google::protobuf::MessageLite*>(message)->ByteSizeLong());
    case GrpcMessages::kBytes: {
      const auto& bytes = *static_cast<const grpc::ByteBuffer*>(message);
      return bytes.Valid() ? static_cast<std::int64_t>(bytes.Length()) : 0;
    }
    case GrpcMessages::kOther:
      break;
  }
  return kUnknownSize;
}

// Attributes known when the span starts.
class StartAttributes {
 public:
  void add(const Key& key, Value value) { list_[size_++] = Attribute{key, value}; }
  Attributes view() const { return {list_, size_}; }

  void add_go_zero(const MethodName& method, const Peer& peer) {
    add(kRpcSystem, "grpc");
    if (!method.service.empty()) {
      add(kRpcService, method.service);
      add(kRpcMethod, method.method);
    }
    // go-zero has no attributes for peers without a port.
    if (!peer.is_known() || peer.port.empty()) return;
    add(kNetPeerIp, peer.host);
    add(kNetPeerPort, peer.port);
  }

  void add_stable(const MethodName& method, const Peer& peer, Side side) {
    add(kRpcSystemName, "grpc");
    add(kRpcMethod, method.service.empty() ? std::string_view("_OTHER") : method.full);
    if (!peer.is_known()) return;
    const bool server = side == Side::kServer;
    add(server ? kNetworkPeerAddress : kServerAddress, peer.host);
    const int port = peer.port_number();
    if (port != 0) add(server ? kNetworkPeerPort : kServerPort, port);
    if (server) add(kNetworkTransport, peer.is_unix ? "unix" : "tcp");
  }

 private:
  static constexpr std::size_t kMax = 6;
  // An Attribute has no default: the first `size_` of these are set before they are seen.
  Attribute list_[kMax] = {{kRpcSystem, {}}, {kRpcSystem, {}}, {kRpcSystem, {}},
                           {kRpcSystem, {}}, {kRpcSystem, {}}, {kRpcSystem, {}}};
  std::size_t size_ = 0;
};

const Tracer& grpc_tracer() {
  static const Tracer one = tracer("cairn.grpc");
  return one;
}

}  // namespace

MethodName parse_method(const char* path) noexcept {
  MethodName name;
  name.full = path;
  if (!name.full.empty() && name.full.front() == '/') name.full.remove_prefix(1);
  const std::size_t slash = name.full.find('/');
  if (slash == std::string_view::npos) return name;
  name.service = name.full.substr(0, slash);
  name.method = name.full.substr(slash + 1);
  return name;
}

CallSpan::CallSpan(Side side, const char* path, bool unary, GrpcMessages messages) noexcept
    : settings_(instrumentation()),
      method_(parse_method(path)),
      side_(side),
      unary_(unary),
      messages_(messages) {
}

CallSpan::~CallSpan() {
  if (!finished_.load()) finish(grpc::Status(grpc::StatusCode::CANCELLED, "given up"));
}

void CallSpan::start(const Peer& peer, const Context& parent) {
  StartAttributes attributes;
  if (is_stable()) {
    attributes.add_stable(method_, peer, side_);
  } else {
    attributes.add_go_zero(method_, peer);
  }
  SpanOptions options;
  options.kind = side_ == Side::kServer ? SpanKind::kServer : SpanKind::kClient;
  options.parent = &parent;
  options.attributes = attributes.view();
  span_ = grpc_tracer().start(method_.full, options);
  context_ = parent.with(span_);
  finished_.store(false);
}

bool CallSpan::wants_messages() const noexcept {
  return settings_.message_events && span_.is_recording();
}

void CallSpan::add_message(std::string_view type, std::atomic<std::int64_t>& count,
                           std::int64_t size) noexcept {
  const std::int64_t id = count.fetch_add(1, std::memory_order_relaxed) + 1;
  const bool stable = is_stable();
  const Attribute attributes[] = {{stable ? kRpcMessageType : kMessageType, type},
                                  {stable ? kRpcMessageId : kMessageId, id},
                                  {stable ? kRpcMessageSize : kMessageSize, size}};
  span_.add_event(stable ? "rpc.message" : "message",
                  Attributes(attributes, size == kUnknownSize ? 2 : 3));
}

void CallSpan::received(const void* message) noexcept {
  if (message == nullptr || !wants_messages()) return;
  add_message(kReceived, received_, message_size(message, messages_));
}

void CallSpan::sent(grpc::experimental::InterceptorBatchMethods& methods) noexcept {
  if (!wants_messages()) return;
  // Asking for the serialised form when there is another one makes gRPC serialise now, and abort
  // the program if that fails.
  if (const void* message = methods.GetSendMessage(); message != nullptr) {
    add_message(kSent, sent_, message_size(message, messages_));
    return;
  }
  const grpc::ByteBuffer* bytes = methods.GetSerializedSendMessage();
  const bool known = bytes != nullptr && bytes->Valid();
  add_message(kSent, sent_, known ? static_cast<std::int64_t>(bytes->Length()) : kUnknownSize);
}

void CallSpan::add_status(const grpc::Status& status) noexcept {
  const grpc::StatusCode code = status.error_code();
  const bool failed =
      !status.ok() && (side_ == Side::kClient || !is_stable() || is_server_error(code));
  if (is_stable()) {
    span_.set(kResponseStatusCode, code_name(code));
    if (failed) span_.set(kErrorType, code_name(code));
  } else {
    span_.set(kGrpcStatusCode, static_cast<int>(code));
  }
  if (failed) span_.set_status(StatusCode::kError, status.error_message());
}

void CallSpan::finish(const grpc::Status& status, const Peer& peer) noexcept {
  if (finished_.exchange(true)) return;
  // As go-zero's unary calls: a failed one has both its messages nevertheless.
  if (unary_ && !status.ok() && !is_stable() && wants_messages()) {
    if (side_ == Side::kServer) {
      add_message(kSent, sent_, status_size(status));
    } else {
      add_message(kReceived, received_, 0);
    }
  }
  if (peer.is_known()) {
    span_.set(
        {{kNetworkPeerAddress, peer.host}, {kNetworkTransport, peer.is_unix ? "unix" : "tcp"}});
    if (peer.port_number() != 0) span_.set(kNetworkPeerPort, peer.port_number());
  }
  add_status(status);
  span_.end();
}

}  // namespace cairn::trace::grpc_adapter
