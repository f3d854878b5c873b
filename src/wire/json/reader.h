// SPDX-License-Identifier: Apache-2.0
//
// simdjson's On-Demand parser as visitors: members of an object, elements of an array, scalars as
// tokens. A visitor's false means "not what the field needs" and ends the visit; the parser itself
// stays good, so that the next sibling can be read. A syntax error is fatal() and ends everything.
// Names that each_member() gives are in lowerCamelCase whichever way they were written;
// each_entry() gives them as they are, for maps whose keys are the sender's. Null members are
// absent to the former, and shown to the latter. Thread rule: one thread at a time.
#pragma once

#include <optional>
#include <string_view>

#include <simdjson.h>

#include "base/arena.h"
#include "base/result.h"
#include "wire/json/scalar.h"

namespace cairn::wire::json {

using Value = simdjson::ondemand::value;

class Reader {
 public:
  // `format` begins each error's message: "OTLP JSON". `document` is the text the values lie in.
  Reader(std::string_view format, std::string_view document, Arena& arena)
      : format_(format), document_(document), arena_(arena) {}

  // Calls visit(name, value) for each member that is not null.
  template <typename Visit>
  bool each_member(Value value, Visit visit) {
    simdjson::ondemand::object object;
    if (const auto error = value.get_object().get(object)) return wrong(error, "an object", value);
    return each_member(object, visit);
  }
  template <typename Visit>
  bool each_member(simdjson::ondemand::object& object, Visit visit) {
    for (auto next : object) {
      if (const auto error = next.error()) return fatal(error);
      auto&& member = std::move(next).value_unsafe();  // in place, as each_entry() does
      const std::string_view name = name_of(member.key().raw());
      if (is_null(member.value())) continue;
      if (!visit(name, member.value())) return fails_in(name);
    }
    return true;
  }

  // Calls visit(key, value) for each member, with its key unescaped.
  template <typename Visit>
  bool each_entry(Value value, Visit visit) {
    simdjson::ondemand::object object;
    if (const auto error = value.get_object().get(object)) return wrong(error, "an object", value);
    for (auto next : object) {
      if (const auto error = next.error()) return fatal(error);
      // In place: a copy right after its parts were written waits for them.
      auto&& member = std::move(next).value_unsafe();
      if (!visit(key_of(member.key().raw()), member.value())) return false;
    }
    return true;
  }

  // Calls visit(value) for each element.
  template <typename Visit>
  bool each_element(Value value, Visit visit) {
    simdjson::ondemand::array array;
    if (const auto error = value.get_array().get(array)) return wrong(error, "an array", value);
    return each_element(array, visit);
  }
  template <typename Visit>
  bool each_element(simdjson::ondemand::array& array, Visit visit) {
    for (auto next : array) {
      Value element;
      if (const auto error = std::move(next).get(element)) return fatal(error);
      if (!visit(element)) return false;
    }
    return true;
  }

  // These store the scalar in `to`, or are false.
  bool string(Value value, std::string_view& to) {
    return store(parse_string(token(value), arena_), to, "a string", value);
  }
  bool uint64(Value value, std::uint64_t& to) {
    return store(parse_uint64(token(value)), to, "an unsigned integer", value);
  }
  bool uint32(Value value, std::uint32_t& to) {
    return store(parse_uint32(token(value)), to, "an unsigned 32-bit integer", value);
  }

  template <typename T>
  bool store(const std::optional<T>& parsed, T& to, std::string_view expected, Value& value) {
    if (!parsed) [[unlikely]]
      return wrong(simdjson::INCORRECT_TYPE, expected, value);
    to = *parsed;
    return true;
  }

  // The scalar as it stands in the document, or one byte of a bracket.
  static std::string_view token(Value& value) {
    std::string_view text = value.raw_json_token();
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return text;
  }

  static bool is_null(Value& value) {
    return value.raw_json_token().starts_with('n') && token(value) == "null";
  }

  // Always false: `value` is not `expected`, or cannot be read at all.
  bool wrong(simdjson::error_code error, std::string_view expected, Value& value);
  bool fatal(simdjson::error_code error);
  bool is_fatal() const { return fatal_ != simdjson::SUCCESS; }

  // Why the last visit was false.
  Error error() const;
  // REQUIRES: !is_fatal().
  void forget_failure() {
    expected_ = {};
    within_ = {};
    failed_at_ = nullptr;
  }

 private:
  std::string_view name_of(const char* raw);
  std::string_view key_of(const char* raw);
  bool fails_in(std::string_view name);

  std::string_view format_;
  std::string_view document_;
  Arena& arena_;
  simdjson::error_code fatal_ = simdjson::SUCCESS;
  std::string_view expected_;
  std::string_view within_;
  const char* failed_at_ = nullptr;
};

}  // namespace cairn::wire::json
