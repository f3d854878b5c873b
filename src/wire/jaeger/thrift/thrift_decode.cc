// SPDX-License-Identifier: Apache-2.0
#include <bit>

#include <fmt/format.h>

#include "wire/jaeger/mapping/span_mapping.h"
#include "wire/jaeger/thrift.h"
#include "wire/jaeger/thrift/thrift_fields.h"
#include "wire/thrift/reader.h"
#include "wire/zipkin/thrift.h"

namespace cairn::wire::jaeger {
namespace {

using model::AnyValue;
using thrift::BinaryReader;
using thrift::CompactReader;
using thrift::Field;
using thrift::field_key;
using thrift::Reader;
using thrift::Type;

// A Tag before its type is known: of the values one counts.
struct Tag {
  std::string_view key;
  std::int32_t type = 0;
  std::string_view text;
  std::string_view binary;
  double real = 0;
  std::int64_t integer = 0;
  bool boolean = false;

  // A type that does not exist is read as text.
  AnyValue value() const {
    switch (static_cast<TagType>(type)) {
      case TagType::kDouble:
        return AnyValue::real(real);
      case TagType::kBool:
        return AnyValue::boolean(boolean);
      case TagType::kLong:
        return AnyValue::integer(integer);
      case TagType::kBinary:
        return AnyValue::bytes(as_bytes(binary));
      default:
        return AnyValue::string(text);
    }
  }
};

// Ids are numbers of which only the bits count.
std::uint64_t big_endian(std::int64_t number) {
  return __builtin_bswap64(static_cast<std::uint64_t>(number));
}

model::TraceId trace_id_of(std::int64_t high, std::int64_t low) {
  return std::bit_cast<model::TraceId>(std::array{big_endian(high), big_endian(low)});
}

model::SpanId span_id_of(std::int64_t number) {
  return std::bit_cast<model::SpanId>(big_endian(number));
}

template <Reader R>
struct TagRead {
  R reader;
  Tag tag;
};

// The rest of a tag, from the field on that was just found. By value, so that the reader and the
// tag of read_tag() stay in registers.
template <Reader R>
[[gnu::noinline]] TagRead<R> read_tag_rest(R r, Field field, Tag tag) {
  do {
    switch (field.key()) {
      case field_key(field::tag::kKey, Type::kString):
        tag.key = r.bytes();
        break;
      case field_key(field::tag::kType, Type::kI32):
        tag.type = r.i32();
        break;
      case field_key(field::tag::kText, Type::kString):
        tag.text = r.bytes();
        break;
      case field_key(field::tag::kReal, Type::kDouble):
        tag.real = r.real();
        break;
      case field_key(field::tag::kBool, Type::kBool):
        tag.boolean = r.boolean();
        break;
      case field_key(field::tag::kInteger, Type::kI64):
        tag.integer = r.i64();
        break;
      case field_key(field::tag::kBinary, Type::kString):
        tag.binary = r.bytes();
        break;
      default:
        r.skip(field.type);
    }
  } while (r.next(field));
  return {r, tag};
}

// Reads a tag and gives it to `sink`: (key, what makes the value).
// Tags are most of a batch: the fields of texts and numbers are tried in the order in which clients
// write them, and the value is made where it is kept, not copied there.
template <Reader R, typename Sink>
[[gnu::always_inline]] inline void read_tag(R& r, const Sink& sink) {
  std::string_view key;
  std::int32_t type = 0;
  Field field;
  if (r.template next_if<field::tag::kKey, Type::kString>(field)) key = r.bytes();
  if (r.template next_if<field::tag::kType, Type::kI32>(field)) type = r.i32();
  Tag rest{.key = key, .type = type, .text = {}, .binary = {}};
  if (type == static_cast<std::int32_t>(TagType::kString) &&
      r.template next_if<field::tag::kText, Type::kString>(field)) {
    const std::string_view text = r.bytes();
    if (!r.next(field)) [[likely]]
      return sink(key, [text] { return AnyValue::string(text); });
    rest.text = text;
  } else if (type == static_cast<std::int32_t>(TagType::kLong) &&
             r.template next_if<field::tag::kInteger, Type::kI64>(field)) {
    const std::int64_t integer = r.i64();
    if (!r.next(field)) [[likely]]
      return sink(key, [integer] { return AnyValue::integer(integer); });
    rest.integer = integer;
  } else if (!r.next(field)) {
    return sink(key, [&rest] { return rest.value(); });
  }
  const TagRead<R> read = read_tag_rest(r, field, rest);
  r = read.reader;
  sink(read.tag.key, [&read] { return read.tag.value(); });
}

// Reads the structs of jaeger.thrift into a mapping. After a failure of the reader what was read
// means nothing, and the caller rolls back.
// Missing fields count as zero or empty, also those that the IDL requires; a field of another type
// than the IDL's is passed over.
template <Reader R>
class BatchDecoder {
 public:
  BatchDecoder(R& reader, SpanMapping& mapping) : r_(reader), mapping_(mapping) {}

  // False when the reader failed or the input asked for too much memory.
  bool batch();

 private:
  // Reads a list of structs, each by `read`.
  template <typename Read>
  void list_of(Read read);
  // Reads a list of tags and gives each to `sink`: (key, what makes the value).
  template <typename Sink>
  void tags(Sink sink);
  bool process(std::uint32_t resource);
  void span(std::uint32_t resource);
  void log();
  void reference();

  R& r_;
  SpanMapping& mapping_;
};

template <Reader R>
template <typename Read>
void BatchDecoder<R>::list_of(Read read) {
  const thrift::List list = r_.list();
  if (list.element != Type::kStruct) return r_.skip_elements(list);
  for (std::uint32_t i = 0; i < list.size && r_.ok(); ++i) read();
}

template <Reader R>
template <typename Sink>
void BatchDecoder<R>::tags(Sink sink) {
  const thrift::List list = r_.list();
  if (list.element != Type::kStruct) return r_.skip_elements(list);
  R r = r_;  // in registers
  for (std::uint32_t i = 0; i < list.size && r.ok(); ++i) {
    read_tag(r, sink);
  }
  r_ = r;
}

template <Reader R>
bool BatchDecoder<R>::batch() {
  const std::uint32_t resource = mapping_.add_resource();
  mapping_.begin_process();
  bool is_within_budget = mapping_.end_process(resource, {});  // should there be none
  Field field;
  while (r_.next(field)) {
    switch (field.key()) {
      case field_key(field::batch::kProcess, Type::kStruct):
        is_within_budget = process(resource);
        break;
      case field_key(field::batch::kSpans, Type::kList):
        list_of([this, resource] { span(resource); });
        break;
      default:
        r_.skip(field.type);
    }
  }
  return r_.ok() && is_within_budget;
}

template <Reader R>
bool BatchDecoder<R>::process(std::uint32_t resource) {
  std::string_view service_name;
  mapping_.begin_process();
  Field field;
  while (r_.next(field)) {
    switch (field.key()) {
      case field_key(field::process::kServiceName, Type::kString):
        service_name = r_.bytes();
        break;
      case field_key(field::process::kTags, Type::kList):
        tags([this](auto key, auto make) { mapping_.process_tag(key, make()); });
        break;
      default:
        r_.skip(field.type);
    }
  }
  return mapping_.end_process(resource, service_name);
}

template <Reader R>
void BatchDecoder<R>::span(std::uint32_t resource) {
  model::Span& span = mapping_.begin_span();
  std::int64_t trace_id_high = 0;
  std::int64_t trace_id_low = 0;
  std::int64_t duration = 0;
  std::uint32_t flags = 0;
  Field field;
  while (r_.next(field)) {
    switch (field.key()) {
      case field_key(field::span::kTraceIdLow, Type::kI64):
        trace_id_low = r_.i64();
        break;
      case field_key(field::span::kTraceIdHigh, Type::kI64):
        trace_id_high = r_.i64();
        break;
      case field_key(field::span::kSpanId, Type::kI64):
        span.span_id = span_id_of(r_.i64());
        break;
      case field_key(field::span::kParentSpanId, Type::kI64):
        span.parent_span_id = span_id_of(r_.i64());
        break;
      case field_key(field::span::kOperationName, Type::kString):
        span.name = r_.bytes();
        break;
      case field_key(field::span::kReferences, Type::kList):
        list_of([this] { reference(); });
        break;
      case field_key(field::span::kFlags, Type::kI32):
        flags = static_cast<std::uint32_t>(r_.i32());
        break;
      case field_key(field::span::kStartTime, Type::kI64):
        span.start = from_micros(r_.i64());
        break;
      case field_key(field::span::kDuration, Type::kI64):
        duration = r_.i64();
        break;
      case field_key(field::span::kTags, Type::kList):
        tags([this](auto key, auto make) { mapping_.tag_made_by(key, make); });
        break;
      case field_key(field::span::kLogs, Type::kList):
        list_of([this] { log(); });
        break;
      default:
        r_.skip(field.type);
    }
  }
  span.trace_id = trace_id_of(trace_id_high, trace_id_low);
  span.end = end_after_micros(span.start, duration);
  mapping_.end_span(resource, flags);
}

template <Reader R>
void BatchDecoder<R>::log() {
  model::Timestamp time;
  mapping_.begin_log();
  Field field;
  while (r_.next(field)) {
    switch (field.key()) {
      case field_key(field::log::kTimestamp, Type::kI64):
        time = from_micros(r_.i64());
        break;
      case field_key(field::log::kFields, Type::kList):
        tags([this](auto key, auto make) { mapping_.log_field(key, make()); });
        break;
      default:
        r_.skip(field.type);
    }
  }
  mapping_.end_log(time);
}

template <Reader R>
void BatchDecoder<R>::reference() {
  Reference reference;
  std::int64_t trace_id_high = 0;
  std::int64_t trace_id_low = 0;
  Field field;
  while (r_.next(field)) {
    switch (field.key()) {
      case field_key(field::reference::kType, Type::kI32):
        reference.type = r_.i32() == 0 ? RefType::kChildOf : RefType::kFollowsFrom;
        break;
      case field_key(field::reference::kTraceIdLow, Type::kI64):
        trace_id_low = r_.i64();
        break;
      case field_key(field::reference::kTraceIdHigh, Type::kI64):
        trace_id_high = r_.i64();
        break;
      case field_key(field::reference::kSpanId, Type::kI64):
        reference.span_id = span_id_of(r_.i64());
        break;
      default:
        r_.skip(field.type);
    }
  }
  reference.trace_id = trace_id_of(trace_id_high, trace_id_low);
  mapping_.reference(reference);
}

template <Reader R>
Error error_of(const R& reader, ByteView input) {
  if (reader.ok())
    return invalid_argument("Jaeger Thrift: too many tags for the size of the input");
  return invalid_argument(fmt::format("Jaeger Thrift: malformed or truncated value at byte {}",
                                      reader.failed_at() - as_text(input).data()));
}

// A Batch struct where `reader` stands in `input`.
template <Reader R>
Result<model::Rejections> decode_batch(R& reader, ByteView input, model::Batch& batch) {
  SpanMapping mapping(batch, input.size());
  if (BatchDecoder(reader, mapping).batch()) return mapping.finish();
  mapping.rollback();
  return error_of(reader, input);
}

// Zipkin's spans are all taken or none.
template <Reader R>
Result<model::Rejections> decode_zipkin(R& reader, model::Batch& batch) {
  RETURN_IF_ERROR(zipkin::decode_thrift_spans(reader, batch));
  return model::Rejections{};
}

template <Reader R>
Result<model::Rejections> decode_message(ByteView datagram, model::Batch& batch) {
  R reader(as_text(datagram));
  const thrift::Message message = reader.message();
  if (!reader.ok()) return error_of(reader, datagram);
  const bool is_zipkin = message.name == kEmitZipkinBatch;
  if (!is_zipkin && message.name != kEmitBatch) {
    return invalid_argument(
        "Jaeger Thrift: a message that is neither emitBatch nor emitZipkinBatch");
  }
  const std::uint32_t wanted =
      field_key(field::arguments::kOnly, is_zipkin ? Type::kList : Type::kStruct);
  Field field;
  while (reader.next(field)) {
    if (field.key() != wanted) {
      reader.skip(field.type);
      continue;
    }
    if (is_zipkin) return decode_zipkin(reader, batch);
    return decode_batch(reader, datagram, batch);
  }
  if (!reader.ok()) return error_of(reader, datagram);
  return model::Rejections{};
}

}  // namespace

Result<model::Rejections> decode_thrift_batch(ByteView body, model::Batch& batch) {
  if (body.size() > UINT32_MAX)
    return invalid_argument("Jaeger Thrift: more than 4 GiB in one body");
  if (body.empty()) return invalid_argument("Jaeger Thrift: an empty body");
  BinaryReader reader(as_text(body));
  return decode_batch(reader, body, batch);
}

Result<model::Rejections> decode_agent_message(ByteView datagram, model::Batch& batch) {
  if (datagram.size() > UINT32_MAX) {
    return invalid_argument("Jaeger Thrift: more than 4 GiB in one message");
  }
  const std::string_view bytes = as_text(datagram);
  if (bytes.empty()) return invalid_argument("Jaeger Thrift: an empty datagram");
  switch (static_cast<std::uint8_t>(bytes.front())) {
    case 0x82:
      return decode_message<CompactReader>(datagram, batch);
    case 0x80:  // strict
    case 0x00:  // the size of a name, before there were versions
      return decode_message<BinaryReader>(datagram, batch);
    default:
      return invalid_argument("Jaeger Thrift: neither the compact nor the binary protocol");
  }
}

}  // namespace cairn::wire::jaeger
