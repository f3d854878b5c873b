// SPDX-License-Identifier: Apache-2.0
#include "wire/zipkin/thrift.h"

#include <bit>

#include <fmt/format.h>

#include "wire/zipkin/formats.h"
#include "wire/zipkin/text.h"
#include "wire/zipkin/v1/span.h"

namespace cairn::wire::zipkin {
namespace {

using model::AnyValue;
using thrift::field_key;
using thrift::Type;

enum class ValueType : std::int32_t { kBool, kBytes, kI16, kI32, kI64, kDouble, kString };

// A big-endian number of a binary annotation.
std::uint64_t number_of(ByteView bytes) {
  std::uint64_t value = 0;
  for (const std::byte byte : bytes) value = value << 8 | std::to_integer<std::uint64_t>(byte);
  return value;
}

// A value of the wrong size is kept as bytes.
AnyValue value_of(std::int32_t type, std::string_view text) {
  const ByteView bytes = as_bytes(text);
  const std::uint64_t number = bytes.size() <= 8 ? number_of(bytes) : 0;
  switch (static_cast<ValueType>(type)) {
    case ValueType::kString:
      return AnyValue::string(text);
    case ValueType::kBool:
      if (bytes.size() == 1) return AnyValue::boolean(number != 0);
      break;
    case ValueType::kI16:
      if (bytes.size() == 2) return AnyValue::integer(static_cast<std::int16_t>(number));
      break;
    case ValueType::kI32:
      if (bytes.size() == 4) return AnyValue::integer(static_cast<std::int32_t>(number));
      break;
    case ValueType::kI64:
      if (bytes.size() == 8) return AnyValue::integer(static_cast<std::int64_t>(number));
      break;
    case ValueType::kDouble:
      if (bytes.size() == 8) return AnyValue::real(std::bit_cast<double>(number));
      break;
    case ValueType::kBytes:
      break;
  }
  return AnyValue::bytes(bytes);
}

void put_id(std::int64_t id, std::span<std::byte> to) {
  auto bits = static_cast<std::uint64_t>(id);
  for (std::size_t i = to.size(); i-- > 0; bits >>= 8) to[i] = static_cast<std::byte>(bits & 0xff);
}

// Members return false when the message has failed.
template <thrift::Reader R>
class ThriftReader {
 public:
  ThriftReader(R& reader, BatchBuilder& builder)
      : r_(reader),
        start_(reader.at()),
        builder_(builder),
        budget_(reader.remaining()),
        converter_(builder) {}

  bool list() {
    const thrift::List spans = r_.list();
    if (spans.size != 0 && spans.element != Type::kStruct) r_.fail();
    for (std::uint32_t i = 0; i < spans.size && r_.ok(); ++i) {
      if (!span()) return false;
    }
    return r_.ok();
  }
  bool span();
  Error error() const;

 private:
  bool fields();
  bool annotations();
  bool binary_annotations();
  bool annotation();
  bool binary_annotation();
  void endpoint(Endpoint& to);

  R& r_;
  const char* start_;
  BatchBuilder& builder_;
  MemoryBudget budget_;
  v1::ToV2 converter_;
  v1::Span span_;
  std::string why_;
};

template <thrift::Reader R>
Error ThriftReader<R>::error() const {
  std::string why = why_;
  if (!r_.ok()) {
    why = fmt::format("Truncated or malformed field at byte {}", r_.failed_at() - start_);
  } else if (why.empty()) {
    why = "Too many services or empty elements for the size of the message";
  }
  return invalid_argument(why + " reading List<Span> from TBinary");
}

template <thrift::Reader R>
bool ThriftReader<R>::span() {
  span_.clear();
  if (!fields()) return false;
  if (!span_.trace_id.is_valid()) why_ = "traceId is all zeros";
  if (!span_.id.is_valid()) why_ = "id is all zeros";
  return why_.empty() && converter_.convert(span_);
}

template <thrift::Reader R>
bool ThriftReader<R>::fields() {
  const std::span<std::byte> trace_id = span_.trace_id.bytes;
  thrift::Field field;
  while (r_.next(field)) {
    switch (field.key()) {
      case field_key(1, Type::kI64):
        put_id(r_.i64(), trace_id.last(8));
        break;
      case field_key(3, Type::kString):
        span_.name = r_.bytes();
        break;
      case field_key(4, Type::kI64):
        put_id(r_.i64(), span_.id.bytes);
        break;
      case field_key(5, Type::kI64):
        put_id(r_.i64(), span_.parent_id.bytes);
        break;
      case field_key(6, Type::kList):
        if (!annotations()) return false;
        break;
      case field_key(8, Type::kList):
        if (!binary_annotations()) return false;
        break;
      case field_key(9, Type::kBool):
        span_.debug = r_.boolean();
        break;
      case field_key(10, Type::kI64):
        span_.timestamp = r_.i64();
        break;
      case field_key(11, Type::kI64):
        span_.duration = r_.i64();
        break;
      case field_key(12, Type::kI64):
        put_id(r_.i64(), trace_id.first(8));
        break;
      default:
        r_.skip(field.type);
    }
  }
  return r_.ok();
}

template <thrift::Reader R>
bool ThriftReader<R>::annotations() {
  const thrift::List list = r_.list();
  if (list.element != Type::kStruct) {
    r_.skip_elements(list);
    return r_.ok();
  }
  for (std::uint32_t i = 0; i < list.size && r_.ok(); ++i) {
    if (!annotation()) return false;
  }
  return r_.ok();
}

template <thrift::Reader R>
bool ThriftReader<R>::binary_annotations() {
  const thrift::List list = r_.list();
  if (list.element != Type::kStruct) {
    r_.skip_elements(list);
    return r_.ok();
  }
  for (std::uint32_t i = 0; i < list.size && r_.ok(); ++i) {
    if (!binary_annotation()) return false;
  }
  return r_.ok();
}

// One without a time, or without a value, says nothing.
template <thrift::Reader R>
bool ThriftReader<R>::annotation() {
  if (!budget_.spend(sizeof(v1::Annotation))) return false;
  v1::Annotation made;
  std::int64_t timestamp = 0;
  bool has_value = false;
  thrift::Field field;
  while (r_.next(field)) {
    switch (field.key()) {
      case field_key(1, Type::kI64):
        timestamp = r_.i64();
        break;
      case field_key(2, Type::kString):
        made.value = r_.bytes();
        has_value = true;
        break;
      case field_key(3, Type::kStruct):
        endpoint(made.endpoint);
        break;
      default:
        r_.skip(field.type);
    }
  }
  made.timestamp = static_cast<std::uint64_t>(timestamp);
  if (timestamp > 0 && has_value) span_.annotations.push_back(made);
  return r_.ok();
}

template <thrift::Reader R>
bool ThriftReader<R>::binary_annotation() {
  if (!budget_.spend(sizeof(v1::BinaryAnnotation))) return false;
  v1::BinaryAnnotation made;
  std::string_view value;
  bool has_key = false;
  auto type = static_cast<std::int32_t>(ValueType::kString);
  thrift::Field field;
  while (r_.next(field)) {
    switch (field.key()) {
      case field_key(1, Type::kString):
        made.key = r_.bytes();
        has_key = true;
        break;
      case field_key(2, Type::kString):
        value = r_.bytes();
        break;
      case field_key(3, Type::kI32):
        type = r_.i32();
        break;
      case field_key(4, Type::kStruct):
        endpoint(made.endpoint);
        break;
      default:
        r_.skip(field.type);
    }
  }
  made.value = value_of(type, value);
  if (has_key) span_.binary_annotations.push_back(made);
  return r_.ok();
}

template <thrift::Reader R>
void ThriftReader<R>::endpoint(Endpoint& to) {
  thrift::Field field;
  while (r_.next(field)) {
    switch (field.key()) {
      case field_key(1, Type::kI32): {
        std::array<std::byte, 4> address{};
        put_id(r_.i32(), address);
        if (number_of(address) != 0) read_address(ByteView(address), builder_.arena(), to);
        break;
      }
      case field_key(2, Type::kI16):
        to.port = static_cast<std::uint16_t>(r_.i16());
        break;
      case field_key(3, Type::kString):
        to.service_name = lower_case(r_.bytes(), builder_.arena());
        break;
      case field_key(4, Type::kString):
        read_address(as_bytes(r_.bytes()), builder_.arena(), to);
        break;
      default:
        r_.skip(field.type);
    }
  }
}

template <thrift::Reader R>
Result<void> decode_list(R& reader, model::Batch& batch) {
  BatchBuilder builder(reader.remaining(), batch);
  ThriftReader<R> spans(reader, builder);
  if (spans.list()) return {};
  builder.undo();
  return spans.error();
}

}  // namespace

Result<void> decode_thrift_spans(thrift::BinaryReader& reader, model::Batch& batch) {
  return decode_list(reader, batch);
}
Result<void> decode_thrift_spans(thrift::CompactReader& reader, model::Batch& batch) {
  return decode_list(reader, batch);
}

Result<void> read_thrift(ByteView body, BatchBuilder& builder) {
  thrift::BinaryReader reader(as_text(body));
  ThriftReader<thrift::BinaryReader> spans(reader, builder);
  const bool is_list = body.front() == static_cast<std::byte>(Type::kStruct);
  if (is_list ? spans.list() : spans.span()) return {};
  return spans.error();
}

}  // namespace cairn::wire::zipkin
