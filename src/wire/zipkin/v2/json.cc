// SPDX-License-Identifier: Apache-2.0
//
// JSON v2. Source: zipkin-api, zipkin2-api.yaml.
#include <fmt/format.h>

#include "base/utf8.h"
#include "wire/zipkin/formats.h"
#include "wire/zipkin/json_fields.h"

namespace cairn::wire::zipkin {
namespace {

using json::Value;

constexpr std::string_view kKindNames[] = {"", "CLIENT", "SERVER", "PRODUCER", "CONSUMER"};

// The sender's text in an error: an answer is not to be as long as the request.
std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 100;
  if (text.size() <= kMost) return std::string(text);
  return replace_invalid_utf8(text.substr(0, kMost)) + "...";
}

class JsonV2Reader {
 public:
  JsonV2Reader(std::string_view document, BatchBuilder& builder)
      : builder_(builder), fields_(document, builder.arena()) {}

  Result<void> run(simdjson::ondemand::document& document) {
    if (fields_.each_span(document, [this](Value value) { return span(value); })) return {};
    return fields_.error();
  }

 private:
  bool span(Value value);
  bool member(std::string_view key, Value value, Span& span);
  bool list_or_flag(std::string_view key, Value value, Span& span);
  bool kind(Value value, Kind& to);
  bool annotation(std::size_t index, Value value);
  bool tags(Value value);
  bool out_of_memory() {
    return fields_.fail("too many empty elements for the size of the message");
  }

  BatchBuilder& builder_;
  JsonFields fields_;
};

bool JsonV2Reader::span(Value value) {
  builder_.begin();
  Span span;
  const bool read = fields_.reader().each_entry(
      value, [&](std::string_view key, Value given) { return member(key, given, span); });
  if (!read || !fields_.has_ids(span.trace_id, span.id)) return false;
  builder_.finish(span);
  return true;
}

bool JsonV2Reader::member(std::string_view key, Value value, Span& span) {
  if (key == "traceId") return fields_.trace_id(value, span.trace_id);
  if (key == "id") return fields_.span_id(value, span.id);
  if (json::Reader::is_null(value)) return true;
  if (key == "parentId") return fields_.parent_id(value, span.parent_id);
  if (key == "kind") return kind(value, span.kind);
  if (key == "name") return fields_.text(value, key, span.name);
  if (key == "timestamp") return fields_.number(value, key, span.timestamp);
  if (key == "duration") return fields_.number(value, key, span.duration);
  return list_or_flag(key, value, span);
}

bool JsonV2Reader::list_or_flag(std::string_view key, Value value, Span& span) {
  if (key == "localEndpoint") return fields_.endpoint(value, key, span.local = {});
  if (key == "remoteEndpoint") return fields_.endpoint(value, key, span.remote = {});
  if (key == "annotations") {
    std::size_t index = 0;
    return fields_.reader().each_element(
        value, [&](Value element) { return annotation(index++, element); });
  }
  if (key == "tags") return tags(value);
  if (key == "debug") return fields_.boolean(value, key, span.debug);
  if (key == "shared") return fields_.boolean(value, key, span.shared);
  // Zipkin looks for this before it reads: its sender meant the other version.
  if (key == "binaryAnnotations") {
    return fields_.fail("Expected a JSON_V2 encoded list, but received: JSON_V1");
  }
  return true;
}

bool JsonV2Reader::kind(Value value, Kind& to) {
  std::string_view name;
  if (!fields_.text(value, "kind", name)) return false;
  for (std::size_t i = 1; i < std::size(kKindNames); ++i) {
    if (name != kKindNames[i]) continue;
    to = static_cast<Kind>(i);
    return true;
  }
  return fields_.fail(fmt::format("No kind {} at {}", shown(name), fields_.path("kind")));
}

bool JsonV2Reader::annotation(std::size_t index, Value value) {
  std::int64_t timestamp = 0;
  std::string_view text;
  bool has_text = false;
  const bool read = fields_.reader().each_entry(value, [&](std::string_view key, Value given) {
    if (json::Reader::is_null(given)) return true;
    if (key == "timestamp") return fields_.number(given, "annotations.timestamp", timestamp);
    if (key != "value") return true;
    has_text = true;
    return fields_.text(given, "annotations.value", text);
  });
  if (!read) return false;
  if (timestamp <= 0 || !has_text) {
    return fields_.fail(
        fmt::format("Incomplete annotation at {}[{}]", fields_.path("annotations"), index));
  }
  return builder_.annotation(static_cast<std::uint64_t>(timestamp), text) || out_of_memory();
}

bool JsonV2Reader::tags(Value value) {
  return fields_.reader().each_entry(value, [&](std::string_view key, Value given) {
    const auto text = json::parse_string(json::Reader::token(given), fields_.arena());
    if (!text)
      return fields_.fail(fmt::format("No value at {}.{}", fields_.path("tags"), shown(key)));
    return builder_.tag(key, *text) || out_of_memory();
  });
}

void write_endpoint(const Endpoint& endpoint, JsonWriter& json) {
  json.begin_object();
  if (!endpoint.service_name.empty()) json.member("serviceName", endpoint.service_name);
  if (!endpoint.ipv4.empty()) json.member("ipv4", endpoint.ipv4);
  if (!endpoint.ipv6.empty()) json.member("ipv6", endpoint.ipv6);
  if (endpoint.port != 0) json.member("port", static_cast<std::uint64_t>(endpoint.port));
  json.end_object();
}

void write_annotations(const Span& span, JsonWriter& json) {
  json.key("annotations");
  json.begin_array();
  for (const Annotation& annotation : span.annotations) {
    json.begin_object();
    json.member("timestamp", annotation.timestamp);
    json.member("value", annotation.value);
    json.end_object();
  }
  json.end_array();
}

void write_tags(const Span& span, JsonWriter& json) {
  json.key("tags");
  json.begin_object();
  for (const Tag& tag : span.tags) {
    json.key(tag.key);
    if (tag.value.is(model::AnyValue::Kind::kString)) {
      json.string(tag.value.as_string());
    } else {
      json.string(model::to_display_text(tag.value));
    }
  }
  json.end_object();
}

}  // namespace

Result<void> read_json_v2(ByteView body, BatchBuilder& builder) {
  auto document = json::Document::parse("Zipkin JSON", body, builder.arena());
  if (!document) return invalid_argument("Malformed reading List<Span> from json");
  return JsonV2Reader(document->text(), builder).run(document->root());
}

void write_json_v2(const Span& span, JsonWriter& json) {
  const ByteView trace_id = span.trace_id.bytes;
  json.begin_object();
  json.key("traceId");
  json.hex(has_high_half(span.trace_id) ? trace_id : trace_id.last(8));
  if (span.parent_id.is_valid()) {
    json.key("parentId");
    json.hex(span.parent_id.bytes);
  }
  json.key("id");
  json.hex(span.id.bytes);
  if (span.kind != Kind::kNone)
    json.member("kind", kKindNames[static_cast<std::size_t>(span.kind)]);
  if (!span.name.empty()) json.member("name", span.name);
  if (span.timestamp > 0) json.member("timestamp", span.timestamp);
  if (span.duration > 0) json.member("duration", span.duration);
  if (!span.local.empty()) {
    json.key("localEndpoint");
    write_endpoint(span.local, json);
  }
  if (!span.remote.empty()) {
    json.key("remoteEndpoint");
    write_endpoint(span.remote, json);
  }
  if (!span.annotations.empty()) write_annotations(span, json);
  if (!span.tags.empty()) write_tags(span, json);
  if (span.debug) json.member("debug", true);
  if (span.shared) json.member("shared", true);
  json.end_object();
}

}  // namespace cairn::wire::zipkin
