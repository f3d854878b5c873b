// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "wire/json/document.h"
#include "wire/json/reader.h"
#include "wire/otlp/json.h"
#include "wire/otlp/json_value.h"

namespace cairn::wire::otlp {
namespace {

using json::Value;
using model::RejectionReason;

std::optional<std::int32_t> kind_number(std::string_view token) {
  constexpr std::string_view kNames[] = {"\"SPAN_KIND_UNSPECIFIED\"", "\"SPAN_KIND_INTERNAL\"",
                                         "\"SPAN_KIND_SERVER\"",      "\"SPAN_KIND_CLIENT\"",
                                         "\"SPAN_KIND_PRODUCER\"",    "\"SPAN_KIND_CONSUMER\""};
  for (std::int32_t i = 0; i < 6; ++i) {
    if (token == kNames[i]) return i;
  }
  return json::parse_int32(token);
}

std::optional<std::int32_t> status_number(std::string_view token) {
  if (token == "\"STATUS_CODE_UNSET\"") return 0;
  if (token == "\"STATUS_CODE_OK\"") return 1;
  if (token == "\"STATUS_CODE_ERROR\"") return 2;
  return json::parse_int32(token);
}

// One run of decode_traces_json. A member that returns false met a value of the wrong form, a
// syntax error, or a budget that refused; span() turns all but the syntax error into a rejected
// span, everything above it into a failed request.
class JsonTracesDecoder {
 public:
  JsonTracesDecoder(std::string_view document, model::Batch& batch, Scratch& scratch)
      : batch_(batch),
        scratch_(scratch),
        reader_("OTLP JSON", document, batch.arena),
        budget_(document.size()),
        values_(reader_, batch.arena, scratch, budget_) {}

  Result<model::Rejections> run(simdjson::ondemand::document& document);

 private:
  bool traces(simdjson::ondemand::document& document);
  bool resource_spans(Value value);
  bool resource(Value value, model::Resource& to);
  bool scope_spans(Value value, std::uint32_t resource);
  bool scope(Value value, model::InstrumentationScope& to);
  bool span(Value value, std::uint32_t scope);
  bool span_fields(Value value, model::Span& span);
  bool span_list(std::string_view name, Value value, model::Span& span);
  bool status(Value value, model::Status& to);
  bool event(Value value, model::Event& to);
  bool link(Value value, model::Link& to);
  bool time(Value value, model::Timestamp& to) { return reader_.uint64(value, to.unix_nanos); }
  bool id(Value value, std::span<std::byte> to, RejectionReason if_wrong);
  bool reject(RejectionReason reason) {
    reason_ = reason;
    return false;
  }

  model::Batch& batch_;
  Scratch& scratch_;
  json::Reader reader_;
  MemoryBudget budget_;
  ValueDecoder values_;
  model::Rejections rejections_;
  RejectionReason reason_ = RejectionReason::kMalformedSpan;  // of the span being read
};

Result<model::Rejections> JsonTracesDecoder::run(simdjson::ondemand::document& document) {
  const std::size_t resources = batch_.resources.size();
  const std::size_t scopes = batch_.scopes.size();
  const std::size_t spans = batch_.spans.size();
  const bool parsed = traces(document);
  scratch_.reset();
  if (parsed) return rejections_;
  batch_.resources.resize(resources);
  batch_.scopes.resize(scopes);
  batch_.spans.resize(spans);
  return reader_.error();
}

bool JsonTracesDecoder::traces(simdjson::ondemand::document& document) {
  simdjson::ondemand::object object;
  if (const auto error = document.get_object().get(object)) return reader_.fatal(error);
  const bool read = reader_.each_member(object, [&](std::string_view name, Value member) {
    if (name != "resourceSpans") return true;
    return reader_.each_element(member, [&](Value group) { return resource_spans(group); });
  });
  if (!read) return false;
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end || reader_.fatal(simdjson::TRAILING_CONTENT);
}

bool JsonTracesDecoder::resource_spans(Value value) {
  const auto index = static_cast<std::uint32_t>(batch_.resources.size());
  const std::size_t scopes = batch_.scopes.size();
  batch_.resources.emplace_back();
  model::Resource made;
  const bool read = reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "resource") return resource(member, made);
    if (name == "schemaUrl") return reader_.string(member, made.schema_url);
    if (name != "scopeSpans") return true;
    return reader_.each_element(member, [&](Value group) { return scope_spans(group, index); });
  });
  if (!read) return false;
  if (batch_.scopes.size() == scopes) {
    batch_.resources.pop_back();
  } else {
    batch_.resources[index] = made;
  }
  return true;
}

bool JsonTracesDecoder::resource(Value value, model::Resource& to) {
  return reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "attributes") return values_.attributes(member, to.attributes);
    if (name == "droppedAttributesCount")
      return reader_.uint32(member, to.dropped_attributes_count);
    return true;
  });
}

bool JsonTracesDecoder::scope_spans(Value value, std::uint32_t resource) {
  const auto index = static_cast<std::uint32_t>(batch_.scopes.size());
  const std::size_t spans = batch_.spans.size();
  batch_.scopes.emplace_back();
  model::InstrumentationScope made;
  made.resource = resource;
  const bool read = reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "scope") return scope(member, made);
    if (name == "schemaUrl") return reader_.string(member, made.schema_url);
    if (name != "spans") return true;
    return reader_.each_element(member, [&](Value one) { return span(one, index); });
  });
  if (!read) return false;
  if (batch_.spans.size() == spans) {
    batch_.scopes.pop_back();
  } else {
    batch_.scopes[index] = made;
  }
  return true;
}

bool JsonTracesDecoder::scope(Value value, model::InstrumentationScope& to) {
  return reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "name") return reader_.string(member, to.name);
    if (name == "version") return reader_.string(member, to.version);
    if (name == "attributes") return values_.attributes(member, to.attributes);
    if (name == "droppedAttributesCount")
      return reader_.uint32(member, to.dropped_attributes_count);
    return true;
  });
}

// False only when the rest of the document cannot be read either.
bool JsonTracesDecoder::span(Value value, std::uint32_t scope) {
  const Scratch::Marks marks = scratch_.mark();
  batch_.spans.emplace_back();
  model::Span made;
  made.scope = scope;
  reason_ = RejectionReason::kMalformedSpan;
  bool good = span_fields(value, made);
  if (reader_.is_fatal()) return false;
  if (budget_.has_refused()) reason_ = RejectionReason::kTooLarge;
  if (good && !made.trace_id.is_valid()) good = reject(RejectionReason::kInvalidTraceId);
  if (good && !made.span_id.is_valid()) good = reject(RejectionReason::kInvalidSpanId);
  if (good) {
    batch_.spans.back() = made;
    return true;
  }
  rejections_.add(reason_);
  batch_.spans.pop_back();
  scratch_.drop(marks);
  budget_.forget_refusal();
  reader_.forget_failure();
  return true;
}

bool JsonTracesDecoder::span_fields(Value value, model::Span& span) {
  return reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "traceId") {
      return id(member, span.trace_id.bytes, RejectionReason::kInvalidTraceId);
    }
    if (name == "spanId") return id(member, span.span_id.bytes, RejectionReason::kInvalidSpanId);
    if (name == "parentSpanId") {
      span.parent_span_id = {};
      return json::Reader::token(member) == "\"\"" ||
             id(member, span.parent_span_id.bytes, RejectionReason::kInvalidParentSpanId);
    }
    if (name == "name") return reader_.string(member, span.name);
    if (name == "kind") {
      std::int32_t kind = 0;
      const auto parsed = kind_number(json::Reader::token(member));
      if (!reader_.store(parsed, kind, "a span kind", member)) return false;
      span.kind = static_cast<model::SpanKind>(kind);
      return true;
    }
    if (name == "startTimeUnixNano") return time(member, span.start);
    if (name == "endTimeUnixNano") return time(member, span.end);
    if (name == "attributes") return values_.attributes(member, span.attributes);
    if (name == "status") return status(member, span.status);
    if (name == "traceState") return reader_.string(member, span.trace_state);
    if (name == "flags") return reader_.uint32(member, span.flags);
    return span_list(name, member, span);
  });
}

// The rarer members of a span.
bool JsonTracesDecoder::span_list(std::string_view name, Value value, model::Span& span) {
  if (name == "droppedAttributesCount") return reader_.uint32(value, span.dropped_attributes_count);
  if (name == "droppedEventsCount") return reader_.uint32(value, span.dropped_events_count);
  if (name == "droppedLinksCount") return reader_.uint32(value, span.dropped_links_count);
  if (name == "events") {
    const std::size_t mark = scratch_.events.mark();
    const bool read = reader_.each_element(value, [&](Value element) {
      model::Event made;
      if (!budget_.spend(sizeof(made)) || !event(element, made)) return false;
      scratch_.events.add() = made;
      return true;
    });
    if (!read) return false;
    span.events = scratch_.events.take(mark, batch_.arena);
  } else if (name == "links") {
    const std::size_t mark = scratch_.links.mark();
    const bool read = reader_.each_element(value, [&](Value element) {
      model::Link made;
      if (!budget_.spend(sizeof(made)) || !link(element, made)) return false;
      scratch_.links.add() = made;
      return true;
    });
    if (!read) return false;
    span.links = scratch_.links.take(mark, batch_.arena);
  }
  return true;
}

bool JsonTracesDecoder::status(Value value, model::Status& to) {
  return reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "message") return reader_.string(member, to.message);
    if (name == "code") {
      std::int32_t code = 0;
      const auto parsed = status_number(json::Reader::token(member));
      if (!reader_.store(parsed, code, "a status code", member)) return false;
      to.code = static_cast<model::StatusCode>(code);
    }
    return true;
  });
}

bool JsonTracesDecoder::event(Value value, model::Event& to) {
  return reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "timeUnixNano") return time(member, to.time);
    if (name == "name") return reader_.string(member, to.name);
    if (name == "attributes") return values_.attributes(member, to.attributes);
    if (name == "droppedAttributesCount")
      return reader_.uint32(member, to.dropped_attributes_count);
    return true;
  });
}

bool JsonTracesDecoder::link(Value value, model::Link& to) {
  bool has_trace_id = false;
  bool has_span_id = false;
  const bool read = reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "traceId") {
      has_trace_id = true;
      return id(member, to.trace_id.bytes, RejectionReason::kInvalidLink);
    }
    if (name == "spanId") {
      has_span_id = true;
      return id(member, to.span_id.bytes, RejectionReason::kInvalidLink);
    }
    if (name == "traceState") return reader_.string(member, to.trace_state);
    if (name == "attributes") return values_.attributes(member, to.attributes);
    if (name == "droppedAttributesCount")
      return reader_.uint32(member, to.dropped_attributes_count);
    if (name == "flags") return reader_.uint32(member, to.flags);
    return true;
  });
  if (!read) return false;
  return (has_trace_id && has_span_id) || reject(RejectionReason::kInvalidLink);
}

bool JsonTracesDecoder::id(Value value, std::span<std::byte> to, RejectionReason if_wrong) {
  return json::parse_hex(json::Reader::token(value), to) || reject(if_wrong);
}

}  // namespace

Result<model::Rejections> decode_traces_json(ByteView request, model::Batch& batch) {
  ASSIGN_OR_RETURN(json::Document document,
                   json::Document::parse("OTLP JSON", request, batch.arena));
  return JsonTracesDecoder(document.text(), batch, this_thread_scratch()).run(document.root());
}

}  // namespace cairn::wire::otlp
