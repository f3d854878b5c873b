// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/json.h"

#include <algorithm>
#include <limits>

#include "base/hex.h"
#include "base/json_writer.h"
#include "wire/jaeger/key_value.h"

namespace cairn::wire::jaeger {
namespace {

constexpr std::size_t kUnknown = std::numeric_limits<std::size_t>::max();
// Jaeger's flag bit 1 means "debug", W3C's means "random trace id": only "sampled" is the same.
constexpr std::uint32_t kSampledFlag = 1;

std::string process_name(std::size_t index) {
  return "p" + std::to_string(index + 1);
}

std::string process_json(const model::Resource& resource) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("serviceName", service_name_text(resource));
  json.key("tags");
  json.begin_array();
  for (const model::Attribute& attribute : resource.attributes) {
    if (attribute.key != "service.name") write_key_value(json, attribute);
  }
  json.end_array();
  json.end_object();
  return out;
}

void write_reference(JsonWriter& json, std::string_view type, const model::TraceId& trace,
                     const model::SpanId& span) {
  json.begin_object();
  json.member("refType", type);
  json.member("traceID", std::string_view(trace_id_text(trace)));
  json.member("spanID", std::string_view(span.to_hex()));
  json.end_object();
}

void write_references(JsonWriter& json, const model::Span& span) {
  json.key("references");
  json.begin_array();
  if (!span.is_root()) write_reference(json, "CHILD_OF", span.trace_id, span.parent_span_id);
  for (const model::Link& link : span.links) {
    const bool child = model::find_string(link.attributes, "opentracing.ref_type") == "child_of";
    write_reference(json, child ? "CHILD_OF" : "FOLLOWS_FROM", link.trace_id, link.span_id);
  }
  json.end_array();
}

void write_status_tags(JsonWriter& json, const model::Status& status) {
  if (status.code == model::StatusCode::kOk) write_text_tag(json, "otel.status_code", "OK");
  if (status.code == model::StatusCode::kError) {
    write_text_tag(json, "otel.status_code", "ERROR");
    write_key_value(json, {"error", model::AnyValue::boolean(true)});
  }
  if (!status.message.empty()) write_text_tag(json, "otel.status_description", status.message);
}

void write_tags(JsonWriter& json, const model::InstrumentationScope& scope,
                const model::Span& span) {
  json.key("tags");
  json.begin_array();
  if (!scope.name.empty()) write_text_tag(json, "otel.scope.name", scope.name);
  if (!scope.version.empty()) write_text_tag(json, "otel.scope.version", scope.version);
  for (const model::Attribute& attribute : span.attributes) write_key_value(json, attribute);
  const std::string_view kind = model::to_text(span.kind);
  if (kind != "unspecified") write_text_tag(json, "span.kind", kind);
  write_status_tags(json, span.status);
  if (!span.trace_state.empty()) write_text_tag(json, "w3c.tracestate", span.trace_state);
  json.end_array();
}

void write_log(JsonWriter& json, const model::Event& event) {
  json.begin_object();
  json.member("timestamp", event.time.unix_micros());
  json.key("fields");
  json.begin_array();
  if (!event.name.empty() && model::find_attribute(event.attributes, "event") == nullptr) {
    write_text_tag(json, "event", event.name);
  }
  for (const model::Attribute& attribute : event.attributes) write_key_value(json, attribute);
  json.end_array();
  json.end_object();
}

void write_warnings(JsonWriter& json, std::span<const std::string> warnings) {
  json.key("warnings");
  if (warnings.empty()) return json.null();
  json.begin_array();
  for (const std::string& warning : warnings) json.string(warning);
  json.end_array();
}

}  // namespace

std::string trace_id_text(const model::TraceId& id) {
  std::string hex = id.to_hex();
  if (hex.find_first_not_of('0') >= 16) hex.erase(0, 16);
  return hex;
}

std::string_view service_name_text(const model::Resource& resource) {
  if (resource.attributes.empty()) return "OTLPResourceNoServiceName";
  const model::Attribute* name = model::find_attribute(resource.attributes, "service.name");
  if (name == nullptr) return "missing-service-name";
  if (!name->value.is(model::AnyValue::Kind::kString)) return "service-name-wrong-type";
  return name->value.as_string().empty() ? "empty-service-name" : name->value.as_string();
}

TraceEncoder::TraceEncoder(const model::Batch& trace, SpanWarnings warnings,
                           std::span<const std::string> trace_warnings)
    : trace_(trace),
      warnings_(warnings),
      trace_warnings_(trace_warnings),
      by_resource_(trace.resources.size(), kUnknown) {
  CAIRN_CHECK(!trace.empty());
  CAIRN_CHECK(warnings.empty() || warnings.size() == trace.spans.size());
  trace_id_ = trace_id_text(trace.spans.front().trace_id);
}

bool TraceEncoder::append_some(std::string& out, std::size_t enough) {
  CAIRN_CHECK(next_ < trace_.spans.size());
  if (next_ == 0) append_head(out);
  do {
    append_span(out, next_++);
  } while (next_ < trace_.spans.size() && out.size() < enough);
  if (next_ < trace_.spans.size()) return false;
  append_tail(out);
  return true;
}

void TraceEncoder::append_head(std::string& out) const {
  out += R"({"traceID":")";
  out += trace_id_;
  out += R"(","spans":[)";
}

void TraceEncoder::append_span(std::string& out, std::size_t index) {
  const model::Span& span = trace_.spans[index];
  if (index != 0) out += ',';
  JsonWriter json(out);
  json.begin_object();
  json.member("traceID", std::string_view(trace_id_));
  json.member("spanID", std::string_view(span.span_id.to_hex()));
  if ((span.flags & kSampledFlag) != 0) json.member("flags", 1);
  json.member("operationName", span.name);
  write_references(json, span);
  json.member("startTime", span.start.unix_micros());
  json.member("duration", span.duration().count() / 1000);
  write_tags(json, trace_.scope_of(span), span);
  json.key("logs");
  json.begin_array();
  for (const model::Event& event : span.events) write_log(json, event);
  json.end_array();
  json.member("processID", std::string_view(process_name(process_of(span))));
  write_warnings(json, warnings_.empty() ? std::span<const std::string>() : warnings_[index]);
  json.end_object();
}

void TraceEncoder::append_tail(std::string& out) const {
  out += R"(],"processes":)";
  JsonWriter json(out);
  json.begin_object();
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    json.key(process_name(i));
    json.raw(processes_[i]);
  }
  json.end_object();
  write_warnings(json, trace_warnings_);
  out += '}';
}

std::size_t TraceEncoder::process_of(const model::Span& span) {
  std::size_t& known = by_resource_[trace_.scope_of(span).resource];
  if (known == kUnknown) {
    std::string content = process_json(trace_.resource_of(span));
    const auto [found, added] = by_content_.try_emplace(content, processes_.size());
    if (added) processes_.push_back(std::move(content));
    known = found->second;
  }
  return known;
}

void append_trace(std::string& out, const model::Batch& trace, SpanWarnings warnings,
                  std::span<const std::string> trace_warnings) {
  TraceEncoder encoder(trace, warnings, trace_warnings);
  const bool complete = encoder.append_some(out, kUnknown);
  CAIRN_CHECK(complete);
}

}  // namespace cairn::wire::jaeger
