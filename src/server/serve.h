// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/config/config.h"

namespace cairn::server {

// Runs the server until SIGINT or SIGTERM; a second one ends it at once. Writes the ports that are
// served to `ports_file` as JSON {"otlp_grpc":4317,…} once all are open, unless it is empty.
// Returns the process's exit code: 0 after an orderly stop, 1 when it could not start.
// REQUIRES: no other thread was started yet, since signals are blocked for the whole process.
int serve(const Config& config, const std::string& ports_file);

}  // namespace cairn::server
