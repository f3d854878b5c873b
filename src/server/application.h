// SPDX-License-Identifier: Apache-2.0
//
// The whole server as one object: everything that runs, in the order in which it starts.
// application.cc is the wiring table: read it top to bottom.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "server/config/config.h"

namespace cairn::server {

// Thread rule: used by the one thread that owns it.
class Application {
 public:
  // Opens the store, binds every port, then serves. Errors say what to change.
  static Result<std::unique_ptr<Application>> start(const Config& config);

  // As stop().
  virtual ~Application() = default;

  // The ports that are served, by listener name: "otlp_grpc" → 4317.
  virtual const std::map<std::string, std::uint16_t>& ports() const = 0;

  // Stops in reverse order: ports first, then queries, then the store. Idempotent.
  virtual void stop() = 0;
};

}  // namespace cairn::server
