// SPDX-License-Identifier: Apache-2.0
//
// CallSpan: the span of one call, on either side: its names, message events and status.
//
// Thread rule: start() before everything else; then any thread, as messages go both ways at once.
// Source: go-zero, zrpc; OpenTelemetry semantic conventions 1.4 and, as "stable", the release
// candidate of "RPC spans" and "gRPC".
#pragma once

#include <atomic>

#include <cairn/adapters/grpc.h>
#include <cairn/trace/instrumentation.h>
#include <cairn/trace/tracer.h>

#include "sdk/adapters/grpc/peer.h"

namespace cairn::trace::grpc_adapter {

// `/package.Service/Method` in its parts. Views into what it was made from.
struct MethodName {
  std::string_view full;     // without the first slash
  std::string_view service;  // empty when there is no slash
  std::string_view method;
};
MethodName parse_method(const char* path) noexcept;

enum class Side : std::uint8_t { kServer, kClient };

class CallSpan {
 public:
  // `unary`: one message each way. `path` must live as long as this.
  CallSpan(Side side, const char* path, bool unary, GrpcMessages messages) noexcept;
  // Ends the span of a call that was given up: its status is CANCELLED.
  ~CallSpan();

  void start(const Peer& peer, const Context& parent);
  // The context the call runs in: the parent's baggage, this span.
  const Context& context() const noexcept { return context_; }

  // `message` as GetRecvMessage() has it; null: there was none.
  void received(const void* message) noexcept;
  void sent(grpc::experimental::InterceptorBatchMethods& methods) noexcept;
  // Ends the span; later calls do nothing.
  void finish(const grpc::Status& status, const Peer& peer = {}) noexcept;

  MethodName method() const noexcept { return method_; }
  bool is_stable() const noexcept { return settings_.conventions == Conventions::kStable; }

 private:
  bool wants_messages() const noexcept;
  void add_message(std::string_view type, std::atomic<std::int64_t>& count,
                   std::int64_t size) noexcept;
  void add_status(const grpc::Status& status) noexcept;

  const InstrumentationSettings& settings_;
  const MethodName method_;
  const Side side_;
  const bool unary_;
  const GrpcMessages messages_;
  std::atomic<bool> finished_{true};  // false between start() and finish()
  std::atomic<std::int64_t> received_{0};
  std::atomic<std::int64_t> sent_{0};
  Span span_;
  Context context_;
};

}  // namespace cairn::trace::grpc_adapter
