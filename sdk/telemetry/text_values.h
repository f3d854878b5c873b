// SPDX-License-Identifier: Apache-2.0
//
// Values as people write them: durations, sizes, numbers, yes and no.
//
// Each function returns false, and leaves `out`, when the whole text is not such a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::telemetry {

// Go's form: decimal numbers with units (ns us ms s m h), as in 1m30s, 1.5s, 100ms; a bare 0.
// Negative ones and more than a century are refused. Source: Go, package time, ParseDuration.
bool parse_duration(std::string_view text, std::chrono::nanoseconds& out);
// Bytes: 4096, 64KiB, 16 MiB, 1GiB.
bool parse_size(std::string_view text, std::uint64_t& out);
// A decimal or 0x number without sign or fraction.
bool parse_count(std::string_view text, std::uint64_t& out);
// A decimal number; not infinity or NaN.
bool parse_number(std::string_view text, double& out);
// The words of YAML 1.1: true, yes, on, y and their opposites, as go-zero reads them.
bool parse_yes_no(std::string_view text, bool& out);

std::string lowercase(std::string_view text);
// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);
// %XX decoded; false when a percent sign is not followed by two hex digits.
bool percent_decode(std::string_view text, std::string& out);

}  // namespace cairn::telemetry
