// SPDX-License-Identifier: Apache-2.0
//
// What Jaeger's agent takes, one message a datagram, without an answer. Names and numbers are facts
// of Jaeger's protocol (jaeger-idl). Clients in Go send the messages as calls, not as oneway.
include "jaeger.thrift"
include "zipkincore.thrift"

namespace cpp cairn.interop.agent

service Agent {
  oneway void emitZipkinBatch(1: list<zipkincore.Span> spans),
  oneway void emitBatch(1: jaeger.Batch batch)
}
