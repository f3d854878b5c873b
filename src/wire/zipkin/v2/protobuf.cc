// SPDX-License-Identifier: Apache-2.0
//
// zipkin.proto3's ListOfSpans. Fields of a type that is not theirs are passed over, as unknown ones
// are. Source: zipkin-api, zipkin.proto.
#include <ranges>

#include <fmt/format.h>

#include "wire/protobuf/reader.h"
#include "wire/zipkin/formats.h"
#include "wire/zipkin/text.h"

namespace cairn::wire::zipkin {
namespace {

using protobuf::BackwardWriter;
using protobuf::bytes_tag;
using protobuf::fixed64_tag;
using protobuf::Reader;
using protobuf::varint_tag;

namespace field {
inline constexpr std::uint32_t kSpans = 1;  // of ListOfSpans
// Span
inline constexpr std::uint32_t kTraceId = 1;
inline constexpr std::uint32_t kParentId = 2;
inline constexpr std::uint32_t kId = 3;
inline constexpr std::uint32_t kKind = 4;
inline constexpr std::uint32_t kName = 5;
inline constexpr std::uint32_t kTimestamp = 6;
inline constexpr std::uint32_t kDuration = 7;
inline constexpr std::uint32_t kLocalEndpoint = 8;
inline constexpr std::uint32_t kRemoteEndpoint = 9;
inline constexpr std::uint32_t kAnnotations = 10;
inline constexpr std::uint32_t kTags = 11;
inline constexpr std::uint32_t kDebug = 12;
inline constexpr std::uint32_t kShared = 13;
// Endpoint
inline constexpr std::uint32_t kServiceName = 1;
inline constexpr std::uint32_t kIpv4 = 2;
inline constexpr std::uint32_t kIpv6 = 3;
inline constexpr std::uint32_t kPort = 4;
// Annotation, and an entry of tags
inline constexpr std::uint32_t kAnnotationTimestamp = 1;
inline constexpr std::uint32_t kTagKey = 1;
inline constexpr std::uint32_t kValue = 2;
}  // namespace field

// Members return false when the message has failed.
class ProtobufReader {
 public:
  explicit ProtobufReader(BatchBuilder& builder) : builder_(builder) {}

  Result<void> run(std::string_view message) {
    Reader r(message);
    while (r.next()) {
      if (r.tag() != bytes_tag(field::kSpans)) {
        r.skip();
        continue;
      }
      const std::string_view fields = r.bytes();
      if (!r.ok()) break;
      if (!span(fields)) return error(message);
    }
    if (finished(r)) return {};
    return error(message);
  }

 private:
  struct Ids {
    std::string_view trace;
    std::string_view parent;
    std::string_view own;
  };

  bool span(std::string_view message);
  bool fields(std::string_view message, Span& span, Ids& ids);
  bool ids(const Ids& ids, Span& span);
  bool endpoint(std::string_view message, Endpoint& to);
  bool annotation(std::string_view message);
  bool tag(std::string_view message);

  bool fail(std::string why) {
    why_ = std::move(why);
    return false;
  }
  bool finished(const Reader& r) {
    if (!r.ok()) [[unlikely]] {
      failed_at_ = r.failed_at();
    }
    return r.ok();
  }
  Error error(std::string_view message) const {
    std::string why = why_;
    if (failed_at_ != nullptr) {
      why = fmt::format("Truncated or malformed field at byte {}", failed_at_ - message.data());
    } else if (why.empty()) {
      why = "Too many empty elements for the size of the message";
    }
    return invalid_argument(why + " reading List<Span> from proto3");
  }

  BatchBuilder& builder_;
  const char* failed_at_ = nullptr;
  std::string why_;
};

bool ProtobufReader::span(std::string_view message) {
  builder_.begin();
  Span made;
  Ids found;
  if (!fields(message, made, found) || !ids(found, made)) return false;
  builder_.finish(made);
  return true;
}

bool ProtobufReader::ids(const Ids& ids, Span& span) {
  const auto trace_id = as_bytes(ids.trace);
  if (ids.trace.size() == 8) {
    std::ranges::copy(trace_id, span.trace_id.bytes.begin() + 8);
  } else if (!span.trace_id.assign(trace_id) && !ids.trace.empty()) {
    return fail(fmt::format("traceId has {} bytes, not 8 or 16", ids.trace.size()));
  }
  if (!span.id.assign(as_bytes(ids.own)) && !ids.own.empty()) {
    return fail(fmt::format("id has {} bytes, not 8", ids.own.size()));
  }
  if (!ids.parent.empty() && !span.parent_id.assign(as_bytes(ids.parent))) {
    return fail(fmt::format("parentId has {} bytes, not 8", ids.parent.size()));
  }
  if (ids.trace.empty() || ids.own.empty()) {
    return fail(fmt::format("Missing :{}{}", ids.trace.empty() ? " traceId" : "",
                            ids.own.empty() ? " id" : ""));
  }
  if (!span.trace_id.is_valid()) return fail("traceId is all zeros");
  if (!span.id.is_valid()) return fail("id is all zeros");
  return true;
}

Kind kind_of(std::uint64_t number) {
  return number <= static_cast<std::uint64_t>(Kind::kConsumer) ? static_cast<Kind>(number)
                                                               : Kind::kNone;
}

// The fields that nearly every span begins with, in the order of their numbers.
[[gnu::always_inline]] inline void usual_fields(Reader& r, Span& span, std::string_view& trace,
                                                std::string_view& parent, std::string_view& own) {
  if (r.next_if(bytes_tag(field::kTraceId))) trace = r.bytes();
  if (r.next_if(bytes_tag(field::kParentId))) parent = r.bytes();
  if (r.next_if(bytes_tag(field::kId))) own = r.bytes();
  if (r.next_if(varint_tag(field::kKind))) span.kind = kind_of(r.varint());
  if (r.next_if(bytes_tag(field::kName))) span.name = r.bytes();
  if (r.next_if(fixed64_tag(field::kTimestamp))) {
    span.timestamp = static_cast<std::int64_t>(r.fixed64());
  }
  if (r.next_if(varint_tag(field::kDuration))) {
    span.duration = static_cast<std::int64_t>(r.varint());
  }
}

bool ProtobufReader::fields(std::string_view message, Span& span, Ids& ids) {
  Reader r(message);
  usual_fields(r, span, ids.trace, ids.parent, ids.own);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::kTraceId):
        ids.trace = r.bytes();
        break;
      case bytes_tag(field::kParentId):
        ids.parent = r.bytes();
        break;
      case bytes_tag(field::kId):
        ids.own = r.bytes();
        break;
      case varint_tag(field::kKind):
        span.kind = kind_of(r.varint());
        break;
      case bytes_tag(field::kName):
        span.name = r.bytes();
        break;
      case fixed64_tag(field::kTimestamp):
        span.timestamp = static_cast<std::int64_t>(r.fixed64());
        break;
      case varint_tag(field::kDuration):
        span.duration = static_cast<std::int64_t>(r.varint());
        break;
      case bytes_tag(field::kLocalEndpoint):
        if (!endpoint(r.bytes(), span.local)) return false;
        break;
      case bytes_tag(field::kRemoteEndpoint):
        if (!endpoint(r.bytes(), span.remote)) return false;
        break;
      case bytes_tag(field::kAnnotations):
        if (!annotation(r.bytes())) return false;
        break;
      case bytes_tag(field::kTags):
        do {
          if (!tag(r.bytes())) return false;
        } while (r.next_if(bytes_tag(field::kTags)));
        break;
      case varint_tag(field::kDebug):
        span.debug = r.varint() != 0;
        break;
      case varint_tag(field::kShared):
        span.shared = r.varint() != 0;
        break;
      default:
        r.skip();
    }
  }
  return finished(r);
}

bool ProtobufReader::endpoint(std::string_view message, Endpoint& to) {
  Reader r(message);
  while (r.next()) {
    switch (r.tag()) {
      case bytes_tag(field::kServiceName):
        to.service_name = lower_case(r.bytes(), builder_.arena());
        break;
      case bytes_tag(field::kIpv4):
      case bytes_tag(field::kIpv6):
        read_address(as_bytes(r.bytes()), builder_.arena(), to);
        break;
      case varint_tag(field::kPort): {
        const auto port = static_cast<std::int32_t>(r.varint());
        if (port > UINT16_MAX) return fail(fmt::format("invalid port {}", port));
        to.port = port > 0 ? static_cast<std::uint16_t>(port) : 0;
        break;
      }
      default:
        r.skip();
    }
  }
  return finished(r);
}

// One without a time, or without a value, says nothing.
bool ProtobufReader::annotation(std::string_view message) {
  std::int64_t timestamp = 0;
  std::string_view value;
  bool has_value = false;
  Reader r(message);
  while (r.next()) {
    if (r.tag() == fixed64_tag(field::kAnnotationTimestamp)) {
      timestamp = static_cast<std::int64_t>(r.fixed64());
    } else if (r.tag() == bytes_tag(field::kValue)) {
      value = r.bytes();
      has_value = true;
    } else {
      r.skip();
    }
  }
  if (!finished(r)) return false;
  if (timestamp <= 0 || !has_value) return true;
  return builder_.annotation(static_cast<std::uint64_t>(timestamp), value);
}

// A key, then a value, in a message below 128 bytes, so that every length is one byte: the form
// that senders nearly always choose. Any other, bad ones included, is false.
//   0a <n> key[n]  12 <m> value[m]
[[gnu::always_inline]] inline bool read_plain_tag(std::string_view message, std::string_view& key,
                                                  std::string_view& value) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(message[at]); };
  if (message.size() < 4 || message.size() > 127) return false;
  const std::size_t key_size = byte(1);
  if (byte(0) != bytes_tag(field::kTagKey) || key_size > message.size() - 4) return false;
  const std::size_t value_at = key_size + 4;
  if (byte(value_at - 2) != bytes_tag(field::kValue)) return false;
  if (byte(value_at - 1) != message.size() - value_at) return false;
  key = message.substr(2, key_size);
  value = message.substr(value_at);
  return true;
}

bool ProtobufReader::tag(std::string_view message) {
  std::string_view key;
  std::string_view value;
  if (read_plain_tag(message, key, value)) [[likely]]
    return builder_.tag(key, value);
  Reader r(message);
  while (r.next()) {
    if (r.tag() == bytes_tag(field::kTagKey)) {
      key = r.bytes();
    } else if (r.tag() == bytes_tag(field::kValue)) {
      value = r.bytes();
    } else {
      r.skip();
    }
  }
  return finished(r) && builder_.tag(key, value);
}

// The writers below write their fields from the last to the first, because BackwardWriter does.

void write_endpoint(std::uint32_t number, const Endpoint& endpoint, BackwardWriter& w) {
  if (endpoint.empty()) return;
  const std::size_t end = w.size();
  if (endpoint.port != 0) w.varint_field(field::kPort, endpoint.port);
  if (const auto bytes = ipv6_bytes(endpoint.ipv6)) w.bytes_field(field::kIpv6, as_text(*bytes));
  if (const auto bytes = ipv4_bytes(endpoint.ipv4)) w.bytes_field(field::kIpv4, as_text(*bytes));
  if (!endpoint.service_name.empty()) w.bytes_field(field::kServiceName, endpoint.service_name);
  w.close_message(number, end);
}

void write_tag(const Tag& tag, BackwardWriter& w) {
  const std::size_t end = w.size();
  if (tag.value.is(model::AnyValue::Kind::kString)) {
    w.bytes_field(field::kValue, tag.value.as_string());
  } else {
    w.bytes_field(field::kValue, model::to_display_text(tag.value));
  }
  w.bytes_field(field::kTagKey, tag.key);
  w.close_message(field::kTags, end);
}

void write_annotation(const Annotation& annotation, BackwardWriter& w) {
  const std::size_t end = w.size();
  w.bytes_field(field::kValue, annotation.value);
  w.fixed64_field(field::kAnnotationTimestamp, annotation.timestamp);
  w.close_message(field::kAnnotations, end);
}

}  // namespace

Result<void> read_protobuf(ByteView body, BatchBuilder& builder) {
  return ProtobufReader(builder).run(as_text(body));
}

void write_protobuf(const Span& span, BackwardWriter& w) {
  const std::size_t end = w.size();
  if (span.shared) w.varint_field(field::kShared, 1);
  if (span.debug) w.varint_field(field::kDebug, 1);
  for (const Tag& tag : std::ranges::reverse_view(span.tags)) write_tag(tag, w);
  for (const Annotation& annotation : std::ranges::reverse_view(span.annotations)) {
    write_annotation(annotation, w);
  }
  write_endpoint(field::kRemoteEndpoint, span.remote, w);
  write_endpoint(field::kLocalEndpoint, span.local, w);
  if (span.duration > 0) {
    w.varint_field(field::kDuration, static_cast<std::uint64_t>(span.duration));
  }
  if (span.timestamp > 0) {
    w.fixed64_field(field::kTimestamp, static_cast<std::uint64_t>(span.timestamp));
  }
  if (!span.name.empty()) w.bytes_field(field::kName, span.name);
  if (span.kind != Kind::kNone) {
    w.varint_field(field::kKind, static_cast<std::uint64_t>(span.kind));
  }
  w.bytes_field(field::kId, as_text(span.id.bytes));
  if (span.parent_id.is_valid()) w.bytes_field(field::kParentId, as_text(span.parent_id.bytes));
  const std::string_view trace_id = as_text(span.trace_id.bytes);
  w.bytes_field(field::kTraceId, has_high_half(span.trace_id) ? trace_id : trace_id.substr(8));
  w.close_message(field::kSpans, end);
}

}  // namespace cairn::wire::zipkin
