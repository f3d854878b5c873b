// SPDX-License-Identifier: Apache-2.0
#include "wire/zipkin/json_fields.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "wire/zipkin/text.h"

namespace cairn::wire::zipkin {
namespace {

std::string_view name_of_type(std::string_view token) {
  switch (token.empty() ? '\0' : token.front()) {
    case '{':
      return "BEGIN_OBJECT";
    case '[':
      return "BEGIN_ARRAY";
    case '"':
      return "STRING";
    case 't':
    case 'f':
      return "BOOLEAN";
    case 'n':
      return "NULL";
    default:
      return "NUMBER";
  }
}

// The object that begins at `text`; empty when it is long or holds another.
std::string_view flat_object(std::string_view text) {
  constexpr std::size_t kLongest = 256;
  bool in_string = false;
  for (std::size_t i = 1; i < std::min(text.size(), kLongest); ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && c == '}') {
      return text.substr(0, i + 1);
    } else if (!in_string && (c == '{' || c == '[')) {
      return {};
    }
  }
  return {};
}

}  // namespace

bool JsonFields::fail(std::string why) {
  if (why_.empty()) why_ = std::move(why);
  return false;
}

std::string JsonFields::path(std::string_view within) const {
  return fmt::format("$[{}].{}", span_, within);
}

bool JsonFields::mismatch(json::Value value, std::string_view expected, std::string_view name) {
  return fail(fmt::format("Expected {} but was {} at {}", expected,
                          name_of_type(json::Reader::token(value)), path(name)));
}

bool JsonFields::text(json::Value value, std::string_view name, std::string_view& to) {
  const auto parsed = json::parse_string(json::Reader::token(value), arena_);
  if (!parsed) return mismatch(value, "a string", name);
  to = *parsed;
  return true;
}

bool JsonFields::number(json::Value value, std::string_view name, std::int64_t& to) {
  const auto parsed = json::parse_int64(json::Reader::token(value));
  if (!parsed) return mismatch(value, "a long", name);
  to = *parsed;
  return true;
}

bool JsonFields::boolean(json::Value value, std::string_view name, bool& to) {
  const auto parsed = json::parse_bool(json::Reader::token(value));
  if (!parsed) return mismatch(value, "a boolean", name);
  to = *parsed;
  return true;
}

bool JsonFields::trace_id(json::Value value, model::TraceId& to) {
  std::string_view hex;
  if (!text(value, "traceId", hex)) return false;
  std::string wrong = read_trace_id(hex, to);
  return wrong.empty() || fail(std::move(wrong));
}

bool JsonFields::span_id(json::Value value, model::SpanId& to) {
  std::string_view hex;
  if (!text(value, "id", hex)) return false;
  std::string wrong = read_span_id(hex, to);
  return wrong.empty() || fail(std::move(wrong));
}

bool JsonFields::parent_id(json::Value value, model::SpanId& to) {
  std::string_view hex;
  if (!text(value, "parentId", hex)) return false;
  std::string wrong = read_parent_id(hex, to);
  return wrong.empty() || fail(std::move(wrong));
}

bool JsonFields::has_ids(const model::TraceId& trace_id, const model::SpanId& id) {
  if (trace_id.is_valid() && id.is_valid()) [[likely]]
    return true;
  return fail(fmt::format("Missing :{}{}", trace_id.is_valid() ? "" : " traceId",
                          id.is_valid() ? "" : " id"));
}

bool JsonFields::endpoint(json::Value value, std::string_view name, Endpoint& to) {
  const char* const text = value.raw_json_token().data();
  if (const Endpoint* known = known_endpoint(text)) {
    to = *known;
    return true;
  }
  const bool read = reader_.each_entry(value, [&](std::string_view key, json::Value member) {
    return json::Reader::is_null(member) || endpoint_member(key, member, to);
  });
  if (!read) return fail(fmt::format("Malformed endpoint at {}", path(name)));
  remember(text, to);
  return true;
}

// Equal bytes up to the closing bracket are an equal object, whatever follows.
const Endpoint* JsonFields::known_endpoint(const char* text) {
  const std::string_view rest(text, static_cast<std::size_t>(document_end_ - text));
  for (KnownEndpoint& known : known_) {
    if (known.text.empty() || !rest.starts_with(known.text)) continue;
    std::swap(known, known_.front());
    return &known_.front().endpoint;
  }
  return nullptr;
}

void JsonFields::remember(const char* text, const Endpoint& endpoint) {
  const std::string_view object =
      flat_object({text, static_cast<std::size_t>(document_end_ - text)});
  if (object.empty()) return;
  known_.back() = {object, endpoint};
  std::swap(known_.front(), known_.back());
}

bool JsonFields::endpoint_member(std::string_view key, json::Value value, Endpoint& to) {
  if (key == "serviceName") {
    if (!text(value, "endpoint.serviceName", to.service_name)) return false;
    to.service_name = lower_case(to.service_name, arena_);
    return true;
  }
  if (key == "ipv4" || key == "ipv6") {
    std::string_view address;
    if (!text(value, "endpoint.ip", address)) return false;
    read_address(address, arena_, to);
    return true;
  }
  if (key != "port") return true;
  std::int64_t port = 0;
  if (!number(value, "endpoint.port", port)) return false;
  if (port > UINT16_MAX) return fail(fmt::format("invalid port {}", port));
  to.port = port > 0 ? static_cast<std::uint16_t>(port) : 0;
  return true;
}

Error JsonFields::error() const {
  if (why_.starts_with("Expected a JSON_V")) return invalid_argument(why_);  // the whole message
  const bool is_malformed = reader_.is_fatal() || why_.empty();
  return invalid_argument(fmt::format("{} reading List<Span> from json",
                                      is_malformed ? std::string_view("Malformed") : why_));
}

}  // namespace cairn::wire::zipkin
