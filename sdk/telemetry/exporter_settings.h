// SPDX-License-Identifier: Apache-2.0
//
// Which exporters there are to be, and where they send.
#pragma once

#include "sdk/telemetry/settings.h"

namespace cairn::telemetry {

// Fills settings.exporters and settings.export_timeout; settings.start becomes false when nothing
// asks for tracing.
void choose_exporters(const TelemetryBlock& block, const OtelEnvironment& environment,
                      Source source, Settings& settings, Findings& findings);

}  // namespace cairn::telemetry
