// SPDX-License-Identifier: Apache-2.0
#include "wire/jaeger/json_decode.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "model/reserved.h"
#include "wire/jaeger/json/json_tag.h"
#include "wire/jaeger/mapping/span_mapping.h"
#include "wire/json/document.h"
#include "wire/json/reader.h"
#include "wire/scratch/scratch.h"

namespace cairn::wire::jaeger {
namespace {

using json::Value;
using model::RejectionReason;

constexpr std::uint32_t kUnused = UINT32_MAX;

// Renumbers what is in use from 0 on, beginning with `number`; the rest stays kUnused.
std::uint32_t renumber(std::vector<std::uint32_t>& numbers, std::uint32_t number) {
  for (std::uint32_t& entry : numbers) {
    if (entry != kUnused) entry = number++;
  }
  return number;
}

// Moves the records in use to their new places, which are never behind the old ones.
template <typename T>
void compact(std::vector<T>& records, std::size_t first, const std::vector<std::uint32_t>& numbers,
             std::uint32_t size) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] != kUnused) records[numbers[i]] = records[first + i];
  }
  records.resize(size);
}

// One run of decode_ui_json. A member that returns false met a value of the wrong form, a syntax
// error, or a budget that refused; span() turns all but the syntax error into a rejected span.
class UiDecoder {
 public:
  UiDecoder(json::Document& document, model::Batch& batch)
      : root_(document.root()),
        batch_(batch),
        values_(this_thread_scratch().values),
        reader_("Jaeger JSON", document.text(), batch.arena),
        mapping_(batch, document.text().size()),
        first_resource_(batch.resources.size()),
        first_scope_(batch.scopes.size()),
        first_span_(batch.spans.size()) {}

  Result<model::Rejections> run();

 private:
  struct Process {
    std::uint32_t resource = 0;
    bool is_defined = false;
  };
  // What a span says that is not in its final place yet.
  struct Parts {
    std::optional<std::uint32_t> resource;
    std::uint32_t flags = 0;
    std::int64_t start = 0;
    std::int64_t duration = 0;
    std::optional<model::AnyValue> warnings;
  };

  bool document();
  template <typename Object>
  bool trace(Object object);
  bool trace_member(std::string_view name, Value value);
  void end_trace();
  bool processes(Value value);
  bool process(Value value, std::uint32_t resource);
  Process& process_of(std::string_view id);
  bool span(Value value);
  bool span_member(std::string_view name, Value value, model::Span& made, Parts& parts);
  bool ids(std::string_view name, Value value, model::Span& made);
  bool references(Value value);
  bool log(Value value);
  bool warnings(Value value, Parts& parts);
  bool micros(Value value, std::int64_t& to) {
    return reader_.store(json::parse_int64(json::Reader::token(value)), to, "an integer", value);
  }
  template <typename Id>
  bool id(Value value, Id& to, RejectionReason if_wrong);
  template <typename Visit>
  bool tags(Value value, Visit visit);
  std::uint64_t remove_homeless_spans();
  void drop_unused();

  simdjson::ondemand::document& root_;
  model::Batch& batch_;
  ListStack<model::AnyValue>& values_;
  json::Reader reader_;
  SpanMapping mapping_;
  std::size_t first_resource_;
  std::size_t first_scope_;
  std::size_t first_span_;
  // Of the trace being read, by processID. An ordered map, since its keys are the sender's.
  std::map<std::string_view, Process> processes_;
  std::vector<std::uint32_t> undefined_;  // resources of processes that no trace defined
  bool has_traces_ = false;
  RejectionReason reason_ = RejectionReason::kMalformedSpan;  // of the span being read
};

Result<model::Rejections> UiDecoder::run() {
  if (!document()) {
    mapping_.rollback();
    return reader_.error();
  }
  if (!has_traces_) {
    mapping_.rollback();
    return invalid_argument("Jaeger JSON: neither \"data\" nor \"spans\" is there");
  }
  model::Rejections rejections = mapping_.finish();
  rejections.add(RejectionReason::kMalformedSpan, remove_homeless_spans());
  drop_unused();
  return rejections;
}

// A trace, an array of traces, or either of them as `data`.
bool UiDecoder::document() {
  simdjson::ondemand::json_type type{};
  if (const auto error = root_.type().get(type)) return reader_.fatal(error);
  bool read = false;
  if (type == simdjson::ondemand::json_type::array) {
    simdjson::ondemand::array array;
    if (const auto error = root_.get_array().get(array)) return reader_.fatal(error);
    has_traces_ = true;
    read = reader_.each_element(array, [&](Value element) { return trace<Value>(element); });
  } else {
    simdjson::ondemand::object object;
    if (const auto error = root_.get_object().get(object)) return reader_.fatal(error);
    read = trace<simdjson::ondemand::object&>(object);
  }
  if (!read) return false;
  const bool at_end = root_.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end || reader_.fatal(simdjson::TRAILING_CONTENT);
}

// Recursion: `data` holds traces, a trace within `data` is not looked at for another.
template <typename Object>
bool UiDecoder::trace(Object object) {
  const bool is_root = !std::is_same_v<Object, Value>;
  auto outer = std::exchange(processes_, {});
  const bool read = reader_.each_member(object, [&](std::string_view name, Value member) {
    if constexpr (is_root) {
      if (name == "data") {
        has_traces_ = true;
        return reader_.each_element(member, [&](Value element) { return trace<Value>(element); });
      }
    }
    return trace_member(name, member);
  });
  if (!read) return false;
  end_trace();
  processes_ = std::move(outer);
  return true;
}

bool UiDecoder::trace_member(std::string_view name, Value value) {
  if (name == "spans") {
    has_traces_ = true;
    return reader_.each_element(value, [&](Value element) { return span(element); });
  }
  return name != "processes" || processes(value);
}

void UiDecoder::end_trace() {
  for (const auto& [id, process] : processes_) {
    if (!process.is_defined) undefined_.push_back(process.resource);
  }
}

UiDecoder::Process& UiDecoder::process_of(std::string_view id) {
  const auto [found, added] = processes_.try_emplace(id);
  if (added) found->second.resource = mapping_.add_resource();
  return found->second;
}

bool UiDecoder::processes(Value value) {
  return reader_.each_entry(value, [&](std::string_view id, Value content) {
    Process& known = process_of(id);
    known.is_defined = true;
    return process(content, known.resource);
  });
}

bool UiDecoder::process(Value value, std::uint32_t resource) {
  std::string_view service_name;
  mapping_.begin_process();
  const bool read = reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "serviceName") return reader_.string(member, service_name);
    if (name != "tags") return true;
    return tags(member,
                [&](const model::Attribute& tag) { mapping_.process_tag(tag.key, tag.value); });
  });
  return read && mapping_.end_process(resource, service_name);
}

// False only when the rest of the document cannot be read either.
bool UiDecoder::span(Value value) {
  model::Span& made = mapping_.begin_span();
  Parts parts;
  reason_ = RejectionReason::kMalformedSpan;
  const bool read = reader_.each_member(value, [&](std::string_view name, Value member) {
    return span_member(name, member, made, parts);
  });
  if (reader_.is_fatal()) return false;
  if (!read || !parts.resource) {
    mapping_.reject_span(reason_);
    reader_.forget_failure();
    return true;
  }
  made.start = from_micros(parts.start);
  made.end = end_after_micros(made.start, parts.duration);
  if (parts.warnings) mapping_.attribute(model::reserved::kJaegerWarnings, *parts.warnings);
  mapping_.end_span(*parts.resource, parts.flags);
  return true;
}

bool UiDecoder::span_member(std::string_view name, Value value, model::Span& made, Parts& parts) {
  if (name == "operationName") return reader_.string(value, made.name);
  if (name == "startTime") return micros(value, parts.start);
  if (name == "duration") return micros(value, parts.duration);
  if (name == "flags") return reader_.uint32(value, parts.flags);
  if (name == "references") return references(value);
  if (name == "warnings") return warnings(value, parts);
  if (name == "tags") {
    return tags(value, [&](const model::Attribute& tag) { mapping_.tag(tag.key, tag.value); });
  }
  if (name == "logs") {
    return reader_.each_element(value, [&](Value element) { return log(element); });
  }
  if (name == "processID") {
    std::string_view process;
    if (!reader_.string(value, process)) return false;
    if (!parts.resource) parts.resource = process_of(process).resource;
    return true;
  }
  if (name == "process") {
    parts.resource = mapping_.add_resource();
    return process(value, *parts.resource);
  }
  return ids(name, value, made);
}

bool UiDecoder::ids(std::string_view name, Value value, model::Span& made) {
  if (name == "traceID") return id(value, made.trace_id, RejectionReason::kInvalidTraceId);
  if (name == "spanID") return id(value, made.span_id, RejectionReason::kInvalidSpanId);
  if (name != "parentSpanID") return true;
  return json::Reader::token(value) == "\"\"" ||
         id(value, made.parent_span_id, RejectionReason::kInvalidParentSpanId);
}

template <typename Id>
bool UiDecoder::id(Value value, Id& to, RejectionReason if_wrong) {
  std::string_view hex;
  if (reader_.string(value, hex)) {
    if (const auto parsed = Id::from_hex(hex)) {
      to = *parsed;
      return true;
    }
  }
  reason_ = if_wrong;
  return false;
}

bool UiDecoder::references(Value value) {
  return reader_.each_element(value, [&](Value element) {
    Reference made;
    const bool read = reader_.each_member(element, [&](std::string_view name, Value member) {
      if (name == "traceID") return id(member, made.trace_id, RejectionReason::kInvalidLink);
      if (name == "spanID") return id(member, made.span_id, RejectionReason::kInvalidLink);
      if (name == "refType" && json::Reader::token(member) != "\"CHILD_OF\"") {
        made.type = RefType::kFollowsFrom;
      }
      return true;
    });
    if (read) mapping_.reference(made);
    return read;
  });
}

bool UiDecoder::log(Value value) {
  std::int64_t timestamp = 0;
  mapping_.begin_log();
  const bool read = reader_.each_member(value, [&](std::string_view name, Value member) {
    if (name == "timestamp") return micros(member, timestamp);
    if (name != "fields") return true;
    return tags(member,
                [&](const model::Attribute& field) { mapping_.log_field(field.key, field.value); });
  });
  if (read) mapping_.end_log(from_micros(timestamp));
  return read;
}

bool UiDecoder::warnings(Value value, Parts& parts) {
  const std::size_t mark = values_.mark();
  const bool read = reader_.each_element(value, [&](Value element) {
    std::string_view text;
    if (!reader_.string(element, text)) return false;
    values_.add() = model::AnyValue::string(text);
    return true;
  });
  if (!read || values_.mark() == mark) return read;
  parts.warnings = model::AnyValue::array(values_.take(mark, batch_.arena));
  return true;
}

// Calls visit(tag) for each tag of an array.
template <typename Visit>
bool UiDecoder::tags(Value value, Visit visit) {
  return reader_.each_element(value, [&](Value element) {
    model::Attribute made;
    std::string_view type;
    std::string_view token;
    const bool read = reader_.each_member(element, [&](std::string_view name, Value member) {
      if (name == "key") return reader_.string(member, made.key);
      if (name == "type") return reader_.string(member, type);
      if (name == "value") token = json::Reader::token(member);
      return true;
    });
    if (!read) return false;
    const auto parsed = ui_tag_value(type, token, batch_.arena);
    if (!reader_.store(parsed, made.value, "a value of its type", element)) return false;
    visit(made);
    return true;
  });
}

// Those whose process no trace defined; their number.
std::uint64_t UiDecoder::remove_homeless_spans() {
  if (undefined_.empty()) return 0;
  std::ranges::sort(undefined_);
  const auto first = batch_.spans.begin() + static_cast<std::ptrdiff_t>(first_span_);
  const auto kept = std::remove_if(first, batch_.spans.end(), [&](const model::Span& span) {
    return std::ranges::binary_search(undefined_, batch_.scope_of(span).resource);
  });
  const auto removed = static_cast<std::uint64_t>(batch_.spans.end() - kept);
  batch_.spans.erase(kept, batch_.spans.end());
  return removed;
}

// Removes the resources and scopes to which no span belongs.
void UiDecoder::drop_unused() {
  std::vector<std::uint32_t> scopes(batch_.scopes.size() - first_scope_, kUnused);
  std::vector<std::uint32_t> resources(batch_.resources.size() - first_resource_, kUnused);
  for (std::size_t i = first_span_; i < batch_.spans.size(); ++i) {
    const model::Span& span = batch_.spans[i];
    scopes[span.scope - first_scope_] = 0;
    resources[batch_.scope_of(span).resource - first_resource_] = 0;
  }
  const auto scope_end = renumber(scopes, static_cast<std::uint32_t>(first_scope_));
  const auto resource_end = renumber(resources, static_cast<std::uint32_t>(first_resource_));
  compact(batch_.scopes, first_scope_, scopes, scope_end);
  compact(batch_.resources, first_resource_, resources, resource_end);
  for (std::size_t i = first_scope_; i < batch_.scopes.size(); ++i) {
    std::uint32_t& resource = batch_.scopes[i].resource;
    resource = resources[resource - first_resource_];
  }
  for (std::size_t i = first_span_; i < batch_.spans.size(); ++i) {
    std::uint32_t& scope = batch_.spans[i].scope;
    scope = scopes[scope - first_scope_];
  }
}

}  // namespace

Result<model::Rejections> decode_ui_json(ByteView text, model::Batch& batch) {
  ASSIGN_OR_RETURN(json::Document document,
                   json::Document::parse("Jaeger JSON", text, batch.arena));
  return UiDecoder(document, batch).run();
}

}  // namespace cairn::wire::jaeger
