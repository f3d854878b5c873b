// SPDX-License-Identifier: Apache-2.0
//
// api_v2.Span in proto3 JSON.
#include <optional>

#include "model/reserved.h"
#include "wire/jaeger/json/json_tag.h"
#include "wire/jaeger/json/json_time.h"
#include "wire/jaeger/json_decode.h"
#include "wire/jaeger/mapping/span_mapping.h"
#include "wire/json/document.h"
#include "wire/json/reader.h"
#include "wire/scratch/scratch.h"

namespace cairn::wire::jaeger {
namespace {

using json::Value;
using model::RejectionReason;

// One run of decode_span_json. A member that returns false met a value of the wrong form, a syntax
// error, or a budget that refused.
class SpanJsonDecoder {
 public:
  SpanJsonDecoder(json::Document& document, model::Batch& batch)
      : root_(document.root()),
        batch_(batch),
        values_(this_thread_scratch().values),
        reader_("Jaeger JSON", document.text(), batch.arena),
        mapping_(batch, document.text().size()) {}

  Result<model::Rejections> run();

 private:
  bool span(simdjson::ondemand::object& object);
  bool member(std::string_view name, Value value, model::Span& made);
  bool id_member(std::string_view name, Value value, model::Span& made);
  bool trace_id(Value value, model::TraceId& to, RejectionReason if_wrong);
  bool span_id(Value value, model::SpanId& to, RejectionReason if_wrong);
  bool references(Value value);
  bool ref_type(Value value, RefType& to);
  bool log(Value value);
  bool process(Value value);
  bool warnings(Value value);
  bool timestamp(Value value, SecondsAndNanos& to);
  bool duration(Value value, SecondsAndNanos& to);
  template <typename Visit>
  bool tags(Value value, Visit visit);
  bool tag(Value value, model::Attribute& made);

  simdjson::ondemand::document& root_;
  model::Batch& batch_;
  ListStack<model::AnyValue>& values_;
  json::Reader reader_;
  SpanMapping mapping_;
  std::uint32_t resource_ = 0;
  std::uint32_t flags_ = 0;
  SecondsAndNanos start_;
  SecondsAndNanos duration_;
  std::optional<model::AnyValue> warnings_;
  RejectionReason reason_ = RejectionReason::kMalformedSpan;  // if a member cannot be read
};

Result<model::Rejections> SpanJsonDecoder::run() {
  simdjson::ondemand::object object;
  if (const auto error = root_.get_object().get(object)) {
    reader_.fatal(error);
  } else {
    resource_ = mapping_.add_resource();
    span(object);
    const bool at_end = root_.current_location().error() == simdjson::OUT_OF_BOUNDS;
    if (!reader_.is_fatal() && !at_end) reader_.fatal(simdjson::TRAILING_CONTENT);
  }
  if (!reader_.is_fatal()) return mapping_.finish();
  mapping_.rollback();
  return reader_.error();
}

bool SpanJsonDecoder::span(simdjson::ondemand::object& object) {
  model::Span& made = mapping_.begin_span();
  bool is_good = true;
  // To the end even when a member is bad, so that a syntax error behind it is seen.
  const bool read = reader_.each_member(object, [&](std::string_view name, Value value) {
    is_good = is_good && member(name, value, made);
    return !reader_.is_fatal();
  });
  if (!read) return false;
  if (!is_good) {
    mapping_.reject_span(reason_);
    reader_.forget_failure();
    return true;
  }
  made.start = to_timestamp(start_);
  made.end = moved(made.start, duration_);
  if (warnings_) mapping_.attribute(model::reserved::kJaegerWarnings, *warnings_);
  mapping_.end_span(resource_, flags_);
  return true;
}

bool SpanJsonDecoder::member(std::string_view name, Value value, model::Span& made) {
  if (name == "operationName") return reader_.string(value, made.name);
  if (name == "startTime") return timestamp(value, start_);
  if (name == "duration") return duration(value, duration_);
  if (name == "flags") return reader_.uint32(value, flags_);
  if (name == "references") return references(value);
  if (name == "process") return process(value);
  if (name == "warnings") return warnings(value);
  if (name == "tags") {
    return tags(value, [&](const model::Attribute& tag) { mapping_.tag(tag.key, tag.value); });
  }
  if (name == "logs") {
    return reader_.each_element(value, [&](Value element) { return log(element); });
  }
  if (name == "traceId") return trace_id(value, made.trace_id, RejectionReason::kInvalidTraceId);
  if (name == "spanId") return span_id(value, made.span_id, RejectionReason::kInvalidSpanId);
  return true;
}

// Sixteen bytes, or eight: the low half.
bool SpanJsonDecoder::trace_id(Value value, model::TraceId& to, RejectionReason if_wrong) {
  const auto bytes = json::parse_base64(json::Reader::token(value), batch_.arena);
  if (bytes && to.assign(*bytes)) return true;
  if (bytes && bytes->size() == 8) {
    to = {};
    std::copy(bytes->begin(), bytes->end(), to.bytes.begin() + 8);
    return true;
  }
  reason_ = if_wrong;
  return false;
}

bool SpanJsonDecoder::span_id(Value value, model::SpanId& to, RejectionReason if_wrong) {
  const auto bytes = json::parse_base64(json::Reader::token(value), batch_.arena);
  if (bytes && to.assign(*bytes)) return true;
  reason_ = if_wrong;
  return false;
}

bool SpanJsonDecoder::references(Value value) {
  return reader_.each_element(value, [&](Value element) {
    Reference made;
    const bool read = reader_.each_member(element, [&](std::string_view name, Value field) {
      if (name == "traceId") return trace_id(field, made.trace_id, RejectionReason::kInvalidLink);
      if (name == "spanId") return span_id(field, made.span_id, RejectionReason::kInvalidLink);
      return name != "refType" || ref_type(field, made.type);
    });
    if (read) mapping_.reference(made);
    return read;
  });
}

bool SpanJsonDecoder::ref_type(Value value, RefType& to) {
  const std::string_view token = json::Reader::token(value);
  to = token == "\"CHILD_OF\"" || token == "0" ? RefType::kChildOf : RefType::kFollowsFrom;
  return true;
}

bool SpanJsonDecoder::log(Value value) {
  SecondsAndNanos when;
  mapping_.begin_log();
  const bool read = reader_.each_member(value, [&](std::string_view name, Value field) {
    if (name == "timestamp") return timestamp(field, when);
    if (name != "fields") return true;
    return tags(field,
                [&](const model::Attribute& made) { mapping_.log_field(made.key, made.value); });
  });
  if (read) mapping_.end_log(to_timestamp(when));
  return read;
}

bool SpanJsonDecoder::process(Value value) {
  std::string_view service_name;
  mapping_.begin_process();
  const bool read = reader_.each_member(value, [&](std::string_view name, Value field) {
    if (name == "serviceName") return reader_.string(field, service_name);
    if (name != "tags") return true;
    return tags(field,
                [&](const model::Attribute& made) { mapping_.process_tag(made.key, made.value); });
  });
  return read && mapping_.end_process(resource_, service_name);
}

bool SpanJsonDecoder::warnings(Value value) {
  const std::size_t mark = values_.mark();
  const bool read = reader_.each_element(value, [&](Value element) {
    std::string_view text;
    if (!reader_.string(element, text)) return false;
    values_.add() = model::AnyValue::string(text);
    return true;
  });
  if (!read || values_.mark() == mark) return read;
  warnings_ = model::AnyValue::array(values_.take(mark, batch_.arena));
  return true;
}

bool SpanJsonDecoder::timestamp(Value value, SecondsAndNanos& to) {
  std::string_view text;
  return reader_.string(value, text) &&
         reader_.store(parse_timestamp_text(text), to, "an RFC 3339 time", value);
}

bool SpanJsonDecoder::duration(Value value, SecondsAndNanos& to) {
  std::string_view text;
  return reader_.string(value, text) &&
         reader_.store(parse_seconds_text(text), to, "a duration in seconds", value);
}

// Calls visit(tag) for each tag of an array.
template <typename Visit>
bool SpanJsonDecoder::tags(Value value, Visit visit) {
  return reader_.each_element(value, [&](Value element) {
    model::Attribute made;
    if (!tag(element, made)) return false;
    visit(made);
    return true;
  });
}

bool SpanJsonDecoder::tag(Value value, model::Attribute& made) {
  TagTokens tokens;
  const bool read = reader_.each_member(value, [&](std::string_view name, Value field) {
    if (name == "key") return reader_.string(field, made.key);
    const std::string_view token = json::Reader::token(field);
    if (name == "vType") tokens.type = token;
    if (name == "vStr") tokens.text = token;
    if (name == "vBool") tokens.boolean = token;
    if (name == "vInt64") tokens.integer = token;
    if (name == "vFloat64") tokens.real = token;
    if (name == "vBinary") tokens.binary = token;
    return true;
  });
  if (!read) return false;
  const auto parsed = proto_tag_value(tokens, batch_.arena);
  return reader_.store(parsed, made.value, "a value of its type", value);
}

}  // namespace

Result<model::Rejections> decode_span_json(ByteView text, model::Batch& batch) {
  ASSIGN_OR_RETURN(json::Document document,
                   json::Document::parse("Jaeger JSON", text, batch.arena));
  return SpanJsonDecoder(document, batch).run();
}

}  // namespace cairn::wire::jaeger
