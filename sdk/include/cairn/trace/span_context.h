// SPDX-License-Identifier: Apache-2.0
//
// SpanContext: what one span tells another process about itself.
//
// A plain value; any thread. Source: OpenTelemetry Trace API, "SpanContext".
#pragma once

#include <cairn/trace/ids.h>
#include <cairn/trace/trace_state.h>

namespace cairn::trace {

struct SpanContext {
  TraceId trace_id;
  SpanId span_id;
  TraceFlags flags;
  bool is_remote = false;  // it came in a header or a message
  bool debug = false;      // B3's debug flag: sampled, and passed on as debug
  TraceState trace_state;

  bool is_valid() const noexcept { return trace_id.is_valid() && span_id.is_valid(); }
  bool is_sampled() const noexcept { return flags.sampled(); }
};

}  // namespace cairn::trace
