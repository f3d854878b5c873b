// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/json.h"

#include <algorithm>
#include <limits>

#include "base/hex.h"
#include "base/json_writer.h"
#include "model/reserved.h"
#include "wire/jaeger/json/key_value.h"

namespace cairn::wire::jaeger {
namespace {

constexpr std::size_t kUnknown = std::numeric_limits<std::size_t>::max();
std::string process_name(std::size_t index) {
  return "p" + std::to_string(index + 1);
}

// Those that are hidden are left out.
void write_key_values(JsonWriter& json, std::string_view name,
                      std::span<const model::Attribute> attributes) {
  json.key(name);
  json.begin_array();
  for (const model::Attribute& attribute : attributes) {
    if (!model::is_reserved(attribute.key)) write_key_value(json, attribute);
  }
  json.end_array();
}

std::string process_json(const model::Resource& resource, std::vector<model::Attribute>& tags) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("serviceName", service_name_text(resource));
  list_process_tags(resource, tags);
  write_key_values(json, "tags", tags);
  json.end_object();
  return out;
}

void write_references(JsonWriter& json, std::span<const Reference> references) {
  json.key("references");
  json.begin_array();
  for (const Reference& reference : references) {
    json.begin_object();
    json.member("refType", std::string_view(reference.type == RefType::kChildOf ? "CHILD_OF"
                                                                                : "FOLLOWS_FROM"));
    json.member("traceID", std::string_view(trace_id_text(reference.trace_id)));
    json.member("spanID", std::string_view(reference.span_id.to_hex()));
    json.end_object();
  }
  json.end_array();
}

// What the sender had noticed about its span, then what we have.
void write_warnings(JsonWriter& json, const model::AnyValue* sent,
                    std::span<const std::string> noticed) {
  json.key("warnings");
  const bool was_sent =
      sent != nullptr && sent->is(model::AnyValue::Kind::kArray) && !sent->as_array().empty();
  if (!was_sent && noticed.empty()) return json.null();
  json.begin_array();
  if (was_sent) {
    for (const model::AnyValue& warning : sent->as_array()) {
      json.string(model::to_display_text(warning));
    }
  }
  for (const std::string& warning : noticed) json.string(warning);
  json.end_array();
}

const model::AnyValue* sent_warnings(const model::Span& span) {
  const auto* found = model::find_attribute(span.attributes, model::reserved::kJaegerWarnings);
  return found != nullptr ? &found->value : nullptr;
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
  if (const std::uint32_t flags = flags_to_write(span); flags != 0) {
    json.member("flags", std::uint64_t{flags});
  }
  json.member("operationName", span.name);
  list_references(span, references_);
  write_references(json, references_);
  json.member("startTime", span.start.unix_micros());
  json.member("duration", span.duration().count() / 1000);
  list_tags(span, trace_.scope_of(span), tags_);
  mark_error(span, tags_);
  write_key_values(json, "tags", tags_);
  append_logs(json, span);
  json.member("processID", std::string_view(process_name(process_of(span))));
  write_warnings(json, sent_warnings(span),
                 warnings_.empty() ? std::span<const std::string>() : warnings_[index]);
  json.end_object();
}

void TraceEncoder::append_logs(JsonWriter& json, const model::Span& span) {
  json.key("logs");
  json.begin_array();
  for (const model::Event& event : span.events) {
    json.begin_object();
    json.member("timestamp", event.time.unix_micros());
    list_log_fields(event, tags_);
    write_key_values(json, "fields", tags_);
    json.end_object();
  }
  json.end_array();
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
  write_warnings(json, nullptr, trace_warnings_);
  out += '}';
}

std::size_t TraceEncoder::process_of(const model::Span& span) {
  std::size_t& known = by_resource_[trace_.scope_of(span).resource];
  if (known == kUnknown) {
    std::string content = process_json(trace_.resource_of(span), tags_);
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
