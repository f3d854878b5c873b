// SPDX-License-Identifier: Apache-2.0
//
// A tag's value out of JSON, whose type and value may come in either order and where an integer may
// be a number or a string.
#pragma once

#include <optional>
#include <string_view>

#include "base/arena.h"
#include "model/attribute.h"

namespace cairn::wire::jaeger {

// {"type","value"} of Jaeger's UI. `token` is the value as it stands in the document, empty for
// none (or null). Types: string, bool, int64, float64, binary; another or none is guessed from the
// value. Nothing when the value is not one of its type.
std::optional<model::AnyValue> ui_tag_value(std::string_view type, std::string_view token,
                                            Arena& arena);

// The tokens of a KeyValue in proto3 JSON; those that are not there are empty.
struct TagTokens {
  std::string_view type;  // "STRING" … with its quotes, or its number
  std::string_view text;
  std::string_view boolean;
  std::string_view integer;
  std::string_view real;
  std::string_view binary;
};
// As ui_tag_value(). A type that has no name is read as text.
std::optional<model::AnyValue> proto_tag_value(const TagTokens& tokens, Arena& arena);

}  // namespace cairn::wire::jaeger
