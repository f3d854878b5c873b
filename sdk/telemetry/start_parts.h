// SPDX-License-Identifier: Apache-2.0
//
// The parts that a start is made of, out of settings.
#pragma once

#include <functional>
#include <string>

#include <cairn/trace/propagation.h>
#include <cairn/trace/sampler.h>

#include "sdk/telemetry/settings.h"

namespace cairn::telemetry {

// The sampler. With a remote one, its thread starts here; `log` hears of it.
trace::SamplerPtr make_sampler(const Settings& settings,
                               const std::function<void(const std::string&)>& log);
// The exporter, or all of them as one; null when there is none, or with `error`.
trace::SpanExporterPtr make_exporter(const Settings& settings, std::string& error);
// A propagator of these, which lives for ever.
const trace::Propagator& make_propagator(const std::vector<PropagatorName>& names);

}  // namespace cairn::telemetry
