// SPDX-License-Identifier: Apache-2.0
//
// Jaeger's typed tag, {"key","type","value"}, from an attribute.
// Source: Jaeger, model/json KeyValue; its JSON encoder for the int64 rule.
#pragma once

#include <string_view>

#include "base/json_writer.h"
#include "model/attribute.h"

namespace cairn::wire::jaeger {

// Types: string, bool, int64, float64, binary (base64).
// An int64 that a double cannot hold exactly is a JSON string, so that browsers keep its digits.
// NaN and infinities are the strings "NaN", "Infinity", "-Infinity" under type float64: upstream
// fails the whole trace. Arrays and key-value lists are JSON in a string; an empty value is "".
void write_key_value(JsonWriter& json, const model::Attribute& attribute);

// A tag of type string.
void write_text_tag(JsonWriter& json, std::string_view key, std::string_view value);

}  // namespace cairn::wire::jaeger
