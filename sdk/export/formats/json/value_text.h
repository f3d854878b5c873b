// SPDX-License-Identifier: Apache-2.0
//
// Values in formats that know only text, or text and scalars: text as it is, 3, 1.5, true, NaN,
// bytes in base64, nothing for the empty value, and lists and maps as JSON.
//
// Recursion is bounded: what lies deeper than kMaxValueDepth is null.
// Source: OpenTelemetry common, "AnyValue representation for non-OTLP protocols".
#pragma once

#include <string>

#include <cairn/trace/span_view.h>

#include "sdk/export/formats/json/json_appender.h"

namespace cairn::trace::formats {

// As deep as OpenTelemetry's "attribute value depth limit" is by default.
inline constexpr int kMaxValueDepth = 64;

// Bytes that are not UTF-8 are kept at the top and become U+FFFD in lists and maps.
void append_text(const AnyValueView& value, std::string& out);

// One JSON value: text and bytes in quotes, the empty value null.
void append_json(const AnyValueView& value, JsonAppender& json);

// The members of an object, without its braces.
void append_members(AttributeCursor attributes, JsonAppender& json);

}  // namespace cairn::trace::formats
