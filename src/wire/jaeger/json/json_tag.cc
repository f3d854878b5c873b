// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/json/json_tag.h"

#include "wire/json/scalar.h"

namespace cairn::wire::jaeger {
namespace {

using model::AnyValue;

std::optional<AnyValue> text(std::string_view token, Arena& arena) {
  if (token.empty()) return AnyValue::string("");
  const auto parsed = json::parse_string(token, arena);
  if (!parsed) return std::nullopt;
  return AnyValue::string(*parsed);
}

std::optional<AnyValue> boolean(std::string_view token) {
  if (token.empty()) return AnyValue::boolean(false);
  if (token == "\"true\"") return AnyValue::boolean(true);
  if (token == "\"false\"") return AnyValue::boolean(false);
  const auto parsed = json::parse_bool(token);
  if (!parsed) return std::nullopt;
  return AnyValue::boolean(*parsed);
}

std::optional<AnyValue> integer(std::string_view token) {
  if (token.empty()) return AnyValue::integer(0);
  const auto parsed = json::parse_int64(token);
  if (!parsed) return std::nullopt;
  return AnyValue::integer(*parsed);
}

std::optional<AnyValue> real(std::string_view token) {
  if (token.empty()) return AnyValue::real(0);
  const auto parsed = json::parse_double(token);
  if (!parsed) return std::nullopt;
  return AnyValue::real(*parsed);
}

std::optional<AnyValue> binary(std::string_view token, Arena& arena) {
  if (token.empty()) return AnyValue::bytes({});
  const auto parsed = json::parse_base64(token, arena);
  if (!parsed) return std::nullopt;
  return AnyValue::bytes(*parsed);
}

// By the form of the value alone.
std::optional<AnyValue> guessed(std::string_view token, Arena& arena) {
  if (token.empty() || token.front() == '"') return text(token, arena);
  if (const auto made = boolean(token)) return made;
  const bool is_whole = token.find_first_of(".eE") == std::string_view::npos;
  if (const auto made = is_whole ? integer(token) : std::nullopt) return made;
  return real(token);
}

}  // namespace

std::optional<AnyValue> ui_tag_value(std::string_view type, std::string_view token, Arena& arena) {
  if (type == "string") return text(token, arena);
  if (type == "bool") return boolean(token);
  if (type == "int64") return integer(token);
  if (type == "float64") return real(token);
  if (type == "binary") return binary(token, arena);
  return guessed(token, arena);
}

std::optional<AnyValue> proto_tag_value(const TagTokens& tokens, Arena& arena) {
  const auto is = [&](std::string_view name, std::string_view number) {
    return tokens.type == name || tokens.type == number;
  };
  if (is("\"BOOL\"", "1")) return boolean(tokens.boolean);
  if (is("\"INT64\"", "2")) return integer(tokens.integer);
  if (is("\"FLOAT64\"", "3")) return real(tokens.real);
  if (is("\"BINARY\"", "4")) return binary(tokens.binary, arena);
  return text(tokens.text, arena);
}

}  // namespace cairn::wire::jaeger
