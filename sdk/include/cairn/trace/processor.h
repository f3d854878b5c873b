// SPDX-License-Identifier: Apache-2.0
//
// SpanProcessor: sees recorded spans start and end, besides the export.
//
// Called on the thread that starts or ends the span, so it must be quick; concurrently.
// Source: OpenTelemetry Trace SDK, "Span processor".
#pragma once

#include <cairn/trace/context.h>

namespace cairn::trace {

class SpanView;

class SpanProcessor {
 public:
  virtual ~SpanProcessor() = default;
  // The span may be added to. `parent` is the full context it was started in.
  virtual void on_start(SpanRef span, const SpanContext& context,
                        const Context& parent) noexcept = 0;
  // The finished span, readable for the call. RECORD_ONLY spans are seen here and not exported.
  virtual void on_end(const SpanView& span) noexcept = 0;
  virtual void flush() noexcept {}
  // Called by stop(). A late on_start() or on_end() of another thread may still come.
  virtual void shutdown() noexcept {}
};

}  // namespace cairn::trace
