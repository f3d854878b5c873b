// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's Thrift: Batch as the collector's HTTP endpoint takes it, and the datagrams of agents.
// Pure functions. What becomes of each field is in docs/protocols/jaeger-ingest.md.
// Source: jaeger-idl, jaeger.thrift, agent.thrift, zipkincore.thrift; Apache Thrift, "Thrift Binary
// protocol encoding" and "Thrift Compact protocol encoding".
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/rejection.h"

namespace cairn::wire::jaeger {

// Appends the spans of a bare Batch struct in the binary protocol.
// Units: microseconds become nanoseconds; ids are 64-bit halves, cast, never range-checked.
// Shape: one Resource (the process), one scope for each different otel.scope.* pair of tags.
// Ownership: views point into `body`; the caller pins it.
// Empty: a Batch without spans is valid and leaves nothing.
// Spans whose trace or span id is zero are rejected and counted; the rest is kept.
// Errors: kInvalidArgument, "Jaeger Thrift: … at byte N"; `batch` then holds no new spans.
Result<model::Rejections> decode_thrift_batch(ByteView body, model::Batch& batch);

// Appends the spans of one datagram: Agent.emitBatch or Agent.emitZipkinBatch, in the compact or
// the binary protocol, strict or not, told apart by their first bytes. The message's name decides;
// its type is ignored (the Go client marks oneway calls as calls).
// As decode_thrift_batch. Errors also: a name that is neither, no known protocol.
Result<model::Rejections> decode_agent_message(ByteView datagram, model::Batch& batch);

enum class ThriftProtocol { kBinary, kCompact };

// One Batch struct for each resource of `batch`, in order. decode_thrift_batch() of each gives
// equal spans back. For tests, exports and golden files.
std::vector<std::string> encode_thrift_batches(ThriftProtocol protocol, const model::Batch& batch);

// Each of them wrapped as the arguments of emitBatch: whole datagrams.
std::vector<std::string> encode_agent_messages(ThriftProtocol protocol, const model::Batch& batch);

}  // namespace cairn::wire::jaeger
