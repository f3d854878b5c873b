// SPDX-License-Identifier: Apache-2.0
//
// Durations and sizes as people write them in queries and settings.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace cairn {

// Go's duration form: one or more decimal numbers with a unit, "300ms", "1.5h", "2h45m"; units ns,
// us, µs, ms, s, m, h; an optional sign; "0" alone. Rounds down to nanoseconds.
// Errors: kInvalidArgument for anything else and for what exceeds 292 years.
// Source: Go package time, ParseDuration.
Result<Duration> parse_duration(std::string_view text);

// The shortest text that parse_duration reads back equal with one unit: "1500ms", "2h", "0s".
std::string duration_text(Duration duration);

// A byte count: a number with an optional unit B, KiB, MiB, GiB, KB, MB, GB: "64KiB", "1048576".
// Errors: kInvalidArgument for anything else, kInvalidArgument past 2^63.
Result<std::size_t> parse_size(std::string_view text);

// The shortest exact text: "20MiB", "1000B".
std::string size_text(std::size_t bytes);

}  // namespace cairn
