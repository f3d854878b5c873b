// SPDX-License-Identifier: Apache-2.0
//
// InstrumentationSettings: what all adapters of a process agree on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cairn/trace/export_macro.h>

namespace cairn::trace {

// Whose names span attributes carry.
enum class Conventions : std::uint8_t {
  kGoZero,  // what go-zero writes (semantic conventions 1.4): http.method, http.status_code, ...
  kStable   // OpenTelemetry's stable names: http.request.method, http.response.status_code, ...
};

struct InstrumentationSettings {
  Conventions conventions = Conventions::kGoZero;
  bool message_events = true;              // an event for each RPC message
  std::string service_name;                // go-zero's http.server_name
  std::vector<std::string> ignored_paths;  // span names (routes) of servers that are not traced
};

// The settings in force; the reference stays valid for the whole program. Any thread.
CAIRN_API const InstrumentationSettings& instrumentation() noexcept;
// Replaces them, for spans started from now on. Meant to be called while starting (each call keeps
// its settings in memory for ever).
CAIRN_API void set_instrumentation(InstrumentationSettings settings);

}  // namespace cairn::trace
