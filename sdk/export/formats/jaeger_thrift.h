// SPDX-License-Identifier: Apache-2.0
//
// Jaeger Thrift: a batch as the collector's HTTP endpoint and as the agent's UDP port take it.
//
// Pure; any thread. The size is bounded by the batch.
// Source: jaeger-idl, jaeger.thrift and agent.thrift; OpenTelemetry, "OpenTelemetry to Jaeger
// Transformation"; Apache Thrift, "Thrift Binary protocol encoding", "Thrift Compact protocol
// encoding".
#pragma once

#include <string>
#include <vector>

#include <cairn/trace/exporter.h>

namespace cairn::trace::formats {

// A bare Batch struct in the binary protocol: the body of POST /api/traces. Microseconds, cut off.
std::string to_jaeger_binary(const SpanBatch& batch);

// Agent.emitBatch messages in the compact protocol, each at most `max` bytes and with at least one
// span. Adds to `dropped` the spans that do not fit into a datagram alone.
std::vector<std::string> to_jaeger_datagrams(const SpanBatch& batch, std::size_t max,
                                             std::size_t& dropped);

}  // namespace cairn::trace::formats
