// SPDX-License-Identifier: Apache-2.0
//
// The start of tracing at the first traced call, and the parent that the environment names.
//
// Until then nothing runs and nothing but this library and the recorder is loaded: the exporters
// come with dlopen, out of the sight of the program's own symbols. A program that forks first
// starts in its children, each for itself.
//
// Thread rule: any thread; the first caller starts, others wait for it a second at most.
// Source: OpenTelemetry, "Environment Variables as Context Propagation Carriers".
#pragma once

#include <optional>

#include <cairn/trace/context.h>

namespace cairn::trace::zero_code {

// Whether calls are to be traced; starts it when nobody has. False when that failed (said once on
// stderr), when it is switched off, and for calls made by the start itself.
bool tracing() noexcept;

// While it lives, what TRACEPARENT, TRACESTATE and BAGGAGE say (or the variables of whichever
// propagators are configured) is current, if nothing else is. Only after tracing().
class ProcessParent {
 public:
  ProcessParent() noexcept;

 private:
  std::optional<Scope> scope_;
};

}  // namespace cairn::trace::zero_code
