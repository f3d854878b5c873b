// SPDX-License-Identifier: Apache-2.0
#include <bit>

#include "wire/thrift/type.h"
#include "wire/zipkin/formats.h"
#include "wire/zipkin/text.h"
#include "wire/zipkin/v1/span.h"

namespace cairn::wire::zipkin {
namespace {

using model::AnyValue;
using thrift::Type;

// Appends structs in the binary protocol.
class StructWriter {
 public:
  explicit StructWriter(std::string& out) : out_(out) {}

  void i64_field(int id, std::int64_t value) {
    header(id, Type::kI64);
    number(static_cast<std::uint64_t>(value), 8);
  }
  void i32_field(int id, std::uint32_t value) {
    header(id, Type::kI32);
    number(value, 4);
  }
  void i16_field(int id, std::uint16_t value) {
    header(id, Type::kI16);
    number(value, 2);
  }
  void bool_field(int id, bool value) {
    header(id, Type::kBool);
    number(value ? 1 : 0, 1);
  }
  // The big-endian bytes of an i64.
  void id_field(int id, ByteView bytes) {
    header(id, Type::kI64);
    out_ += as_text(bytes);
  }
  void text_field(int id, std::string_view text) {
    header(id, Type::kString);
    number(text.size(), 4);
    out_ += text;
  }
  void struct_field(int id) { header(id, Type::kStruct); }
  void struct_list_field(int id, std::size_t size) {
    header(id, Type::kList);
    number(static_cast<std::uint64_t>(Type::kStruct), 1);
    number(size, 4);
  }
  void stop() { number(static_cast<std::uint64_t>(Type::kStop), 1); }
  void number(std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out_ += static_cast<char>(value >> shift & 0xff);
    }
  }

 private:
  void header(int id, Type type) {
    number(static_cast<std::uint64_t>(type), 1);
    number(static_cast<std::uint64_t>(id), 2);
  }

  std::string& out_;
};

std::string big_endian(std::uint64_t value) {
  std::string text;
  StructWriter(text).number(value, 8);
  return text;
}

struct TypedValue {
  std::uint32_t type;  // of zipkinCore.thrift's AnnotationType
  std::string bytes;
};

TypedValue typed(const AnyValue& value) {
  switch (value.kind()) {
    case AnyValue::Kind::kBool:
      return {0, std::string(1, value.as_bool() ? '\1' : '\0')};
    case AnyValue::Kind::kBytes:
      return {1, std::string(as_text(value.as_bytes()))};
    case AnyValue::Kind::kInt:
      return {4, big_endian(static_cast<std::uint64_t>(value.as_int()))};
    case AnyValue::Kind::kDouble:
      return {5, big_endian(std::bit_cast<std::uint64_t>(value.as_double()))};
    case AnyValue::Kind::kString:
      return {6, std::string(value.as_string())};
    default:
      return {6, model::to_display_text(value)};
  }
}

void write_endpoint(int id, const Endpoint& endpoint, StructWriter& w) {
  if (endpoint.empty()) return;
  w.struct_field(id);
  std::uint32_t ipv4 = 0;
  if (const auto bytes = ipv4_bytes(endpoint.ipv4)) {
    for (const std::byte byte : *bytes) ipv4 = ipv4 << 8 | std::to_integer<std::uint32_t>(byte);
  }
  w.i32_field(1, ipv4);
  w.i16_field(2, endpoint.port);
  w.text_field(3, endpoint.service_name);
  if (const auto bytes = ipv6_bytes(endpoint.ipv6)) w.text_field(4, as_text(*bytes));
  w.stop();
}

}  // namespace

void write_thrift(const Span& span, std::string& out) {
  v1::Span old;
  v1::to_v1(span, old);
  StructWriter w(out);
  const ByteView trace_id = old.trace_id.bytes;
  w.id_field(1, trace_id.last(8));
  w.text_field(3, old.name);
  w.id_field(4, old.id.bytes);
  if (old.parent_id.is_valid()) w.id_field(5, old.parent_id.bytes);
  w.struct_list_field(6, old.annotations.size());
  for (const v1::Annotation& annotation : old.annotations) {
    w.i64_field(1, static_cast<std::int64_t>(annotation.timestamp));
    w.text_field(2, annotation.value);
    write_endpoint(3, annotation.endpoint, w);
    w.stop();
  }
  w.struct_list_field(8, old.binary_annotations.size());
  for (const v1::BinaryAnnotation& binary : old.binary_annotations) {
    const TypedValue value = typed(binary.value);
    w.text_field(1, binary.key);
    w.text_field(2, value.bytes);
    w.i32_field(3, value.type);
    write_endpoint(4, binary.endpoint, w);
    w.stop();
  }
  if (old.debug) w.bool_field(9, true);
  if (old.timestamp > 0) w.i64_field(10, old.timestamp);
  if (old.duration > 0) w.i64_field(11, old.duration);
  if (has_high_half(old.trace_id)) w.id_field(12, trace_id.first(8));
  w.stop();
}

}  // namespace cairn::wire::zipkin
