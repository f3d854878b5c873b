// SPDX-License-Identifier: Apache-2.0
//
// Times of proto3 JSON: "2023-11-14T22:13:20.5Z", with any offset, and "-1.5s".
// Source: proto3 JSON mapping, Timestamp and Duration; RFC 3339, "Internet Date/Time Format".
#pragma once

#include <optional>
#include <string_view>

#include "wire/jaeger/protobuf/protobuf_time.h"

namespace cairn::wire::jaeger {

// Digits after the ninth of a fraction are cut off; a second of 60 is the next minute's first.
// Nothing when it is not such a text.
std::optional<SecondsAndNanos> parse_timestamp_text(std::string_view text);

// A decimal number of seconds with an "s". Nothing when it is not, or past ±292 billion years.
std::optional<SecondsAndNanos> parse_seconds_text(std::string_view text);

}  // namespace cairn::wire::jaeger
