// SPDX-License-Identifier: Apache-2.0
#include <bit>

#include "wire/jaeger/mapping/span_mapping.h"
#include "wire/jaeger/thrift.h"
#include "wire/jaeger/thrift/thrift_fields.h"
#include "wire/thrift/writer.h"

namespace cairn::wire::jaeger {
namespace {

using model::AnyValue;
using model::Attribute;
using thrift::Type;
using thrift::Writer;

std::int64_t number_of(const model::SpanId& id) {
  return static_cast<std::int64_t>(__builtin_bswap64(std::bit_cast<std::uint64_t>(id)));
}

struct Halves {
  std::int64_t high;
  std::int64_t low;
};
Halves halves_of(const model::TraceId& id) {
  const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(id);
  return {static_cast<std::int64_t>(__builtin_bswap64(halves[0])),
          static_cast<std::int64_t>(__builtin_bswap64(halves[1]))};
}

// Writes the structs of jaeger.thrift. Ownership: `out` and the batch outlive it.
template <Writer W>
class BatchEncoder {
 public:
  BatchEncoder(const model::Batch& batch, std::string& out) : batch_(batch), w_(out) {}

  // A Batch struct with the spans of one resource, which are given by index.
  void batch(const model::Resource& resource, const std::vector<std::size_t>& spans) {
    w_.begin_struct();
    w_.field(field::batch::kProcess, Type::kStruct);
    process(resource);
    w_.list_field(field::batch::kSpans, Type::kStruct, spans.size());
    for (const std::size_t index : spans) span(batch_.spans[index]);
    w_.end_struct();
  }
  // The same as the message emitBatch.
  void message(const model::Resource& resource, const std::vector<std::size_t>& spans) {
    w_.message({kEmitBatch, thrift::MessageType::kOneway, 0});
    w_.begin_struct();
    w_.field(field::arguments::kOnly, Type::kStruct);
    batch(resource, spans);
    w_.end_struct();
  }

 private:
  void process(const model::Resource& resource) {
    w_.begin_struct();
    w_.bytes_field(field::process::kServiceName, service_name_to_write(resource));
    list_process_tags(resource, tags_);
    tag_list(field::process::kTags);
    w_.end_struct();
  }
  void span(const model::Span& span);
  // The list of tags_; an empty one is left out.
  void tag_list(std::int16_t id) {
    if (tags_.empty()) return;
    w_.list_field(id, Type::kStruct, tags_.size());
    for (const Attribute& attribute : tags_) tag(attribute);
  }
  void tag(const Attribute& attribute);
  void type(TagType type) { w_.i32_field(field::tag::kType, static_cast<std::int32_t>(type)); }
  void references(const model::Span& span);
  void logs(const model::Span& span);

  const model::Batch& batch_;
  W w_;
  std::vector<Attribute> tags_;
  std::vector<Reference> references_;
};

template <Writer W>
void BatchEncoder<W>::span(const model::Span& span) {
  const Halves trace = halves_of(span.trace_id);
  w_.begin_struct();
  w_.i64_field(field::span::kTraceIdLow, trace.low);
  w_.i64_field(field::span::kTraceIdHigh, trace.high);
  w_.i64_field(field::span::kSpanId, number_of(span.span_id));
  w_.i64_field(field::span::kParentSpanId, number_of(span.parent_span_id));
  w_.bytes_field(field::span::kOperationName, span.name);
  references(span);
  w_.i32_field(field::span::kFlags, static_cast<std::int32_t>(flags_to_write(span)));
  w_.i64_field(field::span::kStartTime, static_cast<std::int64_t>(span.start.unix_micros()));
  w_.i64_field(field::span::kDuration, duration_micros(span));
  list_tags(span, batch_.scope_of(span), tags_);
  tag_list(field::span::kTags);
  logs(span);
  w_.end_struct();
}

template <Writer W>
void BatchEncoder<W>::tag(const Attribute& attribute) {
  const AnyValue& value = attribute.value;
  w_.begin_struct();
  w_.bytes_field(field::tag::kKey, attribute.key);
  switch (value.kind()) {
    case AnyValue::Kind::kBool:
      type(TagType::kBool);
      w_.bool_field(field::tag::kBool, value.as_bool());
      break;
    case AnyValue::Kind::kInt:
      type(TagType::kLong);
      w_.i64_field(field::tag::kInteger, value.as_int());
      break;
    case AnyValue::Kind::kDouble:
      type(TagType::kDouble);
      w_.real_field(field::tag::kReal, value.as_double());
      break;
    case AnyValue::Kind::kBytes:
      type(TagType::kBinary);
      w_.bytes_field(field::tag::kBinary, as_text(value.as_bytes()));
      break;
    case AnyValue::Kind::kString:
      type(TagType::kString);
      w_.bytes_field(field::tag::kText, value.as_string());
      break;
    default:
      type(TagType::kString);
      w_.bytes_field(field::tag::kText, tag_text(value));
  }
  w_.end_struct();
}

template <Writer W>
void BatchEncoder<W>::references(const model::Span& span) {
  list_references(span, references_);
  if (references_.empty()) return;
  w_.list_field(field::span::kReferences, Type::kStruct, references_.size());
  for (const Reference& reference : references_) {
    const Halves trace = halves_of(reference.trace_id);
    w_.begin_struct();
    w_.i32_field(field::reference::kType, static_cast<std::int32_t>(reference.type));
    w_.i64_field(field::reference::kTraceIdLow, trace.low);
    w_.i64_field(field::reference::kTraceIdHigh, trace.high);
    w_.i64_field(field::reference::kSpanId, number_of(reference.span_id));
    w_.end_struct();
  }
}

template <Writer W>
void BatchEncoder<W>::logs(const model::Span& span) {
  if (span.events.empty()) return;
  w_.list_field(field::span::kLogs, Type::kStruct, span.events.size());
  for (const model::Event& event : span.events) {
    list_log_fields(event, tags_);
    w_.begin_struct();
    w_.i64_field(field::log::kTimestamp, static_cast<std::int64_t>(event.time.unix_micros()));
    w_.list_field(field::log::kFields, Type::kStruct, tags_.size());
    for (const Attribute& attribute : tags_) tag(attribute);
    w_.end_struct();
  }
}

// One text for each resource, by `write`: (encoder, resource, its spans).
template <Writer W, typename Write>
std::vector<std::string> encode_resources(const model::Batch& batch, Write write) {
  std::vector<std::vector<std::size_t>> spans(batch.resources.size());
  for (std::size_t i = 0; i < batch.spans.size(); ++i) {
    spans[batch.scope_of(batch.spans[i]).resource].push_back(i);
  }
  std::vector<std::string> encoded(batch.resources.size());
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    BatchEncoder<W> encoder(batch, encoded[i]);
    write(encoder, batch.resources[i], spans[i]);
  }
  return encoded;
}

template <typename Write>
std::vector<std::string> encode(ThriftProtocol protocol, const model::Batch& batch, Write write) {
  return protocol == ThriftProtocol::kBinary
             ? encode_resources<thrift::BinaryWriter>(batch, write)
             : encode_resources<thrift::CompactWriter>(batch, write);
}

}  // namespace

std::vector<std::string> encode_thrift_batches(ThriftProtocol protocol, const model::Batch& batch) {
  return encode(protocol, batch, [](auto& encoder, const auto& resource, const auto& spans) {
    encoder.batch(resource, spans);
  });
}

std::vector<std::string> encode_agent_messages(ThriftProtocol protocol, const model::Batch& batch) {
  return encode(protocol, batch, [](auto& encoder, const auto& resource, const auto& spans) {
    encoder.message(resource, spans);
  });
}

}  // namespace cairn::wire::jaeger
