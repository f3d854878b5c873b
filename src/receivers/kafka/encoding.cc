// SPDX-License-Identifier: Apache-2.0
#include "receivers/kafka/encoding.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "wire/jaeger/json_decode.h"
#include "wire/jaeger/protobuf.h"
#include "wire/otlp/json.h"
#include "wire/otlp/protobuf.h"
#include "wire/zipkin/zipkin.h"

namespace cairn::receivers::kafka {
namespace {

// The first name of each is the one that is printed.
constexpr std::array<std::pair<std::string_view, Encoding>, 11> kNames{{
    {"auto", Encoding::kAuto},
    {"otlp_proto", Encoding::kOtlpProto},
    {"otlp_json", Encoding::kOtlpJson},
    {"jaeger_proto", Encoding::kJaegerProto},
    {"jaeger_json", Encoding::kJaegerJson},
    {"zipkin_proto", Encoding::kZipkinProto},
    {"zipkin_json", Encoding::kZipkinJson},
    {"zipkin_thrift", Encoding::kZipkinThrift},
    {"protobuf", Encoding::kJaegerProto},
    {"json", Encoding::kJaegerJson},
    {"zipkin-thrift", Encoding::kZipkinThrift},
}};

Result<model::Rejections> decode_zipkin(wire::zipkin::Format format, ByteView message,
                                        model::Batch& batch) {
  return wire::zipkin::decode(format, message, batch);
}

Result<model::Rejections> decode_zipkin_json(ByteView message, model::Batch& batch) {
  const bool is_v1 = wire::zipkin::sniff(message) == wire::zipkin::Format::kJsonV1;
  return decode_zipkin(is_v1 ? wire::zipkin::Format::kJsonV1 : wire::zipkin::Format::kJsonV2,
                       message, batch);
}

Result<model::Rejections> decode_bytes(Encoding encoding, ByteView message, model::Batch& batch) {
  switch (encoding) {
    case Encoding::kOtlpProto:
      return wire::otlp::decode_traces(message, batch);
    case Encoding::kOtlpJson:
      return wire::otlp::decode_traces_json(message, batch);
    case Encoding::kJaegerProto:
      return wire::jaeger::decode_span(message, batch);
    case Encoding::kJaegerJson:
      return wire::jaeger::decode_span_json(message, batch);
    case Encoding::kZipkinProto:
      return decode_zipkin(wire::zipkin::Format::kProtobuf, message, batch);
    case Encoding::kZipkinJson:
      return decode_zipkin_json(message, batch);
    case Encoding::kZipkinThrift:
      return decode_zipkin(wire::zipkin::Format::kThrift, message, batch);
    case Encoding::kAuto:
      break;
  }
  return invalid_argument("the message looks like none of the encodings");
}

// Whether protobuf field `number`, length-delimited, `length` bytes long, begins at `at`.
bool has_field(std::string_view text, std::size_t at, int number, std::size_t length) {
  return at + 2 + length <= text.size() && text[at] == static_cast<char>(number << 3 | 2) &&
         text[at + 1] == static_cast<char>(length);
}

// Jaeger's Span begins with its ids: 1 trace_id, 2 span_id.
bool is_jaeger_span(std::string_view text) {
  for (const std::size_t trace_id : {std::size_t{16}, std::size_t{8}}) {
    if (has_field(text, 0, 1, trace_id) && has_field(text, 2 + trace_id, 2, 8)) return true;
  }
  return false;
}

// Zipkin's list begins with a span that begins with its ids: 1 trace_id, 2 parent_id, 3 id. OTLP
// has in that place a Resource, whose first field is again a message of more than one field.
bool is_zipkin_list(std::string_view text) {
  std::size_t at = 1;  // past the tag of the span, at its length
  while (at < text.size() && at < 6 && (text[at] & 0x80) != 0) ++at;
  ++at;
  for (const std::size_t trace_id : {std::size_t{16}, std::size_t{8}}) {
    if (!has_field(text, at, 1, trace_id)) continue;
    std::size_t next = at + 2 + trace_id;
    if (has_field(text, next, 2, 8)) next += 10;
    if (has_field(text, next, 3, 8)) return true;
  }
  return false;
}

Encoding sniff_json_object(std::string_view text) {
  constexpr std::size_t kHead = 256;  // OTLP has one of these first in all that anybody writes
  const std::string_view head = text.substr(0, kHead);
  const bool is_otlp = head.find("\"resourceSpans\"") != std::string_view::npos ||
                       head.find("\"resource_spans\"") != std::string_view::npos;
  return is_otlp ? Encoding::kOtlpJson : Encoding::kJaegerJson;
}

}  // namespace

Result<Encoding> parse_encoding(std::string_view text) {
  for (const auto& [name, encoding] : kNames) {
    if (name == text) return encoding;
  }
  return invalid_argument(
      fmt::format("'{}' is not an encoding; there are: auto, otlp_proto, otlp_json, jaeger_proto, "
                  "jaeger_json, zipkin_proto, zipkin_json, zipkin_thrift",
                  text));
}

std::string_view to_text(Encoding encoding) {
  for (const auto& [name, known] : kNames) {
    if (known == encoding) return name;
  }
  return "auto";
}

Encoding sniff(ByteView message) {
  std::string_view text = as_text(message);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return Encoding::kAuto;
  if (text[first] == '{') return sniff_json_object(text.substr(first));
  if (text[first] == '[') return Encoding::kZipkinJson;
  if (text[0] == 0x0a && text.size() > 1) {
    if (is_jaeger_span(text)) return Encoding::kJaegerProto;
    return is_zipkin_list(text) ? Encoding::kZipkinProto : Encoding::kOtlpProto;
  }
  // A Thrift list says the type of its elements first: 12 is a struct.
  return text[0] == 0x0c ? Encoding::kZipkinThrift : Encoding::kAuto;
}

Result<model::Rejections> decode(Encoding encoding, const PinnedBytes& message,
                                 model::Batch& batch) {
  if (encoding == Encoding::kAuto) encoding = sniff(message.view);
  ASSIGN_OR_RETURN(const model::Rejections rejected, decode_bytes(encoding, message.view, batch));
  batch.pin(message);
  return rejected;
}

}  // namespace cairn::receivers::kafka
