// SPDX-License-Identifier: Apache-2.0
//
// What encoders write; the other direction is in span_mapping.cc.
#include "model/reserved.h"
#include "wire/jaeger/json.h"
#include "wire/jaeger/mapping/span_mapping.h"
#include "wire/jaeger/mapping/span_mapping_words.h"

namespace cairn::wire::jaeger {

namespace words {

model::SpanKind kind_of(std::string_view text) {
  for (const model::SpanKind kind :
       {model::SpanKind::kServer, model::SpanKind::kClient, model::SpanKind::kInternal,
        model::SpanKind::kProducer, model::SpanKind::kConsumer}) {
    if (text == model::to_text(kind)) return kind;
  }
  return model::SpanKind::kUnspecified;
}

model::StatusCode code_of(std::string_view text) {
  if (text == "OK") return model::StatusCode::kOk;
  return text == "ERROR" ? model::StatusCode::kError : model::StatusCode::kUnset;
}

bool says_true(const model::AnyValue& value) {
  if (value.is(model::AnyValue::Kind::kBool)) return value.as_bool();
  return value.is(model::AnyValue::Kind::kString) && value.as_string() == "true";
}

model::SpanId parent_among(std::span<const Reference> references, const model::TraceId& trace) {
  model::SpanId followed;
  for (const Reference& reference : references) {
    if (reference.trace_id != trace || !reference.span_id.is_valid()) continue;
    if (reference.type == RefType::kChildOf) return reference.span_id;
    if (!followed.is_valid()) followed = reference.span_id;
  }
  return followed;
}

}  // namespace words

namespace {

using namespace words;
using model::AnyValue;
using model::Attribute;
using model::SpanKind;
using model::StatusCode;

RefType type_of(const model::Link& link) {
  return model::find_string(link.attributes, kRefType) == kChildOf ? RefType::kChildOf
                                                                   : RefType::kFollowsFrom;
}

// The status that decoders would make of the attributes.
model::Status status_said_by(std::span<const Attribute> attributes) {
  model::Status status;
  for (const Attribute& attribute : attributes) {
    if (attribute.key == kError && says_true(attribute.value)) status.code = StatusCode::kError;
  }
  if (status.code == StatusCode::kUnset) {
    for (const Attribute& attribute : attributes) {
      if (attribute.key != kStatusCode || !attribute.value.is(AnyValue::Kind::kString)) continue;
      status.code = code_of(attribute.value.as_string());
      if (status.code != StatusCode::kUnset) break;
    }
  }
  for (const Attribute& attribute : attributes) {
    if (attribute.key != kStatusDescription || !attribute.value.is(AnyValue::Kind::kString)) {
      continue;
    }
    status.message = attribute.value.as_string();
    break;
  }
  return status;
}

void add_text(std::vector<Attribute>& tags, std::string_view key, std::string_view text) {
  if (!text.empty()) tags.push_back({key, AnyValue::string(text)});
}

}  // namespace

std::string_view service_name_to_write(const model::Resource& resource) {
  const Attribute* name = model::find_attribute(resource.attributes, kServiceName);
  if (name != nullptr && name->value.is(AnyValue::Kind::kString)) return name->value.as_string();
  return service_name_text(resource);
}

void list_process_tags(const model::Resource& resource, std::vector<Attribute>& tags) {
  tags.clear();
  const Attribute* name = model::find_attribute(resource.attributes, kServiceName);
  const bool is_written = name != nullptr && name->value.is(AnyValue::Kind::kString);
  for (const Attribute& attribute : resource.attributes) {
    if (&attribute != name || !is_written) tags.push_back(attribute);
  }
}

void list_tags(const model::Span& span, const model::InstrumentationScope& scope,
               std::vector<Attribute>& tags) {
  tags.clear();
  // First, so that they are what a decoder finds first.
  add_text(tags, kScopeName, scope.name);
  add_text(tags, kScopeVersion, scope.version);
  const std::string_view kind = model::to_text(span.kind);
  if (kind_of(kind) != SpanKind::kUnspecified) add_text(tags, kSpanKind, kind);
  add_text(tags, kTraceState, span.trace_state);
  for (const Attribute& attribute : span.attributes) {
    if (!model::is_reserved(attribute.key)) tags.push_back(attribute);
  }
  const model::Status said = status_said_by(span.attributes);
  if (span.status.code == StatusCode::kOk && said.code == StatusCode::kUnset) {
    add_text(tags, kStatusCode, "OK");
  }
  if (span.status.code == StatusCode::kError && said.code != StatusCode::kError) {
    if (said.code == StatusCode::kUnset) add_text(tags, kStatusCode, "ERROR");
    tags.push_back({kError, AnyValue::boolean(true)});
  }
  if (said.message != span.status.message) add_text(tags, kStatusDescription, span.status.message);
}

void mark_error(const model::Span& span, std::vector<Attribute>& tags) {
  if (span.status.code != StatusCode::kError) return;
  for (const Attribute& tag : tags) {
    if (tag.key == kError && says_true(tag.value)) return;
  }
  tags.push_back({kError, AnyValue::boolean(true)});
}

void list_log_fields(const model::Event& event, std::vector<Attribute>& fields) {
  fields.clear();
  add_text(fields, kEvent, event.name);
  fields.insert(fields.end(), event.attributes.begin(), event.attributes.end());
}

void list_references(const model::Span& span, std::vector<Reference>& references) {
  references.clear();
  for (const model::Link& link : span.links) {
    references.push_back({type_of(link), link.trace_id, link.span_id});
  }
  if (span.is_root() || parent_among(references, span.trace_id) == span.parent_span_id) return;
  references.insert(references.begin(), {RefType::kChildOf, span.trace_id, span.parent_span_id});
}

std::uint32_t flags_to_write(const model::Span& span) {
  const Attribute* flags = model::find_attribute(span.attributes, model::reserved::kJaegerFlags);
  if (flags != nullptr && flags->value.is(AnyValue::Kind::kInt)) {
    return static_cast<std::uint32_t>(flags->value.as_int());
  }
  return span.flags & kSampledFlag;
}

std::int64_t duration_micros(const model::Span& span) {
  if (span.end < span.start) {
    return -static_cast<std::int64_t>((span.start.unix_nanos - span.end.unix_nanos) / 1000);
  }
  return static_cast<std::int64_t>((span.end.unix_nanos - span.start.unix_nanos) / 1000);
}

}  // namespace cairn::wire::jaeger
