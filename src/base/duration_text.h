// SPDX-License-Identifier: Apache-2.0
//
// Durations as people write them in queries and settings.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace cairn {

// A duration as Go writes it and Jaeger's parameters carry it: "1.5s", "100ms", "1h2m", "-3us",
// "0". Units: h, m, s, ms, us or µs, ns; fractions of a nanosecond are cut off.
// Errors: kInvalidArgument in Go's words, also for what does not fit ±292 years.
// Source: Go package time, ParseDuration.
Result<Duration> parse_duration(std::string_view text);

// The shortest text that parse_duration reads back equal with one unit: "1500ms", "2h", "0s".
std::string duration_text(Duration duration);

}  // namespace cairn
