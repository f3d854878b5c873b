// SPDX-License-Identifier: Apache-2.0
#include "wire/zipkin/zipkin.h"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "model/reserved.h"
#include "wire/zipkin/formats.h"
#include "wire/zipkin/span_views.h"

namespace cairn::wire::zipkin {
namespace {

constexpr std::string_view kJsonSpace = " \t\r\n";

std::string_view name_of(Format format) {
  switch (format) {
    case Format::kJsonV2:
      return "JSON_V2";
    case Format::kProtobuf:
      return "PROTO3";
    case Format::kJsonV1:
      return "JSON_V1";
    case Format::kThrift:
      return "THRIFT";
  }
  return {};
}

bool is_json(Format format) {
  return format == Format::kJsonV2 || format == Format::kJsonV1;
}

// Only what version 2 calls so.
bool looks_like_v2(std::string_view json) {
  return json.find("Endpoint\"") != std::string_view::npos ||
         json.find("\"tags\"") != std::string_view::npos;
}

Result<void> read(Format format, ByteView body, BatchBuilder& builder) {
  switch (format) {
    case Format::kJsonV2:
      return read_json_v2(body, builder);
    case Format::kProtobuf:
      return read_protobuf(body, builder);
    case Format::kJsonV1:
      return read_json_v1(body, builder);
    case Format::kThrift:
      return read_thrift(body, builder);
  }
  return invalid_argument("Zipkin: no such format");
}

// What Zipkin answers to a body that is not even a list, or a list of the other version. Empty
// when it is of the right kind and wrong inside.
std::string wrong_format(Format expected, ByteView body) {
  const std::string_view text = as_text(body);
  const std::size_t start = std::min(text.find_first_not_of(kJsonSpace), text.size());
  const bool is_list = start < text.size() && text[start] == '[';
  std::optional<Format> received = sniff(body.subspan(is_list ? start : 0));
  if (expected == Format::kJsonV2 && is_list) {
    const bool is_v1 = text.find("yAnnotations\"") != std::string_view::npos;
    received = is_v1 ? Format::kJsonV1 : Format::kJsonV2;
  }
  if (received == expected || (is_json(expected) == false && !is_list)) return {};
  if (is_list && expected == Format::kJsonV1 && received != Format::kJsonV2) return {};
  const std::string message = fmt::format("Expected a {} encoded list", name_of(expected));
  if (!received) return message;
  return fmt::format("{}, but received: {}", message, name_of(*received));
}

}  // namespace

Result<model::Rejections> decode(Format format, ByteView body, model::Batch& batch) {
  if (body.empty()) return model::Rejections{};
  if (body.size() > UINT32_MAX) return invalid_argument("Zipkin: more than 4 GiB in one message");
  BatchBuilder builder(body.size(), batch);
  const Result<void> read = zipkin::read(format, body, builder);
  if (read) return model::Rejections{};
  builder.undo();
  if (std::string wrong = wrong_format(format, body); !wrong.empty()) {
    return invalid_argument(std::move(wrong));
  }
  return read.error();
}

// By Zipkin's rule: a thrift struct or list begins with a type, protobuf with the tag of field 1.
std::optional<Format> sniff(ByteView message) {
  constexpr auto kProtobufTag = std::byte{0x0a};  // and thrift's i64, whose field id begins with 0
  constexpr auto kLastThriftType = std::byte{16};
  if (message.size() < 2) return std::nullopt;
  if (message[0] == std::byte{'['}) {
    return looks_like_v2(as_text(message)) ? Format::kJsonV2 : Format::kJsonV1;
  }
  if (message[0] == kProtobufTag && message[1] != std::byte{}) return Format::kProtobuf;
  if (message[0] <= kLastThriftType) return Format::kThrift;
  return std::nullopt;
}

void mark_debug(model::Batch& batch, std::size_t first_span) {
  for (std::size_t i = first_span; i < batch.spans.size(); ++i) {
    model::Span& span = batch.spans[i];
    span.flags |= 1;  // sampled
    if (model::find_attribute(span.attributes, model::reserved::kZipkinDebug) != nullptr) continue;
    const std::span<model::Attribute> more =
        batch.arena.make<model::Attribute>(span.attributes.size() + 1);
    std::ranges::copy(span.attributes, more.begin());
    more.back() = {model::reserved::kZipkinDebug, model::AnyValue::boolean(true)};
    span.attributes = more;
  }
}

namespace {

std::string encode_json(Format format, const model::Batch& batch) {
  std::string out;
  JsonWriter json(out);
  SpanViews views(batch);
  json.begin_array();
  for (const model::Span& span : batch.spans) {
    format == Format::kJsonV2 ? write_json_v2(views.of(span), json)
                              : write_json_v1(views.of(span), json);
  }
  json.end_array();
  return out;
}

std::string encode_protobuf(const model::Batch& batch) {
  protobuf::BackwardWriter writer;
  SpanViews views(batch);
  for (const model::Span& span : std::ranges::reverse_view(batch.spans)) {
    write_protobuf(views.of(span), writer);
  }
  return std::string(writer.written());
}

std::string encode_thrift(const model::Batch& batch) {
  std::string out("\x0c", 1);  // a list of structs, and how many
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += static_cast<char>(batch.spans.size() >> shift & 0xff);
  }
  SpanViews views(batch);
  for (const model::Span& span : batch.spans) write_thrift(views.of(span), out);
  return out;
}

}  // namespace

std::string encode(Format format, const model::Batch& batch) {
  if (is_json(format)) return encode_json(format, batch);
  return format == Format::kProtobuf ? encode_protobuf(batch) : encode_thrift(batch);
}

}  // namespace cairn::wire::zipkin
