// SPDX-License-Identifier: Apache-2.0
//
// OwnedBatch: a SpanBatch with its own memory, made from protobuf's messages by protobuf.
#pragma once

#include <chrono>
#include <deque>
#include <string>

#include <cairn/trace/exporter.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb.h>

namespace cairn::trace::transport::testing {

using OtlpRequestMessage = opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;
using OtlpResponseMessage = opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse;

class OwnedBatch {
 public:
  // Of the first resource.
  explicit OwnedBatch(const OtlpRequestMessage& request);
  OwnedBatch(const OwnedBatch&) = delete;
  OwnedBatch& operator=(const OwnedBatch&) = delete;
  const SpanBatch& batch() const { return batch_; }

 private:
  SpanBytes keep(std::string bytes);
  std::deque<std::string> kept_;
  SpanBatch batch_;
};

// One resource with two scopes and `spans` spans, each with ids of its own and some attributes.
OtlpRequestMessage sample_request(int spans);

// A deadline `wait` from now.
inline ExportDeadline within(std::chrono::milliseconds wait) {
  return ExportDeadline(ExportDeadline::Clock::now() + wait);
}

}  // namespace cairn::trace::transport::testing
