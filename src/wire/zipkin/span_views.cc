// SPDX-License-Identifier: Apache-2.0
#include "wire/zipkin/span_views.h"

#include <algorithm>

#include "base/json_writer.h"
#include "model/reserved.h"
#include "wire/zipkin/text.h"

namespace cairn::wire::zipkin {
namespace {

using model::AnyValue;
using model::Attribute;
namespace reserved = model::reserved;

Kind zipkin_kind(model::SpanKind kind) {
  switch (kind) {
    case model::SpanKind::kClient:
      return Kind::kClient;
    case model::SpanKind::kServer:
      return Kind::kServer;
    case model::SpanKind::kProducer:
      return Kind::kProducer;
    case model::SpanKind::kConsumer:
      return Kind::kConsumer;
    default:
      return Kind::kNone;
  }
}

bool is_true(const Attribute& attribute) {
  return attribute.value == AnyValue::boolean(true);
}

// Whether an endpoint could have said this in the attribute's place.
bool fits(const Attribute& attribute, std::size_t word, Arena& arena) {
  if (kEndpointWords[word].is_port) {
    return attribute.value.as_int() > 0 && attribute.value.as_int() <= UINT16_MAX;
  }
  if (word == kPeerService) return !attribute.value.as_string().empty();
  Endpoint endpoint;
  read_address(attribute.value.as_string(), arena, endpoint);
  return !endpoint.empty();
}

}  // namespace

const Span& SpanViews::of(const model::Span& span) {
  arena_.clear();
  lists_.clear();
  made_ = {};
  made_.trace_id = span.trace_id;
  made_.id = span.span_id;
  made_.parent_id = span.parent_span_id;
  made_.kind = zipkin_kind(span.kind);
  made_.name = lower_case(span.name, arena_);
  read_times(span);
  made_.local.service_name = lower_case(batch_.service_of(span), arena_);
  const Endpoints found = find_endpoints(span);
  read_endpoints(found);
  add_resource_and_scope(span);
  add_status(span);
  add_counts(span);
  add_attributes(span, found);
  add_annotations(span);
  lists_.order();
  made_.annotations = lists_.annotations;
  made_.tags = lists_.tags;
  return made_;
}

// A duration below a microsecond is one: none would say that the span has not ended.
void SpanViews::read_times(const model::Span& span) {
  made_.timestamp = static_cast<std::int64_t>(span.start.unix_micros());
  if (span.end <= span.start) return;
  const std::uint64_t lasts = (span.end.unix_nanos - span.start.unix_nanos) / 1000;
  made_.duration = static_cast<std::int64_t>(std::max<std::uint64_t>(lasts, 1));
}

SpanViews::Endpoints SpanViews::find_endpoints(const model::Span& span) {
  Endpoints found;
  for (const Attribute& attribute : span.attributes) {
    if (model::is_reserved(attribute.key)) {
      read_flag(attribute);
      if (const auto word = reserved_word_of(attribute)) found.reserved[*word] = &attribute;
    } else if (const auto word = word_of(attribute)) {
      const bool is_first = found.words[*word] == nullptr;
      if (is_first && fits(attribute, *word, arena_)) found.words[*word] = &attribute;
    }
  }
  for (std::size_t i = 0; i < found.words.size(); ++i) {
    if (found.reserved[i] != nullptr) found.words[i] = nullptr;  // it is a tag
  }
  return found;
}

void SpanViews::read_flag(const Attribute& attribute) {
  constexpr std::int64_t kJaegerDebug = 2;
  if (attribute.key == reserved::kZipkinDebug) made_.debug |= is_true(attribute);
  if (attribute.key == reserved::kZipkinShared) made_.shared = is_true(attribute);
  if (attribute.key == reserved::kJaegerFlags && attribute.value.is(AnyValue::Kind::kInt)) {
    made_.debug |= (attribute.value.as_int() & kJaegerDebug) != 0;
  }
  if (!attribute.value.is(AnyValue::Kind::kString)) return;
  if (attribute.key == reserved::kZipkinLocalIpv6) {
    read_address(attribute.value.as_string(), arena_, made_.local);
  }
  if (attribute.key == reserved::kZipkinRemoteIpv6) {
    read_address(attribute.value.as_string(), arena_, made_.remote);
  }
}

void SpanViews::read_endpoints(const Endpoints& found) {
  for (std::size_t i = 0; i < kEndpointWords.size(); ++i) {
    const Attribute* said = found.reserved[i] != nullptr ? found.reserved[i] : found.words[i];
    if (said == nullptr) continue;
    Endpoint& endpoint = i <= kLocalPort ? made_.local : made_.remote;
    if (kEndpointWords[i].is_port) {
      endpoint.port = static_cast<std::uint16_t>(said->value.as_int());
    } else if (i == kPeerService) {
      endpoint.service_name = lower_case(said->value.as_string(), arena_);
    } else {
      read_address(said->value.as_string(), arena_, endpoint);
    }
  }
}

void SpanViews::add_resource_and_scope(const model::Span& span) {
  for (const Attribute& attribute : batch_.resource_of(span).attributes) {
    if (attribute.key != "service.name") lists_.tags.push_back(attribute);
  }
  const model::InstrumentationScope& scope = batch_.scope_of(span);
  if (!scope.name.empty()) add_tag("otel.scope.name", scope.name);
  if (!scope.version.empty()) add_tag("otel.scope.version", scope.version);
  if (!span.trace_state.empty()) add_tag("w3c.tracestate", span.trace_state);
}

// What no attribute says already; attributes come later and win.
void SpanViews::add_status(const model::Span& span) {
  if (span.status.code == model::StatusCode::kOk) add_tag("otel.status_code", "OK");
  if (span.status.code != model::StatusCode::kError) return;
  if (model::find_string(span.attributes, "otel.status_code") == "ERROR") return;
  const Attribute* error = model::find_attribute(span.attributes, "error");
  if (error != nullptr && error->value != AnyValue::boolean(false)) return;
  add_tag("otel.status_code", "ERROR");
  add_tag("error", span.status.message);
}

void SpanViews::add_counts(const model::Span& span) {
  const auto add = [this](std::string_view key, std::uint32_t count) {
    if (count != 0) lists_.tags.push_back({key, AnyValue::integer(count)});
  };
  add("otel.dropped_attributes_count", span.dropped_attributes_count);
  add("otel.dropped_events_count", span.dropped_events_count);
  add("otel.dropped_links_count", span.dropped_links_count);
}

void SpanViews::add_attributes(const model::Span& span, const Endpoints& found) {
  for (const Attribute& attribute : span.attributes) {
    if (model::is_reserved(attribute.key)) continue;
    if (std::ranges::find(found.words, &attribute) != found.words.end()) continue;
    // To Zipkin any value of this tag is an error.
    if (attribute.key == "error" && attribute.value == AnyValue::boolean(false)) continue;
    lists_.tags.push_back(attribute);
  }
}

void SpanViews::add_annotations(const model::Span& span) {
  for (const model::Event& event : span.events) {
    const model::Timestamp time = event.time.unix_micros() != 0 ? event.time : span.start;
    if (time.unix_micros() != 0) {
      lists_.annotations.push_back({time.unix_micros(), event_text(event)});
    }
  }
}

// The name, and what attributes an event has as JSON: `"retry":{"attempt":"2"}`.
std::string_view SpanViews::event_text(const model::Event& event) {
  if (event.attributes.empty()) return event.name;
  std::string text;
  append_json_string(text, event.name);
  text += ':';
  model::append_json(text, AnyValue::key_value_list(event.attributes));
  return arena_.copy(text);
}

}  // namespace cairn::wire::zipkin
