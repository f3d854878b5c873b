// SPDX-License-Identifier: Apache-2.0
#include "model/text.h"

#include <cmath>

#include <fmt/format.h>

#include "base/hex.h"
#include "base/json_writer.h"

namespace cairn::model {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string attributes_text(std::span<const Attribute> attributes) {
  std::string out;
  for (const Attribute& attribute : attributes) {
    out += fmt::format(" {}={}", attribute.key, to_text(attribute.value));
  }
  return out;
}

// ` key=value` when the value is set.
std::string optional(std::string_view key, std::string_view value) {
  return value.empty() ? "" : fmt::format(" {}={}", key, quoted(value));
}
std::string optional(std::string_view key, std::uint32_t value) {
  return value == 0 ? "" : fmt::format(" {}={}", key, value);
}
std::string unknown(std::string_view key, std::string_view fields) {
  return fields.empty() ? "" : fmt::format(" {}={}", key, to_hex(as_bytes(fields)));
}

std::string event_text(const Span& span, const Event& event) {
  return fmt::format("      event {:+} {}{}{}{}\n",
                     Timestamp::between(span.start, event.time).count(), quoted(event.name),
                     attributes_text(event.attributes),
                     optional("dropped_attributes", event.dropped_attributes_count),
                     unknown("unknown", event.unknown_fields));
}

std::string link_text(const Link& link) {
  return fmt::format("      link {}/{}{}{}{}{}{}\n", link.trace_id.to_hex(), link.span_id.to_hex(),
                     optional("state", link.trace_state), optional("flags", link.flags),
                     attributes_text(link.attributes),
                     optional("dropped_attributes", link.dropped_attributes_count),
                     unknown("unknown", link.unknown_fields));
}

std::string span_text(const Span& span) {
  std::string out = fmt::format("    span {}/{}", span.trace_id.to_hex(), span.span_id.to_hex());
  if (!span.is_root()) out += fmt::format(" parent={}", span.parent_span_id.to_hex());
  out += fmt::format(" {} {}", quoted(span.name), to_text(span.kind));
  if (static_cast<unsigned>(span.kind) > 5) out += fmt::format("({})", static_cast<int>(span.kind));
  out += optional("state", span.trace_state) + optional("flags", span.flags);
  out += optional("dropped_attributes", span.dropped_attributes_count);
  out += optional("dropped_events", span.dropped_events_count);
  out += optional("dropped_links", span.dropped_links_count);
  out += unknown("unknown", span.unknown_fields);
  out += fmt::format("\n      time {} {:+}\n", span.start.unix_nanos,
                     Timestamp::between(span.start, span.end).count());
  if (span.status != Status{}) {
    out += fmt::format("      status {}", to_text(span.status.code));
    if (static_cast<unsigned>(span.status.code) > 2) {
      out += fmt::format("({})", static_cast<int>(span.status.code));
    }
    if (!span.status.message.empty()) out += " " + quoted(span.status.message);
    out += unknown("unknown", span.status.unknown_fields) + "\n";
  }
  for (const Attribute& attribute : span.attributes) {
    out += fmt::format("      attribute {}={}\n", attribute.key, to_text(attribute.value));
  }
  for (const Event& event : span.events) out += event_text(span, event);
  for (const Link& link : span.links) out += link_text(link);
  return out;
}

std::string resource_text(const Resource& resource) {
  return fmt::format("resource{}{}{}{}{}\n", attributes_text(resource.attributes),
                     optional("dropped_attributes", resource.dropped_attributes_count),
                     optional("schema_url", resource.schema_url),
                     unknown("unknown", resource.unknown_fields),
                     unknown("group_unknown", resource.group_unknown_fields));
}

std::string scope_text(const InstrumentationScope& scope) {
  return fmt::format("  scope {} {}{}{}{}{}{}\n", quoted(scope.name), quoted(scope.version),
                     attributes_text(scope.attributes),
                     optional("dropped_attributes", scope.dropped_attributes_count),
                     optional("schema_url", scope.schema_url),
                     unknown("unknown", scope.unknown_fields),
                     unknown("group_unknown", scope.group_unknown_fields));
}

template <typename Range, typename Print>
std::string joined(const Range& range, Print print) {
  std::string out;
  for (const auto& item : range) out += (out.empty() ? "" : ", ") + print(item);
  return out;
}

}  // namespace

std::string to_text(const AnyValue& value) {
  switch (value.kind()) {
    case AnyValue::Kind::kEmpty:
      return "empty";
    case AnyValue::Kind::kString:
      return quoted(value.as_string());
    case AnyValue::Kind::kBytes:
      return "bytes:" + to_hex(value.as_bytes());
    case AnyValue::Kind::kDouble: {
      std::string text = to_display_text(value);
      const bool integral = text.find_first_not_of("-0123456789") == std::string::npos;
      return integral ? text + ".0" : text;
    }
    case AnyValue::Kind::kArray:
      return "[" + joined(value.as_array(), [](const AnyValue& v) { return to_text(v); }) + "]";
    case AnyValue::Kind::kKeyValueList:
      return "{" +
             joined(
                 value.as_key_value_list(),
                 [](const Attribute& a) { return fmt::format("{}={}", a.key, to_text(a.value)); }) +
             "}";
    default:
      return to_display_text(value);
  }
}

std::string to_text(const Batch& batch) {
  std::string out;
  constexpr std::uint32_t kNone = UINT32_MAX;
  std::uint32_t scope = kNone;
  std::uint32_t resource = kNone;
  for (const Span& span : batch.spans) {
    if (span.scope != scope) {
      scope = span.scope;
      if (batch.scope_of(span).resource != resource) {
        resource = batch.scope_of(span).resource;
        out += resource_text(batch.resource_of(span));
      }
      out += scope_text(batch.scope_of(span));
    }
    out += span_text(span);
  }
  return out;
}

}  // namespace cairn::model
